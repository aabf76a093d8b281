/**
 * One actor where it lives: its instance, and an executor for each of its groups.
 *
 * @module
 */

import type { RayError } from "../base/errors.ts";
import type { LazyError } from "../base/lazy_error.ts";
import { type ActorId, actorId } from "../base/ids.ts";
import { type ClassDefinition, type ClassShape, groupsOf } from "../define/class_definition.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { type ActorTerms, USUAL_TERMS } from "./actor_terms.ts";
import { ActorLife, NO_LIFE } from "./actor_life.ts";
import { apply } from "./apply.ts";
import { contextOf } from "./call_context.ts";
import { type CallRunner, Executor } from "./executor.ts";
import type { Host } from "./host.ts";
import type { Runnable } from "./host_environment.ts";
import type { IncomingCall } from "./incoming_call.ts";
import { type Methods, methodsOf, NO_METHODS, refuseMethod } from "./methods.ts";
import { runShutdownHook } from "./shutdown_hook.ts";
import { type AnyGenerator, stopStream } from "./stream_producer.ts";

function applyHere(call: IncomingCall): unknown {
  return (call.owner as ActorHost).applyHere(call);
}

/** An actor in its thread. Calls may arrive before it is constructed; they wait. */
export class ActorHost implements CallRunner {
  /** Its number in this thread. */
  readonly local: number;
  /** What was said of it. */
  terms: ActorTerms = USUAL_TERMS;
  /** What has become of it. */
  life: ActorLife = NO_LIFE;
  /** What stands behind its handle in this thread, weakly; and how often the thread was given that. */
  ownCell: WeakRef<object> | undefined = undefined;
  ownHandles = 0;
  readonly #host: Host;
  #definition: ClassDefinition | undefined = undefined;
  /** One for the calls of no group, and those of its groups, if it has any. */
  #executors: Executor | ReadonlyMap<string, Executor> | undefined = undefined;
  #methods: Methods = NO_METHODS;
  #instance: object | undefined = undefined;
  #early: IncomingCall[] | undefined = undefined;
  /** The error that calls are refused with, once it takes none any more. */
  #refusal: LazyError | undefined = undefined;

  /**
   * @param host The thread's host.
   * @param local The actor's number in this thread.
   * @param id The actor's id, if that does not follow from its place.
   */
  constructor(host: Host, local: number, id?: ActorId) {
    this.#host = host;
    this.local = local;
    if (id !== undefined) this.ownLife.id = id;
  }

  /** Its id. */
  get id(): ActorId {
    return this.life.id ?? actorId(this.#host.thread, this.local);
  }

  /** What has become of it, for those who have something to write down. */
  get ownLife(): ActorLife {
    return this.life === NO_LIFE ? this.life = new ActorLife() : this.life;
  }

  /** True once it has ended. */
  get hasEnded(): boolean {
    return this.life.death !== undefined;
  }

  /** True if its class has an async method. */
  get isAsync(): boolean {
    return this.#definition?.isAsync ?? false;
  }

  /** Runs the constructor. Throws what that throws. */
  construct(definition: ClassDefinition, maxConcurrency: number, args: readonly unknown[]): void {
    this.#definition = definition;
    const usual = new Executor(maxConcurrency, this);
    const { concurrencyGroups } = definition.options;
    this.#executors = concurrencyGroups === undefined ? usual : new Map([
      ["", usual],
      ...Object.entries(concurrencyGroups).map(([name, size]) => [name, new Executor(size, this)] as const),
    ]);
    if (definition.isAsync) this.#host.calls.keepApart();
    this.#host.enter(this, -1);
    try {
      const { context } = this.#host;
      const make = (): object =>
        Reflect.construct(definition.cls as unknown as new () => object, args as unknown[]);
      this.#instance = context === undefined ? make() : context.run(this, make);
    } finally {
      this.#host.leave();
    }
    this.#methods = methodsOf(definition, this.#instance);
    for (const executor of this.#all()) executor.open();
    const early = this.#early;
    this.#early = undefined;
    if (early !== undefined) { for (const call of early) this.push(call); }
    this.life.onConstructed?.();
  }

  /** The class, once it is being constructed. */
  get definition(): ClassDefinition | undefined {
    return this.#definition;
  }

  /** True once it is constructed, until it has ended. */
  get isConstructed(): boolean {
    return this.#instance !== undefined;
  }

  /** True if it is constructed, and no call waits or is in progress. */
  get isIdle(): boolean {
    return this.#instance !== undefined && this.#all().every((executor) => executor.isIdle);
  }

