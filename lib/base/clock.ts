/**
 * Time, so that it can be given from outside.
 *
 * @module
 */

import { deno } from "./platform.ts";

/** What the runtime knows of time. */
export interface Clock {
  /** Milliseconds since the epoch, monotonic, with a fraction; the same clock in every thread. */
  now(): number;
  /** Runs `callback` once after `delay` milliseconds; keeps the process alive until then. */
  setTimer(callback: () => void, delay: number): unknown;
  /** Takes a timer back. */
  clearTimer(timer: unknown): void;
}

/** When `performance.now()` was 0, read once: reading it costs as much as the time. */
const origin = performance.timeOrigin;

/** Milliseconds since the epoch, to the millisecond at least, in the cheapest way that each runtime has: it is read once a call. */
export const now: () => number = deno === undefined ? () => origin + performance.now() : Date.now;

/** The longest delay that timers take; longer ones are waited for in pieces. */
const MAX_DELAY = 2 ** 31 - 1;

/** The platform's clock. */
export const systemClock: Clock = {
  now: () => origin + performance.now(),
  setTimer(callback, delay) {
    return setTimeout(callback, Math.min(delay, MAX_DELAY));
  },
  clearTimer(timer) {
    clearTimeout(timer as ReturnType<typeof setTimeout>);
  },
};
