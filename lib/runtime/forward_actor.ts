/**
 * What stands for an actor on this side of a process's border: takes its calls and passes them on.
 *
 * @module
 */

import type { RayError } from "../base/errors.ts";
import type { ActorId } from "../base/ids.ts";
import { TaskError } from "../base/task_error.ts";
import { ActorHost } from "../exec/actor_host.ts";
import type { Host } from "../exec/host.ts";
import type { IncomingCall } from "../exec/incoming_call.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { READY, type Ref } from "../objects/ref.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";

/** Ways to end the actor that a forwarder stands for. */
export interface ForwardedEnds {
  /** At once; one that has restarts left starts again unless `noRestart`. */
  kill(cell: ActorCell, noRestart: boolean): void;
  /** After the calls that came before. */
  dispose(cell: ActorCell): void;
}

/** An actor that forwards. Calls that come before it knows where to are kept. */
export class ForwardActor extends ActorHost {
  /** The actor that it stands for. */
  cell: ActorCell | undefined;
  readonly #host: Host;
  readonly #ends: ForwardedEnds;
  readonly #inFlight = new Map<IncomingCall, Ref>();
  #waiting: IncomingCall[] = [];
  #isRetired = false;
  #isSuspended = false;

  /**
   * @param host The thread's host.
   * @param id The id of the actor that it stands for.
   * @param local Its number in this thread.
   * @param ends End the actor that it stands for.
   */
  constructor(host: Host, id: ActorId, local: number, ends: ForwardedEnds) {
    super(host, id, local);
    this.#host = host;
    this.#ends = ends;
  }

  /** Says for which actor it stands. */
  connect(cell: ActorCell): void {
    this.cell = cell;
    this.#isSuspended = false;
    for (const call of this.#waiting.splice(0)) this.push(call);
    if (this.#isRetired) this.#ends.dispose(cell);
  }

  /** The actor that it stands for starts again: calls wait until it is connected again. */
  suspend(): void {
    this.#isSuspended = true;
  }

  /** Takes a call. */
  override push(call: IncomingCall): void {
    if (this.deathError !== undefined) return call.refuse(this.deathError);
    if (this.cell === undefined || this.#isSuspended) {
      this.#waiting.push(call);
      return;
    }
    const method = this.cell.shape.methods[call.method];
    if (method?.isGenerator) {
      const text = `Cannot call "${this.cell.shape.name}.${method.name}": streams do not cross processes yet`;
      return call.refuse(new TypeError(text));
    }
    let ref: Ref;
    try {
      ref = this.cell.submit(call.method, call.settings, [...call.args]);
    } catch (error) {
      return call.refuse(error as Error);
    }
    // So that what cancels the call with all that it has called finds it.
    ref.parent = call;
    this.#inFlight.set(call, ref);
    this.#host.began();
    ref.observe({
      settled: () => {
        this.#inFlight.delete(call);
        this.#host.finished();
        answer(call, ref);
      },
    });
  }

  /** Ends the actor that it stands for; one that has restarts left starts again unless `noRestart`. */
  kill(noRestart = true): void {
    if (this.cell !== undefined) this.#ends.kill(this.cell, noRestart);
  }

  /** Cancels the call that `isIt` is true of. Returns it, if it has been passed on. */
  override cancel(isIt: (call: IncomingCall) => boolean): IncomingCall | undefined {
    const waiting = this.#waiting.find(isIt);
    if (waiting !== undefined) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.refuse(cancelledError(waiting.taskName));
      return undefined;
    }
    for (const [call, ref] of this.#inFlight) {
      if (!isIt(call)) continue;
      ref.source?.cancel(ref, { recursive: false, force: false });
      return call;
    }
    return undefined;
  }

  /** Ends the actor that it stands for after the calls that came before. */
  override retire(): void {
    this.#isRetired = true;
    if (this.cell !== undefined) this.#ends.dispose(this.cell);
  }

  /** Refuses all calls from now on. */
  override end(error: RayError): void {
    super.end(error);
    for (const call of this.#waiting.splice(0)) call.refuse(error);
  }

  /** What has been passed on; of a sync actor one call runs at most. */
  override load(): { running: number; queued: number } {
    const { size } = this.#inFlight;
    const running = this.cell?.address.isSerial ? Math.min(1, size) : size;
    return { running, queued: size - running + this.#waiting.length };
  }

  /** Who answers a call of that method. */
  override identify(method: number): { taskName: string; actorId: string } {
    const shape = this.cell?.shape;
    return {
      taskName: `${shape?.name ?? "Actor"}.${shape?.methods[method]?.name ?? method}`,
      actorId: this.id,
    };
  }
}

function answer(call: IncomingCall, ref: Ref): void {
  // Whoever gets the answer makes a `TaskError` of its own, with the line that made the call.
  if (ref.status !== READY) {
    return ref.value instanceof TaskError ? call.fail(ref.value.cause) : call.refuse(ref.value as Error);
  }
  try {
    call.succeed(ref.value);
  } catch (error) {
    call.refuse(error as Error);
  }
}
