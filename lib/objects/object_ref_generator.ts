/**
 * The stream that programs hold: refs, one after the other.
 *
 * @module
 */

import type { NextOptions } from "./next_options.ts";
import type { ObjectId } from "../base/ids.ts";
import type { ObjectRef } from "./object_ref.ts";

/**
 * What a remote generator yields, as refs: `for await (const ref of stream)`. The generator runs ahead of the loop, unless
 * `generatorBackpressure` holds it back. Leaving the loop stops it: its `finally` runs. So does dropping the stream, when
 * garbage collection finds it.
 *
 * An error is the last item, as a ref that rejects; what the generator returns is lost. A stream belongs to the thread that
 * made the call: it cannot be passed on, its refs can.
 *
 * TypeScript may say that the loop's variable is a value, not a ref, for it takes what a `for await` gives for awaited. `await ref`
 * is right in both cases; where the ref itself is needed, `next()` has its type right.
 *
 * @typeParam T The type of the values.
 *
 * @example A generator method
 * ```ts
 * import { Actor, remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * @remote({ placement: "inline", module: import.meta.url })
 * class Range extends Actor {
 *   *upTo(end: number): Generator<number> {
 *     for (let i = 0; i < end; i++) yield i;
 *   }
 * }
 *
 * const seen: number[] = [];
 * for await (const ref of Range.remote().upTo.remote(3)) seen.push(await ref);
 * assertEquals(seen, [0, 1, 2]);
 * await shutdown();
 * ```
 */
export abstract class ObjectRefGenerator<T>
  implements AsyncIterableIterator<ObjectRef<T>, undefined, NextOptions | undefined> {
  /** The id of the ref that {@linkcode ObjectRefGenerator.completed} gives. */
  abstract readonly id: ObjectId;

  /**
   * Waits for the next item. A pending wait keeps the process alive. Calls that wait at once are served in order.
   *
   * @param options A signal that ends the wait: it rejects with the signal's `reason`, and the item is there for the next one.
   * @returns The item's ref, which has its value or its error; or the end.
   * @throws {TypeError} If an option is unknown or of a wrong type.
   */
  abstract next(options?: NextOptions): Promise<IteratorResult<ObjectRef<T>, undefined>>;

  /**
   * `next()`, blocking the thread until there is an item, or the end.
   *
   * @returns The item's ref, which has its value or its error; or the end.
   * @throws {DeadlockError} If the generator runs on this very thread, which would wait for itself.
   */
  abstract nextSync(): IteratorResult<ObjectRef<T>, undefined>;

  /**
   * Stops the generator, and forgets the items that nobody took; `for await` does it when its loop is left. Does not wait:
   * `await stream.completed()` does.
   *
   * @returns The end.
   */
  abstract return(): Promise<IteratorResult<ObjectRef<T>, undefined>>;

  /**
   * The whole: a ref that is fulfilled when the generator has ended, and rejects with its error. It is always the same one. Who
   * holds it, and drops the stream, lets the generator run to its end.
   *
   * @returns The ref.
   */
  abstract completed(): ObjectRef<undefined>;

  /** The stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Stops the generator, as `return()` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** `"ObjectRefGenerator"`. */
  get [Symbol.toStringTag](): string {
    return "ObjectRefGenerator";
  }
}
