/**
 * The ref that programs hold: a thenable with an id.
 *
 * @module
 */

import type { ObjectId } from "../base/ids.ts";

/**
 * A value that is there or will be: the result of a call, or what was `put`. Await it as often as you like; pass it on as an
 * argument, and the callee gets the value.
 *
 * A call that failed makes its ref reject; nobody reading it is no unhandled rejection.
 *
 * @typeParam T The type of the value.
 *
 * @example Awaiting a ref twice
 * ```ts
 * import { put, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * const ref = put([1, 2, 3]);
 * assertEquals(await ref, [1, 2, 3]);
 * assertEquals(await ref, [1, 2, 3]);
 * await shutdown();
 * ```
 */
export abstract class ObjectRef<T> implements PromiseLike<T> {
  /** The same for all copies of this ref, on every thread. */
  abstract readonly id: ObjectId;

  /**
   * Waits for the value, as a promise's `then` does. A pending wait keeps the process alive.
   *
   * @param onfulfilled Called with the value.
   * @param onrejected Called with the error of a failed call.
   * @returns A promise of what these return.
   */
  abstract then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B>;

  /** `"ObjectRef"`. */
  get [Symbol.toStringTag](): string {
    return "ObjectRef";
  }
}
