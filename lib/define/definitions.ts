/**
 * The classes and functions that were declared in a thread, by identity.
 *
 * @module
 */

import { NO_STREAM, UNBOUNDED } from "../wire/call_settings.ts";
import {
  type AnyClass,
  type ClassDefinition,
  defineClass,
  definitionKey,
  kindOf,
} from "./class_definition.ts";
import { type RetryRule, type RetryWish, ruleOf } from "../base/retry_rule.ts";
import { type CrossingClasses, isOfClass, type RetryOptions, retryWish } from "./error_classes.ts";
import { type Demand, demandOf } from "./demand.ts";
import { callingModule, normalizeModule } from "./module_identity.ts";
import type { ClassOptions, FunctionOptions, MethodOptions, TaskOptions } from "./options.ts";

/** A function that can be declared remote. */
export type AnyFunction = (...args: never[]) => unknown;

/** A declared function. */
export interface FunctionDefinition {
  /** The function itself. */
  readonly fn: AnyFunction;
  /** The module that declares it. */
  readonly module: string;
  /** Its name. */
  readonly name: string;
  /** `NO_STREAM` unless it is a generator; then how many items may be unread, or `UNBOUNDED`. */
  readonly stream: number;
  /** What its declaration says of repetitions. */
  readonly retries: RetryWish | undefined;
  /** What of the program's resources it has while it runs. */
  readonly demand: Demand;
}

/** How instances of a class cross, if not field by field. */
export interface SerializableOptions<T extends object = object, D = unknown> {
  /** Makes the data that crosses from an instance; the own enumerable fields unless given. */
  encode?: (instance: T) => D;
  /** Makes an instance from that data; without a constructor run, and with the fields set, unless given. */
  decode?: (data: D) => T;
  /** The URL of the module that declares the class: `import.meta.url`. Found from the call site unless said. */
  module?: string;
}

/** An accessor that all threads of an actor see. */
export interface SharedMember {
  /** Its name. */
  readonly name: string;
  /** What holds the value for an instance. Throws a `TypeError` for what is none. */
  fieldOf(instance: object): SharedField;
}

/** The value of a shared accessor, for one instance. */
export interface SharedField {
  /** The value. */
  get(): unknown;
  /** Sets it. */
  set(value: unknown): void;
  /** Sets it to what `update` makes of it, and returns that; no other thread can do so meanwhile. */
  update(update: (old: unknown) => unknown): unknown;
}

/** A class whose instances cross. */
export interface SerializableDefinition {
  /** The class itself. */
  readonly cls: AnyClass;
  /** Its identity. */
  readonly key: string;
  /** The hooks. */
  readonly options: SerializableOptions<object, unknown>;
}

/** Tasks are run again up to three times when their worker has died, unless said. */
const TASK_RETRIES: RetryWish = { maxRetries: 3 };

/** The declarations of one thread. */
export class Definitions implements CrossingClasses {
  /** True in a thread that reads no values, only passes them on: it need not know the classes of instances. */
  passesOn = false;
  readonly #classes = new Map<string, ClassDefinition>();
  readonly #byClass = new Map<object, ClassDefinition>();
  readonly #functions = new Map<string, FunctionDefinition>();
  readonly #byFunction = new Map<object, FunctionDefinition>();
  readonly #serializables = new Map<string, SerializableDefinition>();
  readonly #byPrototype = new Map<object, SerializableDefinition>();
  readonly #methods = new WeakMap<object, MethodOptions>();
  readonly #shared = new WeakMap<object, SharedMember>();

  /** Remembers what `@method` said of a method. */
  addMethod(fn: object, options: MethodOptions): void {
    this.#methods.set(fn, options);
  }

  /** Remembers what `@shared` said of the accessor with this getter. */
  addShared(getter: object, member: SharedMember): void {
    this.#shared.set(getter, member);
  }

  /** The shared accessors of a class and those above it, the uppermost class first: the same in each thread. */
  sharedMembers(prototype: object): SharedMember[] {
    const members: SharedMember[] = [];
    for (let at = prototype; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      const own = Object.values(Object.getOwnPropertyDescriptors(at)).map(({ get }) =>
        get && this.#shared.get(get)
      );
      members.unshift(...own.filter((member) => member !== undefined));
    }
    return members;
  }

