/**
 * Values that are passed on by reference, or moved.
 *
 * @module
 */

import type { Movable } from "../base/movable.ts";
import { show } from "../define/show.ts";
import type { ObjectRef } from "../objects/object_ref.ts";
import { Ref } from "../objects/ref.ts";
import { requireThread } from "../runtime/current.ts";

/**
 * Puts a value where every thread can read it; returns at once. Buffers of 100 KiB and more go into shared memory: each
 * thread reads the same bytes, which nobody may write to any more.
 *
 * @example One value for many calls
 * ```ts
 * import { put, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * const ref = put(new Map([["a", 1]]));
 * assertEquals((await ref).get("a"), 1);
 * await shutdown();
 * ```
 *
 * @typeParam T The type of the value.
 * @param value The value; it is copied now.
 * @returns A ref to it.
 * @throws {TypeError} If `value` is a ref.
 * @throws {SerializationError} If something in it cannot cross.
 */
export function put<T>(value: T): ObjectRef<T> {
  if (value instanceof Ref) throw new TypeError("Cannot put a ref: it is one already, pass it on as it is");
  const thread = requireThread("put a value");
  const ref = new Ref<T>(thread, "put");
  ref.resolve(thread.values.share(value));
  return ref;
}

/**
 * Marks buffers and ports to be moved, not copied, when `value` is passed on: as an argument, a result or a field of one. After
 * that they are empty here, as after `postMessage` with a transfer list.
 *
 * @example Moving a buffer into an actor
 * ```ts
 * import { put, shutdown, transfer } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new Uint8Array(1024);
 * const ref = put(transfer(bytes, [bytes.buffer]));
 * assertEquals(bytes.length, 0);
 * assertEquals((await ref).length, 1024);
 * await shutdown();
 * ```
 *
 * @typeParam T The type of the value.
 * @param value What is passed on.
 * @param buffers What in it is moved.
 * @returns `value` itself.
 * @throws {TypeError} If `value` is no object, or something in `buffers` cannot be moved.
 */
export function transfer<T extends object>(value: T, buffers: readonly Movable[]): T {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`Cannot transfer ${show(value)}: expected an object that holds the buffers`);
  }
  if (!Array.isArray(buffers)) {
    throw new TypeError(
      `Cannot transfer with ${show(buffers)} as what to move: expected an array of buffers and ports`,
    );
  }
  for (const buffer of buffers as readonly unknown[]) {
    if (typeof buffer !== "object" || buffer === null || ArrayBuffer.isView(buffer)) {
      const right = ArrayBuffer.isView(buffer)
        ? 'a view cannot be moved, give its "buffer"'
        : "expected a buffer or port";
      throw new TypeError(`Cannot transfer ${show(buffer)}: ${right}`);
    }
  }
  requireThread("transfer a value").values.mark(value, buffers);
  return value;
}
