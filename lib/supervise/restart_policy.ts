/**
 * The decisions about restarts and repetitions: pure functions of what is known.
 *
 * @module
 */

import { ActorUnavailableError } from "../base/actor_errors.ts";
import { WorkerCrashedError } from "../base/lost_errors.ts";
import type { RetryRule } from "../base/retry_rule.ts";
import { TaskError } from "../base/task_error.ts";
import { type Ending, isCrash } from "../transport/thread_address.ts";

/** What is known of an incarnation of an actor that has ended. */
export interface EndedIncarnation {
  /** How it ended. */
  readonly ending: Ending;
  /** How often the actor was restarted before. */
  readonly restarts: number;
  /** How often it may be; -1 without end. */
  readonly maxRestarts: number;
  /** True if the thread that made it lives. */
  readonly ownerLives: boolean;
}

/** Whether an actor starts again. */
export function mayRestart({ ending, restarts, maxRestarts, ownerLives }: EndedIncarnation): boolean {
  return isCrash[ending] && ownerLives && (maxRestarts < 0 || restarts < maxRestarts);
}

/** Whether an actor that ended for good had restarts, and has used them up. */
export function isUsedUp({ ending, restarts, maxRestarts }: EndedIncarnation): boolean {
  return isCrash[ending] && maxRestarts > 0 && restarts >= maxRestarts;
}

/** Whether a call that failed with `error` is made again, after `retries` repetitions. */
export function mayRetry(
  error: unknown,
  retries: number,
  { maxRetries, exceptions }: RetryRule,
  isOfClass: (thrown: unknown, ids: readonly string[]) => boolean,
): boolean {
  if (retries >= maxRetries) return false;
  if (!(error instanceof TaskError)) {
    return error instanceof ActorUnavailableError || error instanceof WorkerCrashedError;
  }
  return typeof exceptions === "boolean" ? exceptions : isOfClass(error.cause, exceptions);
}
