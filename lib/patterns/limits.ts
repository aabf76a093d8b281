/**
 * How long the waits of this folder last.
 *
 * @module
 */

import { checkSignal, checkTimeout } from "../api/checks.ts";
import type { GetOptions } from "../api/get.ts";
import type { Clock } from "../base/clock.ts";
import { abortable } from "@std/async/abortable";
import { GetTimeoutError } from "../base/errors.ts";
import { requireThread } from "../runtime/current.ts";

/** The limits of one wait. @internal */
export interface Limits {
  /** The timeout given, in milliseconds. */
  readonly timeout: number;
  /** When it has passed, by `clock`. */
  readonly end: number;
  /** The thread's. */
  readonly clock: Clock;
  /** Ends the wait. */
  readonly signal: AbortSignal | undefined;
}

/** Checks options; the wait begins now. @internal */
export function limitsOf({ timeout, signal }: GetOptions): Limits {
  const milliseconds = checkTimeout("get the next result", timeout);
  const checked = checkSignal("get the next result", signal);
  const { clock } = requireThread("get the next result");
  return { timeout: milliseconds, end: clock.now() + milliseconds, clock, signal: checked };
}

/**
 * Fulfilled with the promise, or now and then before it; rejects with `GetTimeoutError` at the end, or with the signal's reason.
 * @internal
 */
export async function within(
  promise: Promise<void>,
  { timeout, end, clock, signal }: Limits,
): Promise<void> {
  const limited = signal === undefined ? promise : abortable(promise, signal);
  if (end === Infinity) return await limited;
  const late = new AbortController();
  // The longest timers fire before the end: whoever waits looks again.
  const timer = clock.setTimer(() => late.abort(), Math.max(0, end - clock.now()));
  try {
    await abortable(limited, late.signal);
  } catch (error) {
    if (error !== late.signal.reason) throw error;
    if (clock.now() < end) return;
    throw new GetTimeoutError(
      `Cannot get the next result of a pool within ${timeout} ms: it is not there yet, and can be taken later`,
      { timeout },
    );
  } finally {
    clock.clearTimer(timer);
  }
}
