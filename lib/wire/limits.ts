/**
 * The codec's limits.
 *
 * @module
 */

/**
 * How deep values may nest. Deeper ones would overflow the stack, at a depth that depends on who calls, on what the engine
 * has compiled by then and, on Deno, comes sooner in a worker: in Deno's main thread, interpreted, at 2,450 for arrays,
 * and at 1,050 for a `Map` in a `Map`.
 */
export const MAX_DEPTH = 1500;

/** How many levels a value counts that is neither an array nor a plain object: it nests through more calls. */
export const SPECIAL_DEPTH = 3;

/** How many levels more the parts of an error count. */
export const ERROR_DEPTH = 4;

/** Whether the engine ran out of stack, which it says in no other way. */
export function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

/** Buffers from this size on, in bytes, travel beside the frame: moving one then costs less than copying it twice. */
export const ASIDE_FROM = 64 * 1024;

/**
 * Plain arrays up to this length are looked through for named properties. For longer ones that would cost more than the
 * elements do, and only what looks like a match of a regular expression is.
 */
export const NAMED_LIMIT = 256;

/** In arrays longer than this a hole begins the sparse form: such an array may be a billion holes. */
export const SPARSE_FROM = 256;
