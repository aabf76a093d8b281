/**
 * Waits that a signal ends.
 *
 * @module
 */

import { abortable } from "@std/async/abortable";

/** What ends a wait early. */
export interface WaitSignal {
  /** Ends the wait when it aborts: it rejects with the signal's `reason`. What was begun goes on. */
  signal?: AbortSignal;
}

/** Fulfilled with the promise; rejects with the signal's reason when that aborts. @internal */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal === undefined ? promise : abortable(promise, signal);
}
