/**
 * What Manta promises of its speed, and whether this run kept it.
 *
 * @module
 */

import type { Samples } from "./children.ts";
import { best, show } from "./report.ts";
import { median, runtime, type WorkloadInfo } from "./workload.ts";
import { idle } from "./workloads/idle.ts";
import { oneAtATime } from "./workloads/one_at_a_time.ts";
import { pipelined } from "./workloads/pipelined.ts";

const THREAD = "manta thread";
const INLINE = "manta inline";

/** A ring whose two sides look takes 0.2 to 0.8 µs. If others hold the cores, both park: 5 to 60, and anything compares well. */
const LOOKING = 2;

interface Bar {
  readonly workload: WorkloadInfo;
  readonly column: string;
  readonly row: string;
  /** The row it is compared with; without one, the number counts. */
  readonly control?: string;
  /** Above this in its best run, the control is not what it should be, and the comparison says nothing. */
  readonly controlAtMost?: number;
  /** What the number must not be above, or below if it is a rate. */
  readonly limit: number;
  readonly direction: "at most" | "at least";
}

const bars: readonly Bar[] = [
  ...["p50", "mean"].map((column): Bar => ({
    workload: oneAtATime,
    column,
    row: THREAD,
    control: "bare ring",
    controlAtMost: LOOKING,
    limit: 4,
    direction: "at most",
  })),
  ...["1,000 in flight", "all at once"].map((column): Bar => ({
    workload: pipelined,
    column,
    row: THREAD,
    control: "postMessage",
    limit: runtime.name === "Deno" ? 5 : 1.5,
    direction: "at least",
  })),
  ...["p50", "mean"].map((column): Bar => (
    { workload: oneAtATime, column, row: INLINE, limit: 1, direction: "at most" }
  )),
  // 1,000 calls in a millisecond are one in a microsecond.
  { workload: pipelined, column: "1,000 in flight", row: INLINE, limit: 1_000, direction: "at least" },
  { workload: idle, column: "10 callees, 10 s", row: THREAD, limit: 100, direction: "at most" },
];

/**
 * Prints each bar whose numbers are there. The best runs decide, since other programs only ever make a run worse; the medians'
 * verdict stands beside it. False if one was missed, or is void.
 */
export function printBars(results: Readonly<Record<string, Samples>>): boolean {
  console.log("\nbars, by the best of the runs (by the medians)");
  let kept = true;
  for (const bar of bars) {
    const rows = results[bar.workload.name]?.[bar.column];
    if (rows === undefined) continue;
    const value = (of: (numbers: number[]) => number): number => {
      const control = bar.control === undefined ? 1 : of(rows[bar.control] ?? []);
      return of(rows[bar.row] ?? []) / control;
    };
    const byBest = value((numbers) => numbers.length === 0 ? NaN : best(numbers, bar.workload));
    const byMedian = value((numbers) => numbers.length === 0 ? NaN : median(numbers));
    const isKept = (number: number): boolean =>
      bar.direction === "at most" ? number <= bar.limit : number >= bar.limit;
    const passes = isKept(byBest);
    const isVoid = bar.controlAtMost !== undefined &&
      !(best(rows[bar.control!] ?? [], bar.workload) <= bar.controlAtMost);
    const verdict = isVoid ? "VOID" : passes ? "PASS" : "FAIL";
    const doubt = isVoid
      ? "; the control was disturbed, run again on a quiet machine"
      : passes === isKept(byMedian)
      ? ""
      : `; the medians say ${passes ? "FAIL" : "PASS"}`;
    kept &&= passes && !isVoid;
    const unit = bar.control === undefined ? bar.workload.unit : `× "${bar.control}"`;
    console.log(
      `  ${verdict}  ${bar.workload.name}, ${bar.column}, ${bar.row}: ` +
        `${show(byBest)} (${show(byMedian)}) ${unit}, ${bar.direction} ${show(bar.limit)}${doubt}`,
    );
  }
  return kept;
}
