/**
 * Where answers go: over the link that the call came by, or to a ref of this thread.
 *
 * @module
 */

import type { Schedule } from "../base/schedule.ts";
import type { CallTarget } from "../call/call_target.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import type { CallContext } from "../exec/call_context.ts";
import type { IncomingCall } from "../exec/incoming_call.ts";
import { observeRun } from "../exec/observed_run.ts";
import { PENDING, type Ref } from "../objects/ref.ts";
import type { EventSink } from "../observe/event_sink.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import { type CallSettings, NO_STREAM, PLAIN_CALL } from "../wire/call_settings.ts";
import { FailureKind, Frame } from "../wire/frames.ts";
import type { Streams } from "./streams.ts";
import { atCaller, taskErrorOf, type TaskIdentity } from "./task_errors.ts";
import type { Values } from "./values.ts";

/** Says who a call's answer comes from. */
export interface TaskNamer {
  /** Who runs the method of that index. */
  identify(method: number): TaskIdentity;
}

/** A call that came over a link. */
export class LinkCall implements IncomingCall {
  owner: object | undefined = undefined;
  context: CallContext | undefined = undefined;
  readonly method: number;
  readonly settings: CallSettings;
  readonly args: readonly unknown[];
  readonly #link: PeerLink;
  readonly #slot: number;
  readonly #values: Values;
  readonly #who: TaskNamer;

  /**
   * @param link The link.
   * @param slot The caller's slot for the answer.
   * @param values Writes the answer.
   * @param who Says who threw.
   * @param method The method's index.
   * @param settings What was said of the call.
   * @param args The arguments.
   */
  constructor(
    link: PeerLink,
    slot: number,
    values: Values,
    who: TaskNamer,
    method: number,
    settings: CallSettings,
    args: readonly unknown[],
  ) {
    this.#link = link;
    this.#slot = slot;
    this.#values = values;
    this.#who = who;
    this.method = method;
    this.settings = settings;
    this.args = args;
  }

  /** {@inheritDoc IncomingCall.succeed} */
  succeed(value: unknown): void {
    sendResult(this.#link, this.#slot, value, this.#values);
  }

  /** {@inheritDoc IncomingCall.fail} */
  fail(thrown: unknown): void {
    sendFailure(this.#link, this.#slot, FailureKind.thrown, this.#identity(), thrown, this.#values);
  }

  /** {@inheritDoc IncomingCall.refuse} */
  refuse(error: Error): void {
    sendFailure(this.#link, this.#slot, FailureKind.system, this.#identity(), error, this.#values);
  }

  /** {@inheritDoc IncomingCall.taskName} */
  get taskName(): string {
    return this.#identity().taskName;
  }

  /** True if it is the call of that link and slot. */
  isOf(link: PeerLink, slot: number): boolean {
    return this.#link === link && this.#slot === slot;
  }

  #identity(): TaskIdentity {
    const who = this.#who.identify(this.method);
    return this.settings.name === "" ? who : { ...who, taskName: this.settings.name };
  }
}

/** Answers with a value; throws, and sends nothing, if that cannot cross. */
export function sendResult(link: PeerLink, slot: number, value: unknown, values: Values): void {
  if (link.isClosed) return;
  link.open(Frame.result).word(slot);
  values.finishOne(link, "result", value);
}

/** Answers with a failure. */
export function sendFailure(
  link: PeerLink,
  slot: number,
  kind: number,
  who: TaskIdentity,
  thrown: unknown,
  values: Values,
): void {
  if (link.isClosed) return;
  const out = link.open(Frame.failure);
  out.u32(slot);
  out.u8(kind);
  out.string(who.taskName);
  out.string(who.actorId);
  try {
    values.finishThrown(link, thrown);
  } catch (error) {
    if (thrown === error) throw error;
    sendFailure(link, slot, kind, who, error, values);
  }
}

/** A call within this thread. */
export class LocalCall implements IncomingCall {
  owner: object | undefined = undefined;
  context: CallContext | undefined = undefined;
  readonly method: number;
  readonly settings: CallSettings;
  readonly args: readonly unknown[];
  /** What the answer settles. */
  readonly ref: Ref;
  readonly #values: Values;
  readonly #actor: { readonly id: string };

  /**
   * @param method The method's index.
   * @param settings What was said of the call.
   * @param args The arguments, the callee's own.
   * @param ref What the answer settles.
   * @param values Copies the answer.
   * @param actor The actor.
   */
  constructor(
    method: number,
    settings: CallSettings,
    args: readonly unknown[],
    ref: Ref,
    values: Values,
    actor: { readonly id: string },
  ) {
    this.method = method;
    this.settings = settings;
    this.args = args;
    this.ref = ref;
    this.#values = values;
    this.#actor = actor;
  }

  /** {@inheritDoc IncomingCall.succeed} */
  succeed(value: unknown): void {
    const copy = this.#values.copyOne(value, "result");
    const { home } = this.ref;
    if (home.schedule !== undefined) return this.#resolveScheduled(home.schedule, copy);
    this.ref.resolve(copy);
    // Who made the call in this very turn has not come to await it yet.
    home.expectContinuations();
  }

  #resolveScheduled(schedule: Schedule, copy: unknown): void {
    schedule.answer(() => this.ref.resolve(copy));
  }

  /** {@inheritDoc IncomingCall.fail} */
  fail(thrown: unknown): void {
    const who = { taskName: this.ref.taskName, actorId: this.#actor.id };
    const site = this.ref.callSite;
    this.#reject(taskErrorOf(this.#values.copyThrown(thrown), who, site));
  }

  /** {@inheritDoc IncomingCall.taskName} */
  get taskName(): string {
    return this.ref.taskName;
  }

  /** True if its answer settles `ref`. */
  isOf(ref: Ref): boolean {
    return this.ref === ref;
  }

  /** {@inheritDoc IncomingCall.refuse} */
  refuse(error: Error): void {
    const { status, taskName, callSite } = this.ref;
    if (status === PENDING) this.#reject(atCaller(error, taskName, callSite));
  }

  #reject(error: Error): void {
    const { schedule } = this.ref.home;
    if (schedule === undefined) this.ref.reject(error);
    else schedule.answer(() => this.ref.reject(error));
  }
}

/** What the targets of one thread's actors share. */
export interface LocalEnvironment {
  /** The thread. */
  readonly thread: ThreadAddress;
  /** Copies arguments and answers. */
  readonly values: Values;
  /** Told of calls that somebody looks at. */
  readonly events: EventSink;
  /** Makes the calls that stream. */
  readonly streams: Streams;
  /** Cancels what a call has called. */
  cancelChildren(parent: IncomingCall): void;
}

/** The target of an actor that lives in this thread; its address as well, for there may be very many. */
export class LocalTarget implements CallTarget, ActorAddress {
  readonly #actor: ActorHost;
  readonly #environment: LocalEnvironment;

