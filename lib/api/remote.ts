/**
 * Declaring classes and functions remote.
 *
 * @module
 */

import type { RemoteTaskOf } from "../call/actor_handle.ts";
import type { AnyClass } from "../define/class_definition.ts";
import { demandOf } from "../define/demand.ts";
import type { AnyFunction } from "../define/definitions.ts";
import { isLegacyDecoration } from "../define/module_identity.ts";
import {
  type ActorOptions,
  checkOptions,
  type ClassOptions,
  type FunctionOptions,
  type MethodOptions,
  type TaskOptions,
} from "../define/options.ts";
import { isClass, show } from "../define/show.ts";
import type { ObjectRefGenerator } from "../objects/object_ref_generator.ts";
import type { Ref } from "../objects/ref.ts";
import { definitions, requireThread } from "../runtime/current.ts";
import { NO_STREAM } from "../wire/call_settings.ts";
import { Actor, type ActorMaker, makeActor, makerOf } from "./actor.ts";

/** A class declared by `remote(Class)`: makes actors of it, with types, whether it extends `Actor` or not. */
export interface RemoteClass<C> extends ActorMaker<C> {
  /**
   * Options for one actor.
   *
   * @param options The options; those not given are the class's.
   * @returns The class, with these options.
   */
  options(options: ActorOptions): ActorMaker<C>;
}

/**
 * A function declared by `remote(fn)`: a task on a worker of the pool.
 *
 * @typeParam F The function.
 */
export type RemoteFunction<F extends AnyFunction> = RemoteTaskOf<F>;

/** `@remote({...})`: a decorator of classes. */
export type ClassDecorator = <C extends AnyClass>(cls: C, context: ClassDecoratorContext<C>) => void;

/**
 * Declares a class or a function remote: `@remote` and `@remote(options)` on a class, `remote(Class, options?)`, and
 * `remote(fn, options?)`.
 *
 * A worker finds the class or function by its module and name, by loading the module again. Driver code in the same file
 * therefore stands under `if (import.meta.main)`.
 *
 * @example The decorator
 * ```ts
 * import { Actor, remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * @remote({ placement: "inline", module: import.meta.url })
 * class Greeter extends Actor {
 *   greet(name: string): string {
 *     return `Hello, ${name}`;
 *   }
 * }
 *
 * assertEquals(await Greeter.remote().greet.remote("Ray"), "Hello, Ray");
 * await shutdown();
 * ```
 *
 * @param cls The class.
 * @param context What the runtime passes to a decorator.
 * @throws {TypeError} If an option is unknown or of a wrong type, the module cannot be found, a class of that name is declared
 * already, or the decorator is a legacy one.
 * @throws {RangeError} If an option has a wrong value.
 */
export function remote<C extends AnyClass>(cls: C, context: ClassDecoratorContext<C>): void;
/**
 * Options for the decorator.
 *
 * @param options The options of the class.
 * @returns The decorator.
 */
export function remote(options: ClassOptions): ClassDecorator;
/**
 * Declares a class remote without a decorator.
 *
 * @example A class that has another base
 * ```ts
 * import { remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Cache extends Map<string, number> {
 *   add(key: string, amount: number): number {
 *     const sum = (this.get(key) ?? 0) + amount;
 *     this.set(key, sum);
 *     return sum;
 *   }
 * }
 * const RemoteCache = remote(Cache, { placement: "inline", module: import.meta.url });
 *
 * const cache = RemoteCache.remote();
 * await cache.add.remote("a", 1);
 * assertEquals(await cache.add.remote("a", 2), 3);
 * await shutdown();
 * ```
 *
 * @param cls The class; it need not extend `Actor`.
 * @param options The options of the class.
 * @returns What makes actors of it.
 */
export function remote<C extends AnyClass>(cls: C, options?: ClassOptions): RemoteClass<C>;
/**
 * Declares a function remote. It runs on a pool of as many threads as there are cores.
 *
 * @example A map over many items
 * ```ts ignore
 * import { get, remote, shutdown } from "@manta/ray";
 *
 * const square = remote(function square(n: number): number {
 *   return n * n;
 * });
 *
 * if (import.meta.main) {
 *   console.log(await get([1, 2, 3].map((n) => square.remote(n)))); // [ 1, 4, 9 ]
 *   await shutdown();
 * }
 * ```
 *
 * @param fn The function: named, sync, async or a generator, at the top level of its module.
 * @param options The options of the function.
 * @returns What runs it as a task.
 * @throws {TypeError} If it has no name, its module cannot be found, another function of that name is declared there, or an option is
 * unknown or of a wrong type.
 * @throws {RangeError} If an option has a wrong value.
 */
