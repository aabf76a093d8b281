/**
 * Timing: what is faster than a clock by batches, and call by call where the slow ones are asked for.
 *
 * @module
 */

import { setTimeout as pause } from "node:timers/promises";
import { median, quantile, scale } from "./workload.ts";

const MEASURED = 800;
/** The warm-up is so many times as long as what is measured: V8 has compiled the whole way of a call after some 1.2 s. */
const WARM_UP = 1.5;
/** After so many milliseconds without a call, all threads have parked. */
const COLD_AFTER = 20;
const COLD_CALLS = 40;

/** Microseconds a call: the median over batches, and the mean of all. `run` makes so many calls. */
export async function timeBatches(
  run: (calls: number) => Promise<void> | void,
  batch: number,
  milliseconds: number = MEASURED,
): Promise<{ p50: number; mean: number }> {
  const measured = milliseconds * scale;
  const warmUntil = performance.now() + WARM_UP * measured;
  while (performance.now() < warmUntil) await run(batch);

  const times: number[] = [];
  const start = performance.now();
  let before = start;
  do {
    await run(batch);
    const now = performance.now();
    times.push((now - before) * 1_000 / batch);
    before = now;
  } while (before - start < measured);
  return {
    p50: median(times),
    mean: (before - start) * 1_000 / (times.length * batch),
  };
}

/** Microseconds of the slow calls, warmed up: one in a hundred takes longer. */
export async function timeSlowest(
  call: () => Promise<void>,
  milliseconds: number = MEASURED,
): Promise<number> {
  const times: number[] = [];
  const start = performance.now();
  let before = start;
  do {
    await call();
    const now = performance.now();
    times.push(now - before);
    before = now;
  } while (before - start < milliseconds * scale);
  return quantile(times, 0.99) * 1_000;
}

/** Microseconds of calls that come after everything has gone to sleep. */
export async function timeCold(call: () => Promise<void>): Promise<{ p50: number; p99: number }> {
  const times: number[] = [];
  for (let left = Math.max(2, COLD_CALLS * scale); left > 0; left--) {
    await pause(COLD_AFTER);
    const before = performance.now();
    await call();
    times.push((performance.now() - before) * 1_000);
  }
  return { p50: median(times), p99: quantile(times, 0.99) };
}
