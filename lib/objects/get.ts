/**
 * The values of refs, and the error of a wait that took too long.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import { type ActorActivity, GetTimeoutError } from "../base/errors.ts";
import { FAILED, PENDING, type Ref } from "./ref.ts";
import { type WaitLimits, watch, watchSync } from "./watch.ts";

/** The values of `refs` in order; rejects with the first error as soon as there is one. */
export async function getAll(refs: readonly Ref[], limits: WaitLimits, clock: Clock): Promise<unknown[]> {
  const isReached = await watch(refs, { count: refs.length, orFailure: true }, limits, clock);
  if (!isReached) throw timeoutError(refs, limits.timeout);
  return valuesOf(refs);
}

/** The same, blocking the thread. */
export function getAllSync(refs: readonly Ref[], timeout: number): unknown[] {
  if (!watchSync(refs, { count: refs.length, orFailure: true }, timeout)) throw timeoutError(refs, timeout);
  return valuesOf(refs);
}

function valuesOf(refs: readonly Ref[]): unknown[] {
  const failed = refs.filter((ref) => ref.status === FAILED);
  for (const ref of failed) ref.home.failureRead(ref);
  if (failed.length > 0) throw failed[0].value;
  return refs.map((ref) => ref.value);
}

function timeoutError(refs: readonly Ref[], timeout: number): GetTimeoutError {
  const pending = refs.filter((ref) => ref.status === PENDING);
  const [ref] = pending;
  const { taskName, source } = ref;
  const others = pending.length > 1 ? ` and ${pending.length - 1} more` : "";
  const actorId = source?.actorId;
  const activity = source?.activity();
  return new GetTimeoutError(
    `Cannot get "${taskName}"${others} within ${timeout} ms: ${
      reason(actorId, activity, source?.waitsFor?.(ref))
    }`,
    {
      timeout,
      taskName,
      ...(actorId !== undefined && { actorId }),
      ...(activity !== undefined && { activity }),
    },
  );
}

function reason(
  actorId: string | undefined,
  activity: ActorActivity | undefined,
  taskWaitsFor: string | undefined,
): string {
  if (taskWaitsFor !== undefined) {
    return `it has not begun, and waits for ${taskWaitsFor}; it goes on waiting`;
  }
  if (actorId === undefined) return "its value is not there yet";
  if (activity === undefined) return `${actorId} has not answered`;
  const { method, elapsed, running, pending, isRestarting, waitsFor } = activity;
  const state = isRestarting === true
    ? "has crashed and is starting again"
    : waitsFor !== undefined
    ? `has not begun, and waits for ${waitsFor}`
    : method !== undefined
    ? `has been busy with "${method}" for ${Math.round(elapsed)} ms`
    : running > 0
    ? `has ${count(running, "call")} in progress`
    : "is idle or starting";
  return `${actorId} ${state}, with ${
    count(pending, "call")
  } from this thread unanswered; the call itself goes on`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