  /**
   * @param actor The actor.
   * @param environment The thread.
   */
  constructor(actor: ActorHost, environment: LocalEnvironment) {
    this.#actor = actor;
    this.#environment = environment;
  }

  /** {@inheritDoc ActorAddress.thread} */
  get thread(): ThreadAddress {
    return this.#environment.thread;
  }

  /** {@inheritDoc ActorAddress.local} */
  get local(): number {
    return this.#actor.local;
  }

  /** {@inheritDoc ActorAddress.ownsThread} */
  get ownsThread(): boolean {
    return false;
  }

  /** {@inheritDoc ActorAddress.isSerial} */
  get isSerial(): boolean {
    return this.#actor.terms.isSerial;
  }

  /** {@inheritDoc ActorAddress.maxPendingCalls} */
  get maxPendingCalls(): number {
    return this.#actor.terms.maxPendingCalls;
  }

  /** {@inheritDoc CallTarget.send} */
  send(method: number, settings: CallSettings, args: readonly unknown[], ref: Ref): void {
    const { values, events, streams } = this.#environment;
    values.refuseNesting();
    const copies = values.copy(args, "args");
    const call = settings.stream === NO_STREAM
      ? new LocalCall(method, settings, copies, ref, values, this.#actor)
      : streams.makeLocal(method, settings, copies, ref, this.#actor);
    if (settings !== PLAIN_CALL) observeRun(events, call, this.#actor.id);
    const { schedule } = ref.home;
    if (schedule === undefined) this.#actor.push(call);
    else this.#deliver(schedule, call);
  }

  #deliver(schedule: Schedule, call: IncomingCall): void {
    schedule.deliver(this.#actor, () => this.#actor.push(call));
  }

  /** {@inheritDoc CallTarget.cancel} */
  cancel(ref: Ref, recursive: boolean): void {
    const cancel = (): void => {
      const call = this.#actor.cancel((call) => call instanceof LocalCall && call.isOf(ref), recursive);
      if (call !== undefined && recursive) this.#environment.cancelChildren(call);
    };
    const { schedule } = ref.home;
    if (schedule === undefined) cancel();
    else schedule.deliver(this.#actor, cancel);
  }
}
