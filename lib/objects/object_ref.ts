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
 * A call that failed makes its ref reject; nobody reading it is no unhandled rejection. What `then`, `catch` and `finally` return are
 * promises like any other.
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

  /**
   * Waits for the value, as a promise's `catch` does.
   *
   * @example A value for the case of an error
   * ```ts
   * import { Actor, remote, shutdown } from "@manta/ray";
   * import { assertEquals } from "@std/assert";
   *
   * class Config extends Actor {
   *   read(path: string): string {
   *     throw new Error(`${path} is missing`);
   *   }
   * }
   * remote(Config, { placement: "inline", module: import.meta.url });
   *
   * assertEquals(await Config.remote().read.remote("a.json").catch(() => "{}"), "{}");
   * await shutdown();
   * ```
   *
   * @param onrejected Called with the error of a failed call.
   * @returns A promise of the value, or of what this returns.
   */
  catch<B = never>(onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onrejected);
  }

  /**
   * Waits for the value or the error, as a promise's `finally` does.
   *
   * @param onfinally Called without either.
   * @returns A promise of the value.
   */
  finally(onfinally?: (() => void) | null): Promise<T> {
    return this.then((value) => value).finally(onfinally);
  }

  /** `"ObjectRef"`. */
  get [Symbol.toStringTag](): string {
    return "ObjectRef";
  }
}