export function remote<F extends AnyFunction>(fn: F, options?: FunctionOptions): RemoteFunction<F>;
export function remote(subject: unknown, second?: unknown): unknown {
  if (isDecoratorContext(second)) return decorate(subject, second, {});
  if (typeof subject === "object" && subject !== null && second === undefined) {
    checkOptions("class", "a class", subject);
    return (cls: unknown, context: unknown): void => {
      if (!isDecoratorContext(context)) throw legacyDecorator();
      decorate(cls, context, subject as ClassOptions);
    };
  }
  if (typeof subject !== "function") {
    const right = subject === undefined ? ', write "@remote" or "@remote({…})"' : "";
    throw new TypeError(
      `Cannot declare ${show(subject)} remote: expected a class, a function or options${right}`,
    );
  }
  if (isClass(subject)) {
    if (second === undefined && isLegacyDecoration()) throw legacyDecorator();
    return declareClass(subject, (second ?? {}) as ClassOptions);
  }
  return declareFunction(subject as AnyFunction, (second ?? {}) as FunctionOptions);
}

/**
 * Options for a method of a remote class.
 *
 * @example A method in a concurrency group
 * ```ts
 * import { Actor, method, remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * @remote({ placement: "inline", module: import.meta.url, concurrencyGroups: { io: 2 } })
 * class Store extends Actor {
 *   @method({ concurrencyGroup: "io" })
 *   async load(key: string): Promise<string> {
 *     return await Promise.resolve(key);
 *   }
 * }
 *
 * assertEquals(await Store.remote().load.remote("a"), "a");
 * await shutdown();
 * ```
 *
 * @param options The options.
 * @returns The decorator.
 * @throws {TypeError} If an option is unknown or of a wrong type.
 */
export function method(
  options: MethodOptions,
): (fn: AnyFunction, context: ClassMethodDecoratorContext & { static: false; private: false }) => void {
  checkOptions("method", "a method", options);
  return (fn, context) => {
    if (!isDecoratorContext(context)) throw legacyDecorator();
    if (context.static || context.private) {
      throw new TypeError(
        `Cannot use "@method" on "${String(context.name)}": static and private members are not remote`,
      );
    }
    definitions.addMethod(fn, options);
  };
}

function decorate(cls: unknown, context: DecoratorContext, options: ClassOptions): void {
  if (context.kind !== "class") {
    throw new TypeError(
      `Cannot use "@remote" on the ${context.kind} "${String(context.name)}": it is for classes`,
    );
  }
  const made = declareClass(cls as AnyClass, options);
  if ("remote" in (cls as object)) return;
  // A class that does not extend `Actor` gets its statics all the same.
  for (const name of ["remote", "options"] as const) {
    Object.defineProperty(cls, name, { value: made[name], writable: true, configurable: true });
  }
}

function declareClass(cls: AnyClass, options: ClassOptions): RemoteClass<AnyClass> {
  checkOptions("class", `class "${cls.name}"`, options);
  definitions.addClass(cls, options, Actor.prototype);
  return {
    remote: (...args) => makeActor(cls, undefined, args) as never,
    options: (actorOptions) => makerOf(cls, actorOptions),
  };
}

function declareFunction(fn: AnyFunction, options: FunctionOptions): RemoteFunction<AnyFunction> {
  checkOptions("function", `function "${fn.name}"`, options);
  const definition = definitions.addFunction(fn, options);
  const { stream } = definition;
  const usual = { rule: definitions.taskRule(definition), demand: definition.demand };
  const submit = (args: unknown[], { rule, demand }: typeof usual): Ref => {
    return requireThread(`run function "${fn.name}"`).tasks.submit(definition, args, rule, demand);
  };
  const runWith = (how: typeof usual): (...args: unknown[]) => unknown =>
    stream === NO_STREAM ? (...args) => submit(args, how) : (...args): ObjectRefGenerator<unknown> => {
      const whole = submit(args, how);
      return whole.home.streams.open(whole, stream);
    };
  const optioned = (said: TaskOptions): unknown => {
    checkOptions("task", `function "${fn.name}"`, said);
    // What is said as `undefined` is not said.
    const meant = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
    const demand = demandOf({ ...options, ...meant }, 1);
    return { remote: runWith({ rule: definitions.taskRule(definition, said), demand }) };
  };
  const run = runWith(usual);
  const refuse = (): never => {
    throw new TypeError(`Cannot call "${fn.name}" directly: it runs elsewhere, use "${fn.name}.remote()"`);
  };
  return Object.assign(refuse, { remote: run, options: optioned }) as RemoteFunction<AnyFunction>;
}

function isDecoratorContext(value: unknown): value is DecoratorContext {
  return typeof value === "object" && value !== null && "kind" in value && "addInitializer" in value;
}

function legacyDecorator(): TypeError {
  return new TypeError(
    'Cannot use a legacy decorator: Manta\'s are standard (TC39) decorators, remove "experimentalDecorators" from the compiler options',
  );
}
