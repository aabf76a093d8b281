/**
 * Calls that a signal cancels.
 *
 * @module
 */

import { cancelledError } from "../objects/cancelled_ref.ts";
import type { Ref } from "../objects/ref.ts";

/** Cancels a call when `signal` aborts. True if it has aborted already: then the call is not made. */
export function cancelOn(signal: AbortSignal, ref: Ref): boolean {
  if (signal.aborted) {
    ref.reject(cancelledError(ref.taskName));
    return true;
  }
  const onAbort = (): void => ref.source?.cancel(ref, { recursive: true, force: false });
  signal.addEventListener("abort", onAbort, { once: true });
  ref.observe({ settled: () => signal.removeEventListener("abort", onAbort) });
  return false;
}
