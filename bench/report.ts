/**
 * What is printed of the numbers.
 *
 * @module
 */

import type { Samples } from "./children.ts";
import { isRate, median, type WorkloadInfo } from "./workload.ts";

const LABEL_WIDTH = 26;

/** The best of several runs: what the machine does when nobody else uses it. */
export function best(numbers: readonly number[], workload: WorkloadInfo): number {
  return isRate(workload) ? Math.max(...numbers) : Math.min(...numbers);
}

/** Prints a table for each column: the median, the least and the most, and the ratio to the control, of medians and of bests. */
export function printTables(workload: WorkloadInfo, samples: Samples): void {
  for (const [column, rows] of Object.entries(samples)) {
    const control = rows[workload.control];
    const title = `${workload.name}: ${column}, ${workload.unit}`;
    console.log(`\n${title.padEnd(52)}  ratio to "${workload.control}"`);
    console.log(line("", "median", "min–max", "median", "best"));
    for (const row of Object.keys(workload.rows)) {
      const numbers = rows[row];
      if (numbers === undefined) {
        console.log(line(row, "failed"));
        continue;
      }
      const range = `${show(Math.min(...numbers))}–${show(Math.max(...numbers))}`;
      const ratios = control === undefined ? [] : [
        median(numbers) / median(control),
        best(numbers, workload) / best(control, workload),
      ];
      console.log(line(row, show(median(numbers)), range, ...ratios.map((ratio) => `${show(ratio)} ×`)));
    }
  }
}

/** A number with three digits that count. */
export function show(number: number): string {
  if (!Number.isFinite(number)) return "-";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(number) || 1)));
  return number.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: 0 });
}

function line(label: string, middle: string, range = "", ofMedians = "", ofBests = ""): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${middle.padStart(10)}${range.padStart(20)}` +
    `${ofMedians.padStart(11)}${ofBests.padStart(11)}`;
}
