/**
 * An actor as one thread knows it: where its calls go, and the calls that wait for their arguments. All copies of a handle
 * in a thread share one cell, so that their calls keep their order.
 *
 * @module
 */

import type { ActorDiedError } from "../base/actor_errors.ts";
import type { ActorActivity } from "../base/errors.ts";
import type { ActorId } from "../base/ids.ts";
import { PendingCallsLimitExceeded } from "../base/limit_error.ts";
import type { ClassShape } from "../define/class_definition.ts";
import {
  FAILED,
  PENDING,
  READY,
  Ref,
  type RefHome,
  type RefObserver,
  type RefSource,
} from "../objects/ref.ts";
import type { CallSites } from "../call/call_site.ts";
import { BrokenTarget, type CallTarget } from "../call/call_target.ts";
import type { HandleOwner } from "../call/handle.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { CallSettings } from "../wire/call_settings.ts";

/** Where an actor lives. */
export interface ActorAddress {
  /** Its thread. */
  readonly thread: ThreadAddress;
  /** Its number in that thread. */
  readonly local: number;
  /** True if the thread was made for it alone, so that it ends with it. */
  readonly ownsThread: boolean;
  /** True if its calls begin in the order made, also while one waits for its arguments. */
  readonly isSerial: boolean;
  /** How many calls of one thread may be unanswered; `Infinity` for no limit. */
  readonly maxPendingCalls: number;
}

/** What a cell needs of its thread. */
export interface CellEnvironment {
  /** The thread. */
  readonly home: RefHome;
  /** Records where calls are made. */
  readonly callSites: CallSites;
  /** Copies of arguments, made now; refs at the top level stay as they are. Throws `SerializationError`. */
  copyArgs(args: readonly unknown[]): unknown[];
  /** What the actor is doing, without the count of unanswered calls. */
  activity(cell: ActorCell): Omit<ActorActivity, "pending"> | undefined;
}

/** A call that waits for its arguments, or for an earlier one that does. */
class HeldCall implements RefObserver, RefSource {
  readonly method: number;
  readonly settings: CallSettings;
  readonly args: unknown[];
  readonly ref: Ref;
  readonly onChange: () => void;
  /** Arguments that are not there yet. */
  missing = 0;
  readonly #cell: ActorCell;

  constructor(
    cell: ActorCell,
    method: number,
    settings: CallSettings,
    args: unknown[],
    ref: Ref,
    onChange: () => void,
  ) {
    this.#cell = cell;
    this.method = method;
    this.settings = settings;
    this.args = args;
    this.ref = ref;
    this.onChange = onChange;
  }

  get actorId(): ActorId {
    return this.#cell.actorId;
  }

  /** Starts to wait for the arguments. */
  begin(): void {
    const refs = this.args.filter((arg): arg is Ref => arg instanceof Ref && arg.status === PENDING);
    this.missing = refs.length;
    for (const ref of refs) ref.observe(this);
  }

  settled(): void {
    if (--this.missing === 0) this.onChange();
  }

  activity(): ActorActivity | undefined {
    return this.#cell.activity();
  }

  fulfiller(): number {
    for (const arg of this.args) {
      const fulfiller = arg instanceof Ref && arg.status === PENDING ? arg.source?.fulfiller() : undefined;
      if (fulfiller === this.ref.home.thread) return fulfiller;
    }
    return this.#cell.fulfiller();
  }

  answered(): void {
    this.#cell.answered();
  }
}

/** One actor, as seen from one thread. */
export class ActorCell implements HandleOwner, RefSource {
  /** The actor's id. */
  readonly actorId: ActorId;
  /** Its class. */
  readonly shape: ClassShape;
  /** Where it lives. */
  readonly address: ActorAddress;
  /** The handle, one a thread. */
  handle: object | undefined = undefined;
  /** Called once when the actor is known to have ended. */
  onBroken: (() => void)[] = [];
  readonly #environment: CellEnvironment;
  readonly #taskNames: string[];
  readonly #held = new Map<string, HeldCall[]>();
  #target: CallTarget;
  #error: ActorDiedError | undefined;
  #pending = 0;

