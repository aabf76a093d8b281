/**
 * What stands for an actor on this side of a process's border: takes its calls and passes them on.
 *
 * @module
 */

import type { RayError } from "../base/errors.ts";
import type { LazyError } from "../base/lazy_error.ts";
import type { ActorId } from "../base/ids.ts";
import { ActorHost } from "../exec/actor_host.ts";
import type { Host } from "../exec/host.ts";
import type { IncomingCall } from "../exec/incoming_call.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import type { Ref } from "../objects/ref.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import { ForwardedCalls } from "./forwarded_calls.ts";
import type { Streams } from "./streams.ts";

/** What a forwarder needs of its thread. */
export interface ForwardEnvironment {
  /** Ends an actor at once: for good, or this run of it. */
  kill(cell: ActorCell, noRestart: boolean): void;
  /** Ends an actor after the calls that came before. */
  dispose(cell: ActorCell): void;
  /** See `Streams.forward`. */
  readonly stream: Streams["forward"];
}

/** An actor that forwards. Calls that come before it knows where to are kept. */
export class ForwardActor extends ActorHost {
  /** The actor that it stands for. */
  cell: ActorCell | undefined;
  /** Told once, when another thread gets a handle of it that counts. */
  onHeld: (() => void) | undefined = undefined;
  /** How many of its calls run at once, as far as is known. */
  limit = Infinity;
  readonly #host: Host;
  readonly #environment: ForwardEnvironment;
  readonly #forwarded: ForwardedCalls;
  #waiting: IncomingCall[] = [];
  /** The error of calls that come after it was to end. */
  #refusal: LazyError | undefined;
  #running = 0;

  /**
   * @param host The thread's host.
   * @param id The id of the actor that it stands for.
   * @param local Its number in this thread.
   * @param environment The thread.
   */
  constructor(host: Host, id: ActorId, local: number, environment: ForwardEnvironment) {
    super(host, local, id);
    this.#host = host;
    this.#environment = environment;
    this.#forwarded = new ForwardedCalls(environment.stream, () => this.#count());
  }

  /** Says for which actor it stands. */
  connect(cell: ActorCell): void {
    this.cell = cell;
    for (const call of this.#waiting.splice(0)) this.#forward(cell, call);
    if (this.#refusal !== undefined) this.#environment.dispose(cell);
  }

  /** Another thread has a handle that counts. */
  held(): void {
    this.onHeld?.();
    this.onHeld = undefined;
  }

  /** Takes a call. */
  override push(call: IncomingCall): void {
    const refusal = this.life.death ?? this.#refusal;
    if (refusal !== undefined) call.refuse(refusal.error);
    else if (this.cell === undefined) this.#waiting.push(call);
    else this.#forward(this.cell, call);
  }

  #forward(cell: ActorCell, call: IncomingCall): void {
    let ref: Ref;
    try {
      ref = cell.submit(call.method, call.settings, [...call.args]);
    } catch (error) {
      return call.refuse(error as Error);
    }
    this.#forwarded.add(call, ref);
  }

  /** Ends the actor that it stands for: for good, or this run of it. */
  kill(noRestart: boolean): void {
    if (this.cell !== undefined) this.#environment.kill(this.cell, noRestart);
  }

  /** Cancels the call that `isIt` is true of; what it has called is cancelled where it runs. */
  override cancel(isIt: (call: IncomingCall) => boolean, recursive: boolean): undefined {
    const waiting = this.#waiting.find(isIt);
    if (waiting !== undefined) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.refuse(cancelledError(waiting.taskName));
      return undefined;
    }
    this.#forwarded.cancel(isIt, recursive);
    return undefined;
  }

  /** Ends the actor that it stands for after the calls that came before. */
  override retire(refusal: LazyError): void {
    if (this.#refusal !== undefined) return;
    this.#refusal = refusal;
    if (this.cell !== undefined) this.#environment.dispose(this.cell);
  }

  /** Refuses all calls from now on. */
  override end(death: LazyError<RayError>): void {
    super.end(death);
    for (const call of this.#waiting.splice(0)) call.refuse(death.error);
  }

  /** Answers none of the calls that were passed on: this thread's end, of which their callers hear, says more. */
  abandon(): void {
    this.#forwarded.clear();
  }

  /** What has been passed on, as far as it can run at once. */
  override load(): { running: number; queued: number } {
    return { running: this.#running, queued: this.#forwarded.size - this.#running + this.#waiting.length };
  }

  #count(): void {
    const limit = this.cell?.address.isSerial ? 1 : this.limit;
    const running = Math.min(limit, this.#forwarded.size);
    for (; this.#running < running; this.#running++) this.#host.began();
    for (; this.#running > running; this.#running--) this.#host.finished();
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
