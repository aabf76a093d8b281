/**
 * An actor as one thread knows it: where its calls go, and the calls that wait for their arguments. All copies of a handle
 * in a thread share one cell, so that their calls keep their order.
 *
 * @module
 */

import type { ActorDiedError } from "../base/actor_errors.ts";
import { now } from "../base/clock.ts";
import type { ActorActivity } from "../base/errors.ts";
import type { ActorId } from "../base/ids.ts";
import { type RetryRule, ruleOf } from "../base/retry_rule.ts";
import { limitError } from "../base/limit_error.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { type CancelHow, PENDING, Ref, type RefHome } from "../objects/ref.ts";
import type { CallOptions } from "../define/options.ts";
import { RetriedRef } from "../objects/retried_ref.ts";
import { BrokenTarget, type CallTarget } from "../call/call_target.ts";
import type { HandleOwner } from "../call/handle.ts";
import { cancelOn } from "./cancel_on.ts";
import type { CellEnvironment } from "./cell_environment.ts";
import type { EventSink } from "../observe/event_sink.ts";
import { HeldCall, type HeldCallOwner, replaceReady } from "./held_call.ts";
import type { ActorAddress } from "./actor_address.ts";
import type { CallSettings } from "../wire/call_settings.ts";
import { armRetries, lostCallError } from "./retries.ts";
import { RestartingTarget } from "./restarting_target.ts";

/** Few have anybody to call back. */
const NOBODY: readonly (() => void)[] = [];

