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
import type { LazyError } from "../base/lazy_error.ts";
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
import { CellExtras } from "./cell_extras.ts";
import { HeldCall, type HeldCallOwner, replaceReady } from "./held_call.ts";
import { type ActorAddress, idAt } from "./actor_address.ts";
import type { CallSettings } from "../wire/call_settings.ts";
import { armRetries, lostCallError } from "./retries.ts";
import { RestartingTarget } from "./restarting_target.ts";

/** One actor, as seen from one thread. */
export class ActorCell implements HandleOwner, HeldCallOwner {
  /** Its class. */
  readonly shape: ClassShape;
  /** Where it lives. */
  address: ActorAddress;
  /** The handle, one a thread. */
  handle: object | undefined = undefined;
  /** {@inheritDoc HandleOwner.isUsed} */
  isUsed = false;
  readonly #environment: CellEnvironment;
  readonly #taskNames: readonly string[];
  #target: CallTarget;
  #pending = 0;
  #extras: CellExtras | undefined = undefined;

  /**
   * @param environment The thread.
   * @param shape Its class.
   * @param address Where it lives.
   * @param target Where its calls go.
   */
  constructor(environment: CellEnvironment, shape: ClassShape, address: ActorAddress, target: CallTarget) {
    this.#environment = environment;
    this.shape = shape;
    this.address = address;
    this.#target = target;
    this.#taskNames = environment.taskNames(shape);
  }

  /** The actor's id. */
  get actorId(): ActorId {
    return idAt(this.address);
  }

  /** The thread that it is of. */
  get home(): RefHome {
    return this.#environment.home;
  }

  /** Why the actor ended, once it is known to have. */
  get deathError(): ActorDiedError | undefined {
    return this.#extras?.death?.error;
  }

  /** True once it is known to have ended. */
  get hasEnded(): boolean {
    return this.#extras?.death !== undefined;
  }

  /** Makes a call: now, or when its arguments are there. */
  submit(method: number, settings: CallSettings, args: unknown[]): Ref {
    const { callSites, events: { isOn }, home } = this.#environment;
    if (isOn && !settings.taskId && !this.shape.isInternal) return this.#submitTold(method, settings, args);
    if (this.#pending >= this.address.maxPendingCalls) {
      throw limitError(this.#taskNames[method], this.#pending, this.actorId);
    }
    const taskName = settings.name || this.#taskNames[method];
    const ref = settings.retry === undefined
      ? new Ref(home, taskName, this)
      : new RetriedRef(home, taskName, this);
    ref.callSite = callSites.capture();
    ref.parent = home.caller();
    this.#pending++;
    if (settings.signal?.aborted && cancelOn(settings.signal, ref)) return ref;
    try {
      const held = this.#extras?.held;
      const mustQueue = held !== undefined && this.address.isSerial &&
        held.has(this.#queueOf(method, settings));
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

  #submitTold(method: number, settings: CallSettings, args: unknown[]): Ref {
    const taskId = this.#environment.events.nextTask();
    const time = now();
    const ref = this.submit(method, { ...settings, taskId }, args);
    this.#environment.watch.submitted(taskId, ref, this.actorId, ref.source instanceof HeldCall, time);
    return ref;
  }

  /** Ends the cell: this and each later call rejects with that error. */
  break(death: LazyError<ActorDiedError>): void {
    const extras = this.#more();
    if (extras.death !== undefined) return;
    extras.death = death;
    const target = this.#target;
    this.#target = new BrokenTarget(death);
    target.close?.(death);
    const held = extras.held?.values() ?? [];
    extras.held = undefined;
    for (const queue of held) for (const call of queue) call.ref.reject(death.error);
    for (const callback of extras.onBroken.splice(0)) callback();
  }

  /** Calls back once when the actor is known to have ended. */
  whenBroken(callback: () => void): void {
    this.#more().onBroken.push(callback);
  }

  /** Calls back once when it has crashed and would start again. */
  whenSuspended(callback: () => void): void {
    this.#more().onSuspended.push(callback);
  }

  /** True between a crash and the restart. */
  get isRestarting(): boolean {
    return this.#target instanceof RestartingTarget;
  }

  /** The actor has crashed and starts again. */
  suspend(): void {
    if (this.hasEnded || this.isRestarting) return;
    const before = this.#target;
    this.#target = new RestartingTarget(this.actorId);
    before.suspend?.();
    for (const callback of this.#extras?.onSuspended.splice(0) ?? []) queueMicrotask(callback);
  }

  /** The actor is there again, at `address`: calls go to `target` from now on. */
  resume(address: ActorAddress, target: CallTarget): void {
    if (this.hasEnded) return;
    this.address = address;
    const before = this.#target;
    this.#target = target;
    before.release?.(target);
    for (const key of [...this.#extras?.held?.keys() ?? []]) this.#release(key);
  }

  /** {@inheritDoc HandleOwner.retryRule} */
  retryRule(method: number, options?: CallOptions): RetryRule | undefined {
    const call = options && this.#environment.retryWish(options, this.#taskNames[method]);
    return ruleOf(call, this.shape.methods[method].retries, this.address.fault?.retries);
  }

  /** {@inheritDoc RefSource.lost} */
  lost(taskName: string, reason: string): Error {
    // It has said itself why it ended, and that error knows more.
    if (this.deathError?.cause !== undefined) return this.deathError;
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
    if (this.#pending > 0 || this.#extras === undefined) return;
    for (const callback of this.#extras.onAnswered.splice(0)) callback();
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
    return [...this.#extras?.held?.values() ?? []].flatMap((queue) => queue.map((call) => call.ref));
  }

  /** Takes back a call that was held. */
  withdraw(call: HeldCall): void {
    const key = this.#queueOf(call.method, call.settings);
    const queue = this.#extras?.held?.get(key);
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
    else this.#more().onAnswered.push(callback);
  }

  #more(): CellExtras {
    return this.#extras ??= new CellExtras();
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
    const held = this.#more().held ??= new Map();
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
    const extras = this.#extras;
    const queue = extras?.held?.get(key);
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
    extras?.held?.delete(key);
    if (extras?.held?.size === 0) extras.held = undefined;
  }
}
