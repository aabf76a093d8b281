/**
 * How long the waits of this folder last.
 *
 * @module
 */

import { abortable } from "@std/async/abortable";
import { deadline } from "@std/async/deadline";
import { checkSignal, checkTimeout } from "../api/checks.ts";
import type { GetOptions } from "../api/get.ts";
import { GetTimeoutError } from "../base/errors.ts";

/** The longest delay of a timer, in milliseconds; longer ones are without limit. */
const MAX_DELAY = 2 ** 31 - 1;

/** The limits of one wait. @internal */
export interface Limits {
  /** The timeout given, in milliseconds. */
  readonly timeout: number;
  /** What is left of it. */
  readonly left: number;
  /** Ends the wait. */
  readonly signal: AbortSignal | undefined;
}

/** Checks options. @internal */
export function limitsOf({ timeout, signal }: GetOptions): Limits {
  const milliseconds = checkTimeout("get the next result", timeout);
  return {
    timeout: milliseconds,
    left: milliseconds,
    signal: checkSignal("get the next result", signal),
  };
}

/** Fulfilled with the promise; rejects with `GetTimeoutError` after the timeout, or with the signal's reason. @internal */
export async function within(promise: Promise<void>, { timeout, left, signal }: Limits): Promise<void> {
  const limited = signal === undefined ? promise : abortable(promise, signal);
  if (left > MAX_DELAY) return await limited;
  try {
    await deadline(limited, Math.max(0, left));
  } catch (error) {
    if (signal?.aborted || !(error instanceof DOMException && error.name === "TimeoutError")) throw error;
    throw new GetTimeoutError(
      `Cannot get the next result of a pool within ${timeout} ms: it is not there yet, and can be taken later`,
      { timeout },
    );
  }
}
