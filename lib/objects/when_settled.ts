/**
 * Hearing of a ref without a promise: at once, while frames are read, and so in a thread that blocks too.
 *
 * @module
 */

import { READY, type Ref } from "./ref.ts";

/** Calls back once when a ref is settled. What it failed with counts as read. */
export function whenSettled<T>(
  ref: PromiseLike<T>,
  then: (value: T) => void,
  failed: (error: Error) => void,
): void {
  const own = ref as Ref<T>;
  own.observe({
    settled: ({ status, value }) => {
      if (status === READY) return then(value as T);
      own.home.failureRead(own);
      failed(value instanceof Error ? value : new Error(String(value)));
    },
  });
}
