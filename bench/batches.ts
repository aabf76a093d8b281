/**
 * Timing what is faster than a clock: by batches.
 *
 * @module
 */

import { median } from "./workload.ts";

const WARM_UP = 300;
const MEASURED = 800;

/** Microseconds a call: the median over batches, and the mean of all. `run` makes so many calls. */
export async function timeBatches(
  run: (calls: number) => Promise<void> | void,
  batch: number,
  milliseconds: number = MEASURED,
): Promise<{ p50: number; mean: number }> {
  const warmUntil = performance.now() + Math.min(WARM_UP, milliseconds);
  while (performance.now() < warmUntil) await run(batch);

  const times: number[] = [];
  const start = performance.now();
  let before = start;
  do {
    await run(batch);
    const now = performance.now();
    times.push((now - before) * 1_000 / batch);
    before = now;
  } while (before - start < milliseconds);
  return { p50: median(times), mean: (before - start) * 1_000 / (times.length * batch) };
}
