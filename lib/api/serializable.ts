/**
 * Classes whose instances cross.
 *
 * @module
 */

import type { AnyClass } from "../define/class_definition.ts";
import type { SerializableOptions } from "../define/definitions.ts";
import { show } from "../define/show.ts";
import { definitions } from "../runtime/current.ts";
import type { Instance } from "./actor.ts";

/**
 * Declares that instances of a class keep their class when they cross: `@serializable`, or
 * `serializable(Class, { encode, decode })`. Without hooks the own enumerable fields cross, and the constructor does not run at
 * the other end; a class with `#private` fields needs hooks.
 *
 * @example A class with a private field
 * ```ts
 * import { put, serializable, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Money {
 *   #cents: number;
 *   constructor(cents: number) {
 *     this.#cents = cents;
 *   }
 *   get cents(): number {
 *     return this.#cents;
 *   }
 * }
 * serializable(Money, {
 *   encode: (money) => money.cents,
 *   decode: (cents) => new Money(cents),
 *   module: import.meta.url,
 * });
 *
 * assertEquals((await put(new Money(250))).cents, 250);
 * await shutdown();
 * ```
 *
 * @param cls The class.
 * @param context What the runtime passes to a decorator.
 * @throws {TypeError} If the module cannot be found, or a class of that name is declared already.
 */
export function serializable<C extends AnyClass>(cls: C, context: ClassDecoratorContext<C>): void;
/**
 * Declares it without a decorator.
 *
 * @param cls The class.
 * @param options How instances cross, if not field by field.
 * @returns The class.
 */
export function serializable<C extends AnyClass, D>(
  cls: C,
  options?: SerializableOptions<Instance<C> & object, D>,
): C;
export function serializable(cls: AnyClass, second?: unknown): unknown {
  if (typeof cls !== "function") {
    throw new TypeError(`Cannot declare ${show(cls)} serializable: expected a class`);
  }
  const isDecorator = typeof second === "object" && second !== null && "addInitializer" in second;
  const options = (isDecorator ? {} : second ?? {}) as SerializableOptions<object, unknown>;
  for (const [name, value] of Object.entries(options)) {
    const type = name === "module"
      ? "string"
      : name === "encode" || name === "decode"
      ? "function"
      : undefined;
    if (type === undefined) {
      throw new TypeError(
        `Cannot use option "${name}" for class "${cls.name}": it is unknown here, use "encode", "decode" or "module"`,
      );
    }
    if (value !== undefined && typeof value !== type) {
      throw new TypeError(
        `Cannot use ${show(value)} as option "${name}" of class "${cls.name}": expected a ${type}`,
      );
    }
  }
  if ((options.encode === undefined) !== (options.decode === undefined)) {
    throw new TypeError(
      `Cannot declare class "${cls.name}" serializable: give both "encode" and "decode", or none`,
    );
  }
  definitions.addSerializable(cls, options);
  return isDecorator ? undefined : cls;
}
