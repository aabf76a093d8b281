/**
 * Waiting for some of many refs.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import { PENDING, type Ref } from "./ref.ts";
import { type WaitLimits, watch, watchSync } from "./watch.ts";

/** Which refs are ready and which are not, each in the order given. */
export type Waited = [ready: Ref[], pending: Ref[]];

/** Waits until `count` refs are settled, failed ones included, or the limits say to stop. */
export async function waitFor(
  refs: readonly Ref[],
  count: number,
  limits: WaitLimits,
  clock: Clock,
): Promise<Waited> {
  await watch(refs, { count, orFailure: false }, limits, clock);
  return split(refs, count);
}

/** The same, blocking the thread. */
export function waitForSync(refs: readonly Ref[], count: number, timeout: number): Waited {
  watchSync(refs, { count, orFailure: false }, timeout);
  return split(refs, count);
}

/** At most `count` ready refs; all others count as pending. */
function split(refs: readonly Ref[], count: number): Waited {
  const ready: Ref[] = [];
  const pending: Ref[] = [];
  for (const ref of refs) (ref.status !== PENDING && ready.length < count ? ready : pending).push(ref);
  return [ready, pending];
}
