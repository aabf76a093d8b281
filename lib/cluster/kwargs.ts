/**
 * Arguments by name.
 *
 * @module
 */

import { show } from "../define/show.ts";

/**
 * Arguments that Python is to get by name; made by {@linkcode kwargs}, and the last argument of a call.
 *
 * @typeParam T The names and the types of their values.
 */
export class Kwargs<T extends object = Record<string, unknown>> {
  /** The arguments, by name. */
  readonly named: Readonly<T>;

  /**
   * What `kwargs` makes.
   *
   * @param named The arguments, by name.
   */
  constructor(named: T) {
    this.named = named;
  }
}

/**
 * Arguments for Python by name, behind all others: `model.predict.remote(batch, kwargs({ temperature: 0.5 }))` is Python's
 * `model.predict(batch, temperature=0.5)`. In the types of a Python class or function it is a last parameter of type `Kwargs`.
 *
 * @example What it holds
 * ```ts
 * import { kwargs } from "@manta/ray/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(kwargs({ temperature: 0.5 }).named.temperature, 0.5);
 * ```
 *
 * @typeParam T The names and the types of their values.
 * @param named The arguments, by name.
 * @returns What to pass as the last argument.
 * @throws {TypeError} If `named` is no object.
 */
export function kwargs<T extends object>(named: T): Kwargs<T> {
  if (typeof named !== "object" || named === null || Array.isArray(named)) {
    throw new TypeError(`Cannot pass ${show(named)} by name: expected an object of names and values`);
  }
  return new Kwargs(named);
}
