/**
 * One actor where it lives: its instance, and an executor for each of its groups.
 *
 * @module
 */

import type { ActorDiedError } from "../base/actor_errors.ts";
import type { RayError } from "../base/errors.ts";
import { type ActorId, actorId } from "../base/ids.ts";
import { type ClassDefinition, type ClassShape, groupsOf } from "../define/class_definition.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { type ActorTerms, USUAL_TERMS } from "./actor_terms.ts";
import { apply } from "./apply.ts";
import { contextOf } from "./call_context.ts";
import { type CallRunner, Executor } from "./executor.ts";
import type { Host } from "./host.ts";
import type { Runnable } from "./host_environment.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";
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
  /** The error that calls are refused with, once it has ended. */
  deathError: RayError | undefined = undefined;
  /** True if its class has an async method. */
  isAsync = false;
  /** What was said of it. */
  terms: ActorTerms = USUAL_TERMS;
  /** The error that calls are refused with while the last ones come to their end. */
  #retired: ActorDiedError | undefined = undefined;
  /** Why it comes to its end. */
  retiredFor: string | undefined = undefined;
  /** What was said of its restarts, and how often it was restarted before. */
  fault: FaultSettings | undefined = undefined;
  restarts = 0;
  /** Called once it is constructed. */
  onConstructed: (() => void) | undefined = undefined;
  /** What stands behind its handle in this thread, weakly; and how often the thread was given that. */
  ownCell: WeakRef<object> | undefined = undefined;
  ownHandles = 0;
  readonly #host: Host;
  #id: ActorId | undefined;
  #definition: ClassDefinition | undefined;
  #executors: Map<string, Executor> | undefined;
  #default: Executor | undefined;
  #methods: Methods = NO_METHODS;
  #instance: object | undefined;
  #early: IncomingCall[] | undefined = undefined;

  /**
   * @param host The thread's host.
   * @param local The actor's number in this thread.
   * @param id The actor's id, if that does not follow from its place.
   */
  constructor(host: Host, local: number, id?: ActorId) {
    this.#host = host;
    this.local = local;
    this.#id = id;
  }

  /** Its id. */
  get id(): ActorId {
    return this.#id ??= actorId(this.#host.thread, this.local);
  }

  set id(id: ActorId) {
    this.#id = id;
  }

  /** Runs the constructor. Throws what that throws. */
  construct(definition: ClassDefinition, maxConcurrency: number, args: readonly unknown[]): void {
    this.#definition = definition;
    this.#default = new Executor(maxConcurrency, this);
    const groups = Object.entries(definition.options.concurrencyGroups ?? {});
    if (groups.length > 0) {
      this.#executors = new Map(groups.map(([name, size]) => [name, new Executor(size, this)]));
    }
    this.isAsync = definition.isAsync;
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
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const call of early) this.push(call);
    this.onConstructed?.();
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
    const refusal = this.deathError ?? this.#retired;
    if (refusal !== undefined) return call.refuse(refusal);
    call.owner = this;
    if (this.#executors === undefined && this.#default !== undefined && call.settings.group === "") {
      this.#default.push(call);
    } else this.#pushInGroup(call);
  }

  #pushInGroup(call: IncomingCall): void {
    if (this.#definition === undefined) {
      (this.#early ??= []).push(call);
      return;
    }
    const { settings } = call;
    const { shape } = this.#definition;
    const group = settings.group === "" ? shape.methods[call.method]?.group ?? "" : settings.group;
    const executor = group === "" ? this.#default : this.#executors?.get(group);
    if (executor !== undefined) return executor.push(call);
    call.refuse(
      new RangeError(`Cannot run a call in concurrency group "${group}", ${groupsOf(shape.groups)}`),
    );
  }

  /** Refuses all calls from now on, those in progress included. */
  end(error: RayError): void {
    if (this.deathError !== undefined) return;
    this.deathError = error;
    for (const executor of this.#all()) executor.close(error);
    for (const call of this.#early ?? []) call.refuse(error);
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
  retire(error: ActorDiedError, reason: string, isNow: boolean, onDone: () => void): void {
    if (this.#retired !== undefined || this.deathError !== undefined) return;
    this.#retired = error;
    this.retiredFor = reason;
    if (isNow) {
      for (const call of this.#early?.splice(0) ?? []) call.refuse(error);
      for (const executor of this.#all()) executor.refuseWaiting(error);
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

  #all(): Executor[] {
    return [...(this.#default === undefined ? [] : [this.#default]), ...(this.#executors?.values() ?? [])];
  }
}