  /**
   * @param environment The thread.
   * @param actorId The actor's id.
   * @param shape Its class.
   * @param address Where it lives.
   * @param target Where its calls go.
   */
  constructor(
    environment: CellEnvironment,
    actorId: ActorId,
    shape: ClassShape,
    address: ActorAddress,
    target: CallTarget,
  ) {
    this.#environment = environment;
    this.actorId = actorId;
    this.shape = shape;
    this.address = address;
    this.#target = target;
    this.#taskNames = shape.methods.map((method) => `${shape.name}.${method.name}`);
  }

  /** Why the actor ended, once it is known to have. */
  get deathError(): ActorDiedError | undefined {
    return this.#error;
  }

  /** Makes a call: now, or when its arguments are there. */
  submit(method: number, settings: CallSettings, args: unknown[]): Ref {
    if (this.#pending >= this.address.maxPendingCalls) throw this.#limitError(method);
    const ref = new Ref(this.#environment.home, settings.name || this.#taskNames[method], this);
    ref.callSite = this.#environment.callSites.capture();
    this.#pending++;
    try {
      const mustQueue = this.#held.size > 0 && this.address.isSerial &&
        this.#held.has(this.#queueOf(method, settings));
      const isComplete = replaceReady(args, ref);
      if (ref.status !== PENDING) return ref;
      if (isComplete && !mustQueue) this.#target.send(method, settings, args, ref);
      else this.#hold(method, settings, this.#environment.copyArgs(args), ref);
    } catch (error) {
      this.#pending--;
      throw error;
    }
    return ref;
  }

  /** Ends the cell: this and each later call rejects with `error`. */
  break(error: ActorDiedError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#target = new BrokenTarget(error);
    for (const queue of this.#held.values()) for (const call of queue) call.ref.reject(error);
    this.#held.clear();
    for (const callback of this.onBroken) callback();
    this.onBroken = [];
  }

  /** {@inheritDoc RefSource.activity} */
  activity(): ActorActivity | undefined {
    const activity = this.#environment.activity(this);
    return activity && { ...activity, pending: this.#pending };
  }

  /** {@inheritDoc RefSource.fulfiller} */
  fulfiller(): number {
    return this.address.thread.id;
  }

  /** {@inheritDoc RefSource.answered} */
  answered(): void {
    this.#pending--;
  }

  #limitError(method: number): PendingCallsLimitExceeded {
    const calls = this.#pending === 1 ? "one call" : `${this.#pending} calls`;
    return new PendingCallsLimitExceeded(
      `Cannot call "${
        this.#taskNames[method]
      }": ${calls} of this thread to ${this.actorId} are unanswered, as many as ` +
        `"maxPendingCalls" allows; await some first`,
    );
  }

  /** Each concurrency group keeps an order of its own. */
  #queueOf(method: number, { group }: CallSettings): string {
    return group || this.shape.methods[method].group;
  }

  #hold(method: number, settings: CallSettings, args: unknown[], ref: Ref): void {
    const key = this.#queueOf(method, settings);
    const queue = this.#held.get(key) ?? [];
    this.#held.set(key, queue);
    const call: HeldCall = new HeldCall(this, method, settings, args, ref, () => this.#release(key));
    ref.source = call;
    queue.push(call);
    call.begin();
    // Another call's argument may have settled this one's too.
    this.#release(key);
  }

  /** Sends the held calls that can go. */
  #release(key: string): void {
    const queue = this.#held.get(key);
    if (queue === undefined) return;
    for (let i = 0; i < queue.length;) {
      const call = queue[i];
      if (call.missing > 0) {
        if (this.address.isSerial) break;
        i++;
        continue;
      }
      queue.splice(i, 1);
      call.ref.source = this;
      replaceReady(call.args, call.ref);
      if (call.ref.status !== PENDING) continue;
      try {
        this.#target.send(call.method, call.settings, call.args, call.ref);
      } catch (error) {
        call.ref.reject(error);
      }
    }
    if (queue.length === 0) this.#held.delete(key);
  }
}

/** Puts values in the place of refs. False if some are pending. A failed one fails `ref`. */
function replaceReady(args: unknown[], ref: Ref): boolean {
  let isComplete = true;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (typeof arg !== "object" || !(arg instanceof Ref)) continue;
    if (arg.status === READY) args[i] = arg.value;
    else if (arg.status === FAILED) {
      ref.reject(arg.value);
      return true;
    } else isComplete = false;
  }
  return isComplete;
}
