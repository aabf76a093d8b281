/**
 * Whether a run kept a bar.
 *
 * @module
 */

import type { Samples } from "./children.ts";
import { best, show } from "./report.ts";
import { isRate, median, unitOf, type WorkloadInfo } from "./workload.ts";

/** Something that Manta promises of its speed. */
export interface Bar {
  /** Where it is measured. */
  readonly workload: WorkloadInfo;
  /** The column. */
  readonly column: string;
  /** Manta's row. */
  readonly row: string;
  /** What it is compared with: a row, or the best of the rivals that did not fail; without, the number counts. */
  readonly against?: string | typeof BEST_RIVAL;
  /** The column of that row, if it is another. */
  readonly againstColumn?: string;
  /** What is subtracted from the number: another row's. */
  readonly above?: string;
  /** Above this in its best run, what it is compared with is not what it should be, and the comparison says nothing. */
  readonly controlAtMost?: number;
  /** What the number, or the ratio, must not be above, or below if more is better. */
  readonly limit: number;
  /** Better if above, whatever the unit says: for ratios. */
  readonly atLeast?: boolean;
}

/** The best of the rivals. */
export const BEST_RIVAL: unique symbol = Symbol("best rival");

/** What became of it. */
export interface Verdict {
  /** VOID if what it is compared with is missing or was disturbed. */
  readonly verdict: "PASS" | "FAIL" | "VOID";
  /** What is printed. */
  readonly text: string;
}

type Pick = (numbers: readonly number[], workload: WorkloadInfo, column: string) => number;

/** Judges a bar by the best of the runs, since other programs only ever make a run worse; the medians' verdict stands beside it. */
export function judge(bar: Bar, samples: Samples): Verdict | undefined {
  const { workload, column, row, limit } = bar;
  const own = samples[row]?.numbers[column];
  if (own === undefined && samples[row]?.failure === undefined) {
    return undefined;
  }
  const atLeast = bar.atLeast ?? isRate(workload, column);
  const againstName = bar.against === BEST_RIVAL ? bestRival(bar, samples) : bar.against;
  const control = againstName === undefined
    ? undefined
    : samples[againstName]?.numbers[bar.againstColumn ?? column];
  const what = `${workload.name}, ${column}, ${row}`;
  if (own === undefined) {
    return {
      verdict: "FAIL",
      text: `${what}: it failed, ${samples[row].failure}`,
    };
  }
  if (bar.against !== undefined && control === undefined) {
    const missing = againstName === undefined ? "every rival" : `"${againstName}"`;
    return {
      verdict: "VOID",
      text: `${what}: there is nothing to compare with, ${missing} failed or was not run`,
    };
  }
  const base = bar.above === undefined ? undefined : samples[bar.above]?.numbers[column];
  const value = (pick: Pick): number =>
    (pick(own, workload, column) -
      (base === undefined ? 0 : pick(base, workload, column))) /
    (control === undefined ? 1 : pick(control, workload, bar.againstColumn ?? column));
  const kept = (number: number): boolean => atLeast ? number >= limit : number <= limit;
  const [byBest, byMedian] = [value(best), value(median)];
  const isVoid = bar.controlAtMost !== undefined && control !== undefined &&
    best(control, workload, column) > bar.controlAtMost;
  const verdict = isVoid ? "VOID" : kept(byBest) ? "PASS" : "FAIL";
  const unit = againstName === undefined ? unitOf(workload, column) : `× "${againstName}"`;
  const doubt = isVoid
    ? "; the control was disturbed, run again on a quiet machine"
    : kept(byBest) === kept(byMedian)
    ? ""
    : `; the medians say ${kept(byMedian) ? "PASS" : "FAIL"}`;
  const direction = atLeast ? "at least" : "at most";
  return {
    verdict,
    text: `${what}: ${show(byBest)} (${show(byMedian)}) ${unit}, ${direction} ${show(limit)}${doubt}`,
  };
}

/** The rival whose best run is the best. */
export function bestRival({ workload, column }: Column, samples: Samples): string | undefined {
  const names = Object.keys({ ...workload.rivals }).filter((name) => samples[name]?.numbers[column]);
  const numberOf = (name: string): number => best(samples[name].numbers[column], workload, column);
  const sign = isRate(workload, column) ? -1 : 1;
  return names.sort((a, b) => sign * (numberOf(a) - numberOf(b)))[0];
}

/** A column of a workload. */
type Column = { readonly workload: WorkloadInfo; readonly column: string };
