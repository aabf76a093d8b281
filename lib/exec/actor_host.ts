/**
 * One actor where it lives: its instance, and an executor for each of its groups.
 *
 * @module
 */

import type { ActorDiedError } from "../base/actor_errors.ts";
import type { ActorId } from "../base/ids.ts";
import { type ClassDefinition, groupsOf } from "../define/class_definition.ts";
import { type CallRunner, Executor } from "./executor.ts";
import type { Host } from "./host.ts";
import type { IncomingCall } from "./incoming_call.ts";

/** `Reflect.apply`, which costs more than the rest of a call on JavaScriptCore, for the usual numbers of arguments. */
function apply(method: (...args: unknown[]) => unknown, self: unknown, args: readonly unknown[]): unknown {
  switch (args.length) {
    case 0:
      return method.call(self);
    case 1:
      return method.call(self, args[0]);
    case 2:
      return method.call(self, args[0], args[1]);
    default:
      return Reflect.apply(method, self, args);
  }
}

/** An actor in its thread. Calls may arrive before it is constructed; they wait. */
export class ActorHost implements CallRunner {
  /** Its id. */
  readonly id: ActorId;
  /** Its number in this thread. */
  readonly local: number;
  /** The error that calls are refused with, once it has ended. */
  deathError: ActorDiedError | undefined = undefined;
  /** True if its class has an async method. */
  isAsync = false;
  readonly #host: Host;
  #definition: ClassDefinition | undefined;
  #executors: Map<string, Executor> | undefined;
  #default: Executor | undefined;
  #methods: ((...args: unknown[]) => unknown)[] = [];
  #instance: object | undefined;
  #early: IncomingCall[] = [];

  /**
   * @param host The thread's host.
   * @param id The actor's id.
   * @param local The actor's number in this thread.
   */
  constructor(host: Host, id: ActorId, local: number) {
    this.#host = host;
    this.id = id;
    this.local = local;
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
    this.#host.enter(this, -1);
    try {
      this.#instance = Reflect.construct(definition.cls as unknown as new () => object, args as unknown[]);
    } finally {
      this.#host.leave();
    }
    const instance = this.#instance as Record<string, (...args: unknown[]) => unknown>;
    this.#methods = definition.shape.methods.map(({ name }) => instance[name]);
    for (const executor of this.#all()) executor.open();
    const early = this.#early;
    this.#early = [];
    for (const call of early) this.push(call);
  }

  /** Takes a call. */
  push(call: IncomingCall): void {
    if (this.deathError !== undefined) return call.refuse(this.deathError);
    if (this.#definition === undefined) {
      this.#early.push(call);
      return;
    }
    const { settings } = call;
    if (this.#executors === undefined && settings.group === "") return this.#default!.push(call);
    const { shape } = this.#definition;
    const group = settings.group === "" ? shape.methods[call.method]?.group ?? "" : settings.group;
    const executor = group === "" ? this.#default : this.#executors?.get(group);
    if (executor !== undefined) return executor.push(call);
    call.refuse(
      new RangeError(`Cannot run a call in concurrency group "${group}", ${groupsOf(shape.groups)}`),
    );
  }

  /** Refuses all calls from now on, those in progress included. */
  end(error: ActorDiedError): void {
    if (this.deathError !== undefined) return;
    this.deathError = error;
    for (const executor of this.#all()) executor.close(error);
    for (const call of this.#early) call.refuse(error);
    this.#early = [];
    this.#instance = undefined;
    this.#methods = [];
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
    const method = this.#methods[call.method];
    if (method === undefined) {
      throw new TypeError(`Cannot call method ${call.method}: the class has no such method`);
    }
    this.#host.enter(this, call.method);
    try {
      return apply(method, this.#instance, call.args);
    } finally {
      this.#host.leave();
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

  /** {@inheritDoc CallRunner.ready} */
  ready(executor: Executor): void {
    this.#host.ready(executor);
  }

  #all(): Executor[] {
    return [...(this.#default === undefined ? [] : [this.#default]), ...(this.#executors?.values() ?? [])];
  }
}