/** One actor, as seen from one thread. */
export class ActorCell implements HandleOwner, HeldCallOwner {
  /** The actor's id. */
  readonly actorId: ActorId;
  /** Its class. */
  readonly shape: ClassShape;
  /** Where it lives. */
  address: ActorAddress;
  /** Called once when the actor is known to have ended. */
  onBroken: readonly (() => void)[] = NOBODY;
  /** Called once when it has crashed and would start again. */
  onSuspended: readonly (() => void)[] = NOBODY;
  /** The handle, one a thread. */
  handle: object | undefined = undefined;
  /** {@inheritDoc HandleOwner.isUsed} */
  isUsed = false;
  readonly #environment: CellEnvironment;
  readonly #events: EventSink;
  readonly #taskNames: readonly string[];
  /** Made when it is needed: there may be very many actors. */
  #held: Map<string, HeldCall[]> | undefined = undefined;
  #target: CallTarget;
  #error: ActorDiedError | undefined;
  #pending = 0;
  #onAnswered: readonly (() => void)[] = NOBODY;

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
    this.#events = environment.events;
    this.actorId = actorId;
    this.shape = shape;
    this.address = address;
    this.#target = target;
    this.#taskNames = environment.taskNames(shape);
  }

  /** The thread that it is of. */
  get home(): RefHome {
    return this.#environment.home;
  }

  /** Why the actor ended, once it is known to have. */
  get deathError(): ActorDiedError | undefined {
    return this.#error;
  }

  /** Makes a call: now, or when its arguments are there. */
  submit(method: number, settings: CallSettings, args: unknown[]): Ref {
    if (this.#events.isOn && !settings.taskId) return this.#submitWatched(method, settings, args);
    if (this.#pending >= this.address.maxPendingCalls) {
      throw limitError(this.#taskNames[method], this.#pending, this.actorId);
    }
    const taskName = settings.name || this.#taskNames[method];
    const { home } = this.#environment;
    const ref = settings.retry === undefined
      ? new Ref(home, taskName, this)
      : new RetriedRef(home, taskName, this);
    ref.callSite = this.#environment.callSites.capture();
    ref.parent = this.#environment.home.caller();
    this.#pending++;
    if (settings.signal?.aborted && cancelOn(settings.signal, ref)) return ref;
    try {
      const mustQueue = this.#held !== undefined && this.address.isSerial &&
        this.#held.has(this.#queueOf(method, settings));
      const isComplete = replaceReady(args, ref);
      if (ref.status !== PENDING) return ref;
      if (isComplete && settings.retry === undefined && (!mustQueue || this.isRestarting)) {
        this.#target.send(method, settings, args, ref);
      } else if (isComplete && !mustQueue) {
        this.#sendRetried(method, settings, this.#environment.copyArgs(args), ref);
      } else this.#hold(method, settings, this.#environment.copyArgs(args), ref);
    } catch (error) {
      this.#pending--;
      throw error;
    }
    if (settings.signal !== undefined) cancelOn(settings.signal, ref);
    return ref;
  }

  #submitWatched(method: number, settings: CallSettings, args: unknown[]): Ref {
    const taskId = this.#events.nextTask();
    const time = now();
    const ref = this.submit(method, { ...settings, taskId }, args);
    this.#environment.watch.submitted(taskId, ref, this.actorId, ref.source instanceof HeldCall, time);
    return ref;
  }

  /** Ends the cell: this and each later call rejects with `error`. */
  break(error: ActorDiedError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    const target = this.#target;
    this.#target = new BrokenTarget(error);
    target.close?.(error);
    const held = this.#held?.values() ?? [];
    this.#held = undefined;
    for (const queue of held) for (const call of queue) call.ref.reject(error);
    for (const callback of this.onBroken) callback();
    this.onBroken = NOBODY;
  }

  /** True between a crash and the restart. */
  get isRestarting(): boolean {
    return this.#target instanceof RestartingTarget;
  }

  /** The actor has crashed and starts again. */
  suspend(): void {
    if (this.#error !== undefined || this.isRestarting) return;
    const before = this.#target;
    this.#target = new RestartingTarget(this.actorId);
    before.suspend?.();
    for (const callback of this.onSuspended) queueMicrotask(callback);
    this.onSuspended = NOBODY;
  }

  /** The actor is there again, at `address`: calls go to `target` from now on. */
  resume(address: ActorAddress, target: CallTarget): void {
    if (this.#error !== undefined) return;
    this.address = address;
    const before = this.#target;
    this.#target = target;
    before.release?.(target);
    for (const key of [...this.#held?.keys() ?? []]) this.#release(key);
  }

  /** {@inheritDoc HandleOwner.retryRule} */
  retryRule(method: number, options?: CallOptions): RetryRule | undefined {
    const call = options && this.#environment.retryWish(options, this.#taskNames[method]);
    return ruleOf(call, this.shape.methods[method].retries, this.address.fault?.retries);
  }

  /** {@inheritDoc RefSource.lost} */
  lost(taskName: string, reason: string): Error {
    // It has said itself why it ended, and that error knows more.
    if (this.#error?.cause !== undefined) return this.#error;
    return lostCallError(this, taskName, reason);
  }

  /** {@inheritDoc RefSource.activity} */
  activity(): ActorActivity | undefined {
    const activity = this.#environment.activity(this);
    return activity && { ...activity, pending: this.#pending };
  }

  /** {@inheritDoc RefSource.fulfiller} */
  fulfiller(): number {
    // Any thread of a crew may run a call.
    return this.isRestarting || this.address.crew !== undefined ? 0 : this.address.thread.id;
  }

  /** {@inheritDoc RefSource.answered} */
  answered(): void {
    this.#pending--;
    if (this.#pending === 0 && this.#onAnswered.length > 0) {
      for (const callback of this.#onAnswered) callback();
      this.#onAnswered = NOBODY;
    }
  }

  /** {@inheritDoc RefSource.cancel} */
  cancel(ref: Ref, { recursive, force }: CancelHow): void {
    if (force) {
      throw new TypeError(
        `Cannot cancel "${ref.taskName}" by force: it is an actor's call, use kill(handle) to end the actor`,
      );
    }
    if (ref instanceof RetriedRef) ref.disarm();
    this.#target.cancel(ref, recursive);
  }

  /** The refs of the calls that are held. */
  heldRefs(): Ref[] {
    return [...this.#held?.values() ?? []].flatMap((queue) => queue.map((call) => call.ref));
  }

  /** Takes back a call that was held. */
  withdraw(call: HeldCall): void {
    const key = this.#queueOf(call.method, call.settings);
    const queue = this.#held?.get(key);
    const index = queue?.indexOf(call) ?? -1;
    if (queue === undefined || index < 0) return;
    queue.splice(index, 1);
    call.ref.reject(cancelledError(call.ref.taskName));
    this.#release(key);
  }

  /** {@inheritDoc HandleOwner.dispose} */
  dispose(): Promise<void> {
    return this.#environment.dispose(this);
  }

  /** Calls back when no call of this thread is unanswered; at once if none is. */
  whenAnswered(callback: () => void): void {
    if (this.#pending === 0) callback();
    else this.#onAnswered = [...this.#onAnswered, callback];
  }

  /** Sends a call that may be made again; `args` are copies. */
  #sendRetried(method: number, settings: CallSettings, args: unknown[], ref: Ref): void {
    const send = (): void => this.#target.send(method, settings, args, ref);
    armRetries(ref as RetriedRef, settings.retry!, send, this.#environment);
    send();
  }

  /** Each concurrency group keeps an order of its own. */
  #queueOf(method: number, { group }: CallSettings): string {
    return group || this.shape.methods[method].group;
  }

  #hold(method: number, settings: CallSettings, args: unknown[], ref: Ref): void {
    const key = this.#queueOf(method, settings);
    const held = this.#held ??= new Map();
    const queue = held.get(key) ?? [];
    held.set(key, queue);
    const call: HeldCall = new HeldCall(this, method, settings, args, ref, () => this.#release(key));
    ref.source = call;
    queue.push(call);
    call.begin();
    // Another call's argument may have settled this one's too.
    this.#release(key);
  }

  /** Sends the held calls that can go. */
  #release(key: string): void {
    const queue = this.#held?.get(key);
    // They were never sent: they wait for a restart.
    if (queue === undefined || this.isRestarting) return;
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
        if (call.settings.retry === undefined) {
          this.#target.send(call.method, call.settings, call.args, call.ref);
        } else this.#sendRetried(call.method, call.settings, call.args, call.ref);
        if (call.settings.taskId) this.#environment.watch.sent(call.settings.taskId);
      } catch (error) {
        call.ref.reject(error);
      }
    }
    if (queue.length > 0) return;
    this.#held?.delete(key);
    if (this.#held?.size === 0) this.#held = undefined;
  }
}
