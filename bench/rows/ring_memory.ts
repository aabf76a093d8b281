/**
 * The memory of the bare ring: two rings of integers, with a counter of those written and of those read each, and a word that
 * says that the reader sleeps. Counters have cache lines of their own.
 *
 * @module
 */

/** How often either side looks for something to read before it parks. */
export const LOOKS = 2_000;

/** Where the words of one direction stand. */
export interface Direction {
  readonly tail: number;
  readonly head: number;
  readonly parked: number;
  readonly slots: number;
}

/** The caller's way to the worker. */
export const REQUESTS: Direction = { tail: 0, head: 32, parked: 64, slots: 192 };

/** The way back. */
export function repliesOf(capacity: number): Direction {
  return { tail: 96, head: 128, parked: 160, slots: 192 + capacity };
}

/** Memory for two rings of so many integers, a power of two. */
export function makeMemory(capacity: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer((192 + 2 * capacity) * 4));
}

/** Looks until `words[at]` is not `value`; returns it, or `value` if looking did not pay. */
export function look(words: Int32Array, at: number, value: number): number {
  for (let left = LOOKS; left > 0; left--) {
    const now = Atomics.load(words, at);
    if (now !== value) return now;
  }
  return value;
}
