/**
 * What is known of a remote class from its declaration: its identity, its methods and how they run.
 *
 * @module
 */

import type { RetryWish } from "../base/retry_rule.ts";
import type { ClassOptions, MethodOptions } from "./options.ts";

/** A class that can be declared: neither abstract nor with a private constructor. */
export type AnyClass = new (...args: never[]) => object;

/** A remote method. */
export interface MethodDefinition {
  /** Its name. */
  readonly name: string;
  /** The group its calls run in; `""` for the default group. */
  readonly group: string;
  /** True for `*method` and `async *method`. */
  readonly isGenerator: boolean;
  /** How many items of its streams may be unread, unless a call says; without limit if nobody does. */
  readonly generatorBackpressure?: number;
  /** How many refs its calls give, unless a call says; not an array of them if nobody does. */
  readonly numReturns?: number;
  /** What `@method` said of repetitions. */
  readonly retries?: RetryWish | undefined;
}

/** What a caller needs to know of a class; it travels with handles. */
export interface ClassShape {
  /** The class's name. */
  readonly name: string;
  /** Its identity: module and name. */
  readonly key: string;
  /** Its methods; calls name them by index. */
  readonly methods: readonly MethodDefinition[];
  /** The names of its groups. */
  readonly groups: readonly string[];
  /** True of an actor of the runtime's own: nobody is told of its calls. */
  readonly isInternal?: true;
}

/** A declared class. */
export interface ClassDefinition {
  /** The class itself. */
  readonly cls: AnyClass;
  /** The module that declares it. */
  readonly module: string;
  /** The options of the declaration. */
  readonly options: ClassOptions;
  /** What callers need to know. */
  readonly shape: ClassShape;
  /** True if any method is async. */
  readonly isAsync: boolean;
}

/** Calls in progress at once in an async actor, unless said. */
export const ASYNC_CONCURRENCY = 1_000;

/** Names of a handle's own; no method can have them. */
const RESERVED = ["then", "actorId"];
/** A hook of the runtime, not a method for callers. */
const HOOKS = ["constructor", "onShutdown"];

/** The identity of a class or function. */
export function definitionKey(module: string, name: string): string {
  return `${module}#${name}`;
}

/** Reads a class. `base` is where inherited methods end; `methodOptions` gives what `@method` said. */
export function defineClass(
  cls: AnyClass,
  module: string,
  options: ClassOptions,
  base: object,
  methodOptions: (fn: object) => MethodOptions | undefined,
  retriesOf: (options: MethodOptions, subject: string) => RetryWish | undefined,
): ClassDefinition {
  const groups = Object.keys(options.concurrencyGroups ?? {});
  const methods: MethodDefinition[] = [];
  let isAsync = false;
  for (const [name, fn] of methodsOf(cls, base)) {
    if (RESERVED.includes(name)) {
      throw new TypeError(
        `Cannot declare class "${cls.name}" remote: handles have a "${name}" of their own, rename the method`,
      );
    }
    const kind = kindOf(fn);
    isAsync ||= kind.isAsync;
    const said = methodOptions(fn) ?? {};
    const { concurrencyGroup: group = "", generatorBackpressure, numReturns } = said;
    if (group !== "" && !groups.includes(group)) {
      throw new TypeError(
        `Cannot declare class "${cls.name}" remote: its method "${name}" names concurrency group "${group}", ${
          groupsOf(groups)
        }`,
      );
    }
    const retries = retriesOf(said, `"${cls.name}.${name}"`);
    const method = { name, group, isGenerator: kind.isGenerator, ...(retries !== undefined && { retries }) };
    const more = { generatorBackpressure, numReturns };
    refuseForKind(`"${cls.name}.${name}"`, kind.isGenerator, more);
    // What is not said does not travel.
    methods.push(generatorBackpressure ?? numReturns ? { ...method, ...more } : method);
  }
  const shape: ClassShape = { name: cls.name, key: definitionKey(module, cls.name), methods, groups };
  return { cls, module, options, shape, isAsync };
}

/** Refuses options that are for generators only, or for all but generators. */
export function refuseForKind(
  subject: string,
  isGenerator: boolean,
  { generatorBackpressure, numReturns }: { generatorBackpressure?: number; numReturns?: number },
): void {
  if (!isGenerator && generatorBackpressure !== undefined) {
    throw new TypeError(
      `Cannot use option "generatorBackpressure" for ${subject}: it is for generators, write "*method" or "async *method"`,
    );
  }
  if (isGenerator && numReturns !== undefined) {
    throw new TypeError(
      `Cannot use option "numReturns" for ${subject}: it is a generator, whose stream has as many refs as it yields`,
    );
  }
}

/** The groups that a class has, for messages. */
export function groupsOf(groups: readonly string[]): string {
  return groups.length === 0
    ? "but the class declares no groups"
    : `but the class declares ${groups.map((group) => `"${group}"`).join(", ")}`;
}

/** The methods of a class and of the classes above it, each name once, as the class itself sees them. */
function methodsOf(cls: AnyClass, base: object): Map<string, object> {
  const methods = new Map<string, object>();
  const seen = new Set<string>(HOOKS);
  for (
    let proto = cls.prototype;
    proto !== null && proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto)
  ) {
    if (proto === base) break;
    for (const name of Object.getOwnPropertyNames(proto)) {
      if (seen.has(name) || name in Object.prototype) continue;
      seen.add(name);
      const value: unknown = Object.getOwnPropertyDescriptor(proto, name)?.value;
      if (typeof value === "function") methods.set(name, value);
    }
  }
  return methods;
}

/** Whether a function is async, or a generator, is read from the function itself. */
export function kindOf(fn: object): { isAsync: boolean; isGenerator: boolean } {
  const tag = (fn as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  return {
    isAsync: tag === "AsyncFunction" || tag === "AsyncGeneratorFunction",
    isGenerator: tag === "GeneratorFunction" || tag === "AsyncGeneratorFunction",
  };
}
