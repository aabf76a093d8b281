/**
 * A workload: written once, measured for each row in a process of its own.
 *
 * @module
 */

import process from "node:process";

/** One table, or several: one for each column that is measured. */
export interface WorkloadInfo {
  /** Its name, and its file's: spaces are underscores there. */
  readonly name: string;
  /** What the numbers are. */
  readonly unit: "µs" | "ms" | "k calls/s" | "ms of CPU";
  /** Who answers, by the row's name. */
  readonly rows: Readonly<Record<string, unknown>>;
  /** The row that the others are compared with. */
  readonly control: string;
  /** At most so many runs. */
  readonly runs?: number;
}

/** A workload with what it needs of a row: `Open` makes a callee. */
export interface Workload<Open> extends WorkloadInfo {
  readonly rows: Readonly<Record<string, Open>>;
  /** Measures a row once: a number for each column. */
  measure(open: Open): Promise<Record<string, number>>;
}

/** True if more is better. */
export function isRate(workload: WorkloadInfo): boolean {
  return workload.unit === "k calls/s";
}

/** The runtime's name and version. */
export const runtime: { readonly name: "Deno" | "Bun"; readonly version: string } = {
  name: "Deno" in globalThis ? "Deno" : "Bun",
  version: process.versions["Deno" in globalThis ? "deno" : "bun"] ?? "",
};

/** Measures one row in this process and prints the numbers, for a profiler or for `main.ts`. */
export async function measureAlone<Open>(workload: Workload<Open>): Promise<void> {
  const row = process.argv[2];
  const open = workload.rows[row];
  if (open === undefined) {
    const names = Object.keys(workload.rows).map((name) => `"${name}"`).join(", ");
    throw new RangeError(`Cannot measure row "${row}" of "${workload.name}": expected one of ${names}`);
  }
  console.log(JSON.stringify(await workload.measure(open)));
  process.exit(0);
}

/** The middle one. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
