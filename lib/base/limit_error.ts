/**
 * The error of a limit that the program itself has set.
 *
 * @module
 */

import { RayError } from "./errors.ts";

/**
 * An actor has as many unanswered calls from this thread as its option `maxPendingCalls` allows. Thrown by `.remote()`, at
 * once; the call is not made. Ray's counterpart is `ray.exceptions.PendingCallsLimitExceeded`.
 *
 * @example Its code
 * ```ts
 * import { PendingCallsLimitExceeded } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new PendingCallsLimitExceeded("too many calls").code, "PENDING_CALLS_LIMIT_EXCEEDED");
 * ```
 */
export class PendingCallsLimitExceeded extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "PENDING_CALLS_LIMIT_EXCEEDED" as const;
  /** The name of the class. */
  override name = "PendingCallsLimitExceeded";
}

/** The error of one call more, of `taskName`, where `pending` are unanswered. */
export function limitError(taskName: string, pending: number, actorId: string): PendingCallsLimitExceeded {
  const calls = pending === 1 ? "one call" : `${pending} calls`;
  return new PendingCallsLimitExceeded(
    `Cannot call "${taskName}": ${calls} of this thread to ${actorId} are unanswered, as many as "maxPendingCalls" allows; ` +
      `await some first`,
  );
}
