/**
 * A workload: written once, measured for each row in a process of its own.
 *
 * @module
 */

import process from "node:process";

/** What numbers are of. Of calls a second, more is better; of all else, less. */
export type Unit = "µs" | "ms" | "k calls/s" | "ms of CPU" | "KB" | "B" | "×";

/** One table, or several: one for each column that is measured. */
export interface WorkloadInfo {
  /** Its name, and its file's: spaces are underscores there. */
  readonly name: string;
  /** Its file's name, if it shares that with others. */
  readonly file?: string;
  /** What the numbers are, but for those columns that `units` names. */
  readonly unit: Unit;
  /** What the numbers of these columns are. */
  readonly units?: Readonly<Record<string, Unit>>;
  /** Who answers, by the row's name: Manta, and controls without any library. */
  readonly rows: Readonly<Record<string, unknown>>;
  /** The same for other libraries, which only `--peers` measures. */
  readonly rivals?: Readonly<Record<string, unknown>>;
  /** Programs in other languages, by the row's name. */
  readonly foreign?: Readonly<Record<string, Foreign>>;
  /** The row that the others are compared with. */
  readonly control: string;
  /** At most so many runs. */
  readonly runs?: number;
}

/** A workload with what it needs of a row: `Open` makes a callee. */
export interface Workload<Open> extends WorkloadInfo {
  readonly rows: Readonly<Record<string, Open>>;
  readonly rivals?: Readonly<Record<string, Open>>;
  /** Measures a row once: a number for each column. */
  measure(open: Open): Promise<Record<string, number>>;
}

/** A program that measures a row by itself and prints a `Measurement`. */
export interface Foreign {
  /** Program and arguments; throws an error that says what is missing. */
  command(scale: number): readonly [program: string, ...args: string[]];
}

/** What a process prints of its row, as JSON in its last line. */
export interface Measurement {
  /** A number for each column. */
  readonly numbers: Readonly<Record<string, number>>;
  /** CPU time of the whole process for each second of the measurement: so many cores were busy. Unknown until the end. */
  readonly cores: number | null;
}

/** True if more is better. */
export function isRate(workload: WorkloadInfo, column: string): boolean {
  return unitOf(workload, column) === "k calls/s";
}

/** What a column's numbers are. */
export function unitOf(workload: WorkloadInfo, column: string): Unit {
  return workload.units?.[column] ?? workload.unit;
}

/** The runtime's name and version. */
export const runtime: {
  readonly name: "Deno" | "Bun";
  readonly version: string;
} = {
  name: "Deno" in globalThis ? "Deno" : "Bun",
  version: process.versions["Deno" in globalThis ? "deno" : "bun"] ?? "",
};

/** How much of the usual work to do: below 1 only to see that everything runs. */
export const scale: number = Number(process.argv[3] ?? 1) || 1;

/** So many, or fewer at a smaller scale. */
export function scaled(count: number): number {
  return Math.max(1, Math.round(count * scale));
}

/**
 * Measures one row in this process and prints the numbers, for a profiler or for `main.ts`. Arguments: the row, the scale, and
 * the workload's name if the file has several.
 */
export async function measureAlone<Open>(...workloads: Workload<Open>[]): Promise<void> {
  const [, , row, , name = workloads[0].name] = process.argv;
  const workload = workloads.find((workload) => workload.name === name);
  if (workload === undefined) {
    throw new RangeError(`Cannot measure "${name}": expected one of ${quote(workloads.map((w) => w.name))}`);
  }
  const all = { ...workload.rows, ...workload.rivals };
  const open = all[row];
  if (open === undefined) {
    throw new RangeError(
      `Cannot measure row "${row}" of "${name}": expected one of ${quote(Object.keys(all))}`,
    );
  }
  // Some rivals' pending calls keep no program alive.
  setInterval(() => {}, 60_000);
  const before = process.cpuUsage();
  const start = performance.now();
  const numbers = await workload.measure(open);
  const { user, system } = process.cpuUsage(before);
  const cores = (user + system) / 1_000 / (performance.now() - start);
  console.log(JSON.stringify({ numbers, cores } satisfies Measurement));
  process.exit(0);
}

/** Prints what is known already, which counts if the rest never comes. */
export function soFar(numbers: Readonly<Record<string, number>>): void {
  console.log(JSON.stringify({ numbers, cores: null } satisfies Measurement));
}

/** The middle one. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** The one that this part of all are below. */
export function quantile(numbers: readonly number[], part: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * part + 0.5)];
}

function quote(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
