/**
 * What is printed of the numbers.
 *
 * @module
 */

import { type RowSamples, rowsOf, type Samples } from "./children.ts";
import { isRate, median, unitOf, type WorkloadInfo } from "./workload.ts";

const LABEL_WIDTH = 28;

/** The columns of what was measured. */
export function columnsOf(samples: Samples): string[] {
  return [...new Set(Object.values(samples).flatMap(({ numbers }) => Object.keys(numbers)))];
}

/** The best of several runs: what the machine does when nobody else uses it. */
export function best(numbers: readonly number[], workload: WorkloadInfo, column: string): number {
  return isRate(workload, column) ? Math.max(...numbers) : Math.min(...numbers);
}

/**
 * Prints a table for each column: the median, the least and the most, the ratio to the control, of medians and of bests, and how
 * many cores were busy, in the whole process and the whole time.
 */
export function printTables(workload: WorkloadInfo, samples: Samples): void {
  for (const column of columnsOf(samples)) {
    const control = samples[workload.control]?.numbers[column];
    const title = `${workload.name}: ${column}, ${unitOf(workload, column)}`;
    console.log(`\n${title.padEnd(58)}ratio to "${workload.control}"`);
    console.log(line("", "median", "min–max", "median", "best", "cores"));
    for (const row of rowsOf(workload, true)) {
      const sample = samples[row];
      const numbers = sample?.numbers[column];
      if (numbers === undefined) continue;
      const range = `${show(Math.min(...numbers))}–${show(Math.max(...numbers))}`;
      const ratios = control === undefined ? ["", ""] : [
        `${show(median(numbers) / median(control))} ×`,
        `${show(best(numbers, workload, column) / best(control, workload, column))} ×`,
      ];
      console.log(line(row, show(median(numbers)), range, ...ratios, show(median(sample.cores))));
    }
  }
  for (const [row, sample] of Object.entries(samples)) {
    printFailure(workload, row, sample);
  }
}

/** A number with three digits that count. */
export function show(number: number): string {
  if (!Number.isFinite(number)) return "-";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(number) || 1)));
  return number.toLocaleString("en", {
    maximumFractionDigits: Math.min(digits, 20),
    minimumFractionDigits: 0,
  });
}

function printFailure(workload: WorkloadInfo, row: string, { failure, cores }: RowSamples): void {
  if (failure === undefined) return;
  console.log(`  ${workload.name}, ${row}: FAILED in run ${cores.length + 1}: ${failure}`);
}

function line(label: string, ...cells: [string, string, string?, string?, string?]): string {
  const widths = [10, 20, 12, 11, 8];
  return `  ${label.padEnd(LABEL_WIDTH)}${cells.map((cell = "", i) => cell.padStart(widths[i])).join("")}`;
}