  /** Takes a call. */
  push(call: IncomingCall): void {
    if (this.#refusal !== undefined) return call.refuse(this.#refusal.error);
    call.owner = this;
    if (this.#executors instanceof Executor && call.settings.group === "") this.#executors.push(call);
    else this.#pushInGroup(call);
  }

  #pushInGroup(call: IncomingCall): void {
    if (this.#definition === undefined) {
      (this.#early ??= []).push(call);
      return;
    }
    const { settings } = call;
    const { shape } = this.#definition;
    const group = settings.group === "" ? shape.methods[call.method]?.group ?? "" : settings.group;
    const executor = this.#executors instanceof Map ? this.#executors.get(group) : undefined;
    if (executor !== undefined) return executor.push(call);
    call.refuse(
      new RangeError(`Cannot run a call in concurrency group "${group}", ${groupsOf(shape.groups)}`),
    );
  }

  /** Refuses all calls from now on, those in progress included. */
  end(death: LazyError<RayError>): void {
    if (this.hasEnded) return;
    this.ownLife.death = this.#refusal = death;
    for (const executor of this.#all()) executor.close(death);
    for (const call of this.#early ?? []) call.refuse(death.error);
    this.#early = undefined;
    this.#instance = undefined;
    this.#methods = NO_METHODS;
  }

  /** Its class, once it is constructed. */
  get shape(): ClassShape | undefined {
    return this.#definition?.shape;
  }

  /** How many of its calls have begun and not ended, and how many wait. */
  load(): { running: number; queued: number } {
    const executors = this.#all();
    return {
      running: executors.reduce((sum, executor) => sum + executor.running().length, 0),
      queued: executors.reduce((sum, { queued }) => sum + queued, this.#early?.length ?? 0),
    };
  }

  /** Who answers a call of that method, for the error of a task that throws. */
  identify(method: number): { taskName: string; actorId: string } {
    const shape = this.#definition?.shape;
    return {
      taskName: `${shape?.name ?? "Actor"}.${shape?.methods[method]?.name ?? method}`,
      actorId: this.id,
    };
  }

  /** {@inheritDoc CallRunner.invoke} */
  invoke(call: IncomingCall): unknown {
    const { calls, context } = this.#host;
    const outer = calls.holder;
    calls.holder = call;
    this.#host.enter(this, call.method);
    try {
      return context === undefined && !calls.isKeptApart ? this.applyHere(call) : this.#applyApart(call);
    } finally {
      calls.holder = outer;
      this.#host.leave();
    }
  }

  /** Applies the call's method, and no more. @internal */
  applyHere(call: IncomingCall): unknown {
    return apply(this.#methods[call.method] ?? refuseMethod(call.method), this.#instance, call.args);
  }

  /** The same, where calls are told apart over every `await`. */
  #applyApart(call: IncomingCall): unknown {
    const { calls, context } = this.#host;
    return context === undefined
      ? calls.run(call, applyHere)
      : context.run(this, () => calls.run(call, applyHere));
  }

  /** Its calls that have begun and not ended. */
  running(): readonly IncomingCall[] {
    return this.#all().flatMap((executor) => executor.running());
  }

  /** Its calls that have not ended. */
  calls(): readonly IncomingCall[] {
    return [...this.#early ?? [], ...this.#all().flatMap((executor) => executor.all())];
  }

  /** Cancels the call that `isIt` is true of: one that has not begun never does. Returns it, if it has begun here. */
  cancel(isIt: (call: IncomingCall) => boolean, _recursive: boolean): IncomingCall | undefined {
    const early = this.#early?.find(isIt);
    if (early !== undefined) {
      this.#early!.splice(this.#early!.indexOf(early), 1);
      early.refuse(cancelledError(early.taskName));
      return undefined;
    }
    for (const executor of this.#all()) {
      const call = executor.find(isIt);
      if (call === undefined) continue;
      if (executor.withdraw(call)) {
        call.refuse(cancelledError(call.taskName));
        return undefined;
      }
      contextOf(call).cancel(call.taskName);
      stopStream(call);
      return call;
    }
    return undefined;
  }

  /**
   * Takes no more calls. Those that are there come to their end; with `isNow` only those that have begun. Then the class's
   * `onShutdown` runs, and `onDone` is called.
   */
  retire(refusal: LazyError, reason: string, isNow: boolean, onDone: () => void): void {
    if (this.#refusal !== undefined) return;
    this.#refusal = refusal;
    this.ownLife.retiredFor = reason;
    if (isNow) {
      for (const call of this.#early?.splice(0) ?? []) call.refuse(refusal.error);
      for (const executor of this.#all()) executor.refuseWaiting(refusal);
    }
    const executors = this.#definition === undefined ? [] : this.#all();
    let left = executors.length;
    if (left === 0) return onDone();
    for (const executor of executors) {
      executor.whenIdle(() => {
        if (--left === 0) runShutdownHook(this, this.#instance, this.#host).then(onDone);
      });
    }
  }

  /** {@inheritDoc CallRunner.began} */
  began(): void {
    this.#host.began();
  }

  /** {@inheritDoc CallRunner.ended} */
  ended(): void {
    this.#host.finished();
  }

  /** {@inheritDoc GeneratorRunner.advance} */
  advance(call: IncomingCall, generator: AnyGenerator, isEnd: boolean): unknown {
    this.#host.enter(this, call.method);
    try {
      return this.#host.calls.advance(call, generator, isEnd);
    } finally {
      this.#host.leave();
    }
  }

  /** {@inheritDoc GeneratorRunner.awaits} */
  awaits(): void {
    this.#host.expectContinuations();
  }

  /** {@inheritDoc CallRunner.ready} */
  ready(runnable: Runnable): void {
    this.#host.ready(runnable, this);
  }

  #all(): readonly Executor[] {
    const executors = this.#executors;
    if (executors === undefined) return [];
    return executors instanceof Executor ? [executors] : [...executors.values()];
  }
}