  /** Declares a class. `base` is where inherited methods end. */
  addClass(cls: AnyClass, options: ClassOptions, base: object): ClassDefinition {
    const known = this.#byClass.get(cls);
    const module = moduleOf("class", cls.name, options.module);
    if (known !== undefined && Object.keys(options).length === 0) return known;
    const definition = defineClass(
      cls,
      module,
      options,
      base,
      (fn) => this.#methods.get(fn),
      (...said) => this.retryWish(...said),
    );
    this.retryWish(options, `class "${cls.name}"`);
    refuseSecond("class", cls.name, module, this.#classes.get(definition.shape.key)?.cls, cls);
    this.#classes.set(definition.shape.key, definition);
    this.#byClass.set(cls, definition);
    return definition;
  }

  /** Declares a function. */
  addFunction(fn: AnyFunction, options: FunctionOptions): FunctionDefinition {
    const known = this.#byFunction.get(fn);
    if (known !== undefined) return known;
    const module = moduleOf("function", fn.name, options.module);
    const key = definitionKey(module, fn.name);
    refuseSecond("function", fn.name, module, this.#functions.get(key)?.fn, fn);
    const stream = kindOf(fn).isGenerator ? options.generatorBackpressure ?? UNBOUNDED : NO_STREAM;
    if (stream === NO_STREAM && options.generatorBackpressure !== undefined) {
      throw new TypeError(
        `Cannot use option "generatorBackpressure" for function "${fn.name}": it is for generators, write "function*"`,
      );
    }
    const retries = this.retryWish(options, `function "${fn.name}"`);
    const definition = { fn, module, name: fn.name, stream, retries, demand: demandOf(options, 1) };
    this.#functions.set(key, definition);
    this.#byFunction.set(fn, definition);
    return definition;
  }

  /** Declares a class whose instances cross. */
  addSerializable(cls: AnyClass, options: SerializableOptions<object, unknown>): void {
    if (this.#byPrototype.has(cls.prototype)) return;
    const module = moduleOf("class", cls.name, options.module);
    const key = definitionKey(module, cls.name);
    refuseSecond("class", cls.name, module, this.#serializables.get(key)?.cls, cls);
    const definition = { cls, key, options };
    this.#serializables.set(key, definition);
    this.#byPrototype.set(cls.prototype, definition);
  }

  /** {@inheritDoc CrossingClasses.serializableKey} */
  serializableKey(cls: AnyClass): string | undefined {
    return this.#byPrototype.get(cls.prototype)?.key;
  }

  /** What options say of repetitions; `subject` is what they were given for. */
  retryWish(options: RetryOptions, subject: string): RetryWish | undefined {
    return retryWish(options, this, subject);
  }

  /** Whether a task is run again if its worker dies, and when. */
  taskRule({ retries, name }: FunctionDefinition, options?: TaskOptions): RetryRule | undefined {
    return ruleOf(options && this.retryWish(options, `function "${name}"`), retries, TASK_RETRIES);
  }

  /** True if what was thrown is of a class with one of these ids. */
  isOfClass(thrown: unknown, ids: readonly string[]): boolean {
    return isOfClass(thrown, ids, this);
  }

  /** The declaration of exactly this class. */
  ofClass(cls: object): ClassDefinition | undefined {
    return this.#byClass.get(cls);
  }

  /** A class by its identity. */
  findClass(module: string, name: string): ClassDefinition | undefined {
    return this.#classes.get(definitionKey(module, name));
  }

  /** A function by its identity. */
  findFunction(module: string, name: string): FunctionDefinition | undefined {
    return this.#functions.get(definitionKey(module, name));
  }

  /** How an object crosses, if its class was declared so. */
  serializableOf(value: object): SerializableDefinition | undefined {
    return this.#byPrototype.get(Object.getPrototypeOf(value));
  }

  /** A class whose instances cross, by its identity. */
  findSerializable(key: string): SerializableDefinition | undefined {
    return this.#serializables.get(key);
  }
}

function moduleOf(kind: string, name: string, given: string | undefined): string {
  if (name === "") {
    throw new TypeError(
      `Cannot declare a ${kind} remote: it has no name, by which a worker could find it, write "${kind} name${
        kind === "function" ? "()" : ""
      } { … }"`,
    );
  }
  const module = given === undefined ? callingModule() : normalizeModule(given);
  if (module !== undefined) return module;
  throw new TypeError(
    `Cannot declare ${kind} "${name}": the stack does not tell its module, say it with the option "module: import.meta.url"`,
  );
}

function refuseSecond(kind: string, name: string, module: string, known: unknown, added: unknown): void {
  if (known === undefined || known === added) return;
  throw new TypeError(
    `Cannot declare ${kind} "${name}" of ${module}: the module declares another one of that name, give each its own`,
  );
}
