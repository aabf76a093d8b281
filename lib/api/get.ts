/**
 * Reading refs: `get` and its kin.
 *
 * @module
 */

import { getAll, getAllSync } from "../objects/get.ts";
import type { ObjectRef } from "../objects/object_ref.ts";
import { Ref } from "../objects/ref.ts";
import { requireThread } from "../runtime/current.ts";
import { checkNames, checkSignal, checkTimeout, NO_OPTIONS } from "../objects/option_checks.ts";
import { refsOf, warnInAsyncActor } from "./checks.ts";

/** Options of a wait that lets the thread go on. */
export interface GetOptions {
  /** How long to wait, in milliseconds; without end unless given. 0 reads only what is there. */
  timeout?: number;
  /** Ends the wait when it aborts; the promise rejects with its `reason`. */
  signal?: AbortSignal;
}

/** Options of a wait that blocks the thread. */
export interface GetSyncOptions {
  /** How long to wait, in milliseconds; without end unless given. 0 reads only what is there. */
  timeout?: number;
}

/** The values of a tuple or array of refs. */
export type RefValues<R extends readonly unknown[]> = {
  -readonly [I in keyof R]: R[I] extends ObjectRef<infer T> ? T : never;
};

/**
 * The value of a ref, or the values of several in their order. Rejects with the first error as soon as there is one.
 *
 * @example Several refs
 * ```ts
 * import { get, put, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await get([put(1), put("two")]), [1, "two"]);
 * await shutdown();
 * ```
 *
 * @typeParam T The type of the value.
 * @param ref The ref.
 * @param options How long to wait.
 * @returns The value.
 * @throws {GetTimeoutError} After `timeout`. The task goes on, and a later `get` works.
 * @throws {RangeError} If `timeout` is negative or `NaN`.
 * @throws {TypeError} If `ref` is no ref, or `timeout` no number.
 */
export function get<T>(ref: ObjectRef<T>, options?: GetOptions): Promise<T>;
/**
 * The values of several refs.
 *
 * @param refs The refs.
 * @param options How long to wait.
 * @returns The values, in the order of the refs.
 */
export function get<const R extends readonly ObjectRef<unknown>[]>(
  refs: R,
  options?: GetOptions,
): Promise<RefValues<R>>;
export function get(refs: unknown, options: GetOptions = NO_OPTIONS): Promise<unknown> {
  if (options !== NO_OPTIONS) checkNames("get", options, ["timeout", "signal"]);
  const limits = {
    timeout: checkTimeout("get", options.timeout),
    signal: checkSignal("get", options.signal),
  };
  const thread = requireThread("get a value");
  if (refs instanceof Ref && limits.timeout === Infinity && limits.signal === undefined) {
    return refs.awaited();
  }
  const list = refsOf("get", refs);
  const values = getAll(list, limits, thread.clock);
  return Array.isArray(refs) ? values : values.then(([value]) => value);
}

/**
 * `get` with a timeout that is always there.
 *
 * @example A sync actor that is blocked
 * ```ts
 * import { getWithTimeout, put, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await getWithTimeout(put("there"), 5_000), "there");
 * await shutdown();
 * ```
 *
 * @typeParam T The type of the value.
 * @param ref The ref.
 * @param timeout How long to wait, in milliseconds.
 * @param options A signal that ends the wait.
 * @returns The value.
 * @throws {GetTimeoutError} After `timeout`. The task goes on, and a later `get` works.
 * @throws {RangeError} If `timeout` is negative or `NaN`.
 * @throws {TypeError} If `ref` is no ref, or `timeout` no number.
 */
export function getWithTimeout<T>(
  ref: ObjectRef<T>,
  timeout: number,
  options?: { signal?: AbortSignal },
): Promise<T>;
/**
 * The values of several refs, with a timeout.
 *
 * @param refs The refs.
 * @param timeout How long to wait, in milliseconds.
 * @param options A signal that ends the wait.
 * @returns The values, in the order of the refs.
 */
export function getWithTimeout<const R extends readonly ObjectRef<unknown>[]>(
  refs: R,
  timeout: number,
  options?: { signal?: AbortSignal },
): Promise<RefValues<R>>;
export function getWithTimeout(
  refs: unknown,
  timeout: number,
  options: { signal?: AbortSignal } = NO_OPTIONS,
): Promise<unknown> {
  if (options !== NO_OPTIONS) checkNames("get", options, ["signal"]);
  if (timeout === undefined) throw new TypeError('Cannot get: "timeout" is missing, give it in milliseconds');
  return get(refs as ObjectRef<unknown>, { ...options, timeout });
}

/**
 * The value of a ref, or the values of several, blocking the thread until they are there. In an actor it holds up all of the
 * actor's calls; in the driver, its timers and I/O.
 *
 * @example A value that is there
 * ```ts
 * import { getSync, put, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(getSync(put(1)), 1);
 * await shutdown();
 * ```
 *
 * @typeParam T The type of the value.
 * @param ref The ref.
 * @param options How long to wait.
 * @returns The value.
 * @throws {GetTimeoutError} After `timeout`.
 * @throws {DeadlockError} If only this thread itself could fulfil the ref.
 * @throws {RangeError} If `timeout` is negative or `NaN`.
 * @throws {TypeError} If `ref` is no ref, or `timeout` no number.
 */
export function getSync<T>(ref: ObjectRef<T>, options?: GetSyncOptions): T;
/**
 * The values of several refs, blocking the thread.
 *
 * @param refs The refs.
 * @param options How long to wait.
 * @returns The values, in the order of the refs.
 */
export function getSync<const R extends readonly ObjectRef<unknown>[]>(
  refs: R,
  options?: GetSyncOptions,
): RefValues<R>;
export function getSync(refs: unknown, options: GetSyncOptions = NO_OPTIONS): unknown {
  if (options !== NO_OPTIONS) checkNames("getSync", options, ["timeout"]);
  const timeout = checkTimeout("getSync", options.timeout);
  const list = refsOf("getSync", refs);
  warnInAsyncActor(requireThread("block on a value"), "getSync", "await");
  const values = getAllSync(list, timeout);
  return Array.isArray(refs) ? values : values[0];
}
