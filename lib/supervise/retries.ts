/**
 * Calls that are made again: after a crash of their actor or worker, or for what the method threw.
 *
 * @module
 */

import { ActorDiedError, type ActorError, ActorUnavailableError } from "../base/actor_errors.ts";
import type { RetryRule, RetryWish } from "../base/retry_rule.ts";
import type { RetryOptions } from "../define/error_classes.ts";
import type { RetriedRef } from "../objects/retried_ref.ts";
import { mayRetry } from "./restart_policy.ts";

/** An attempt of a call that failed, and is followed by another one. */
export interface FailedAttempt {
  /** The task, as `"Class.method"` or the function's name. */
  readonly taskName: string;
  /** The actor's id; `undefined` for a function. */
  readonly actorId: string | undefined;
  /** Which attempt it was: 1 for the first. */
  readonly attempt: number;
  /** How it failed. */
  readonly error: unknown;
}

/** What repeated calls need of their thread. */
export interface RetryEnvironment {
  /** What a call's options say of repetitions; `subject` is what they were given for. */
  retryWish(options: RetryOptions, subject: string): RetryWish | undefined;
  /** True if what a method threw is of a class with one of these ids. */
  isOfClass(thrown: unknown, ids: readonly string[]): boolean;
  /** Told of each attempt that is followed by another one. */
  attempted(attempt: FailedAttempt): void;
}

/** Has `send` called again, as `rule` says, for each failure of `ref`. What `send` throws rejects it. */
export function armRetries(
  ref: RetriedRef,
  rule: RetryRule,
  send: () => void,
  environment: Pick<RetryEnvironment, "isOfClass" | "attempted">,
): void {
  let retries = 0;
  ref.arm((error) => {
    if (!mayRetry(error, retries, rule, environment.isOfClass)) return false;
    environment.attempted({
      taskName: ref.taskName,
      actorId: ref.source?.actorId,
      attempt: ++retries,
      error,
    });
    // The last attempt needs nothing any more for another one.
    if (retries === rule.maxRetries) ref.disarm();
    try {
      send();
    } catch (failure) {
      ref.disarm();
      ref.reject(failure);
    }
    return true;
  });
}

/** The error of a call that was in progress when its actor was lost, for `reason`. */
export function lostCallError(
  { actorId, isRestarting }: { readonly actorId: string; readonly isRestarting: boolean },
  taskName: string,
  reason: string,
): ActorError {
  const message = `Cannot finish "${taskName}": ${actorId} has died, ${reason}`;
  if (!isRestarting) return new ActorDiedError(message, { actorId });
  return new ActorUnavailableError(
    `${message}, and starts again; the call may or may not have been executed`,
    {
      actorId,
    },
  );
}
