/**
 * Runs rows in processes of their own, each run of a row in a fresh one, the rows in turn.
 *
 * @module
 */

import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Measurement, runtime, type WorkloadInfo } from "./workload.ts";

const TIMEOUT = 180_000;
const CONFIG = fileURLToPath(new URL("../deno.json", import.meta.url));

/** What was measured of a row. */
export interface RowSamples {
  /** By column, in the order of the runs. */
  readonly numbers: Record<string, number[]>;
  /** How many cores were busy. */
  readonly cores: number[];
  /** Why a run failed; the row is not run again then. */
  failure?: string;
}

/** By row. */
export type Samples = Record<string, RowSamples>;

/** What to measure. */
export interface Choice {
  /** How often. */
  readonly runs: number;
  /** How much of the usual work, up to 1. */
  readonly scale: number;
  /** With other libraries' rows. */
  readonly peers: boolean;
  /** Only rows with this text in their names. */
  readonly row: string;
}

/** Measures the rows of a workload in turn, each as often as it is to be. */
export async function measure(workload: WorkloadInfo, choice: Choice): Promise<Samples> {
  const samples: Samples = {};
  const rows = rowsOf(workload, choice.peers).filter((row) => row.includes(choice.row));
  for (let run = 0; run < Math.min(choice.runs, workload.runs ?? choice.runs); run++) {
    for (const row of rows) {
      const sample = samples[row] ??= { numbers: {}, cores: [] };
      if (sample.failure !== undefined) continue;
      const measured = await measureRow(workload, row, choice.scale);
      sample.failure = measured.failure;
      for (const [column, number] of Object.entries(measured.numbers)) {
        (sample.numbers[column] ??= []).push(number);
      }
      if (measured.cores !== null) sample.cores.push(measured.cores);
    }
  }
  return samples;
}

/** The names of a workload's rows. */
export function rowsOf(workload: WorkloadInfo, peers: boolean): string[] {
  const rows = Object.keys(workload.rows);
  return peers ? [...rows, ...Object.keys({ ...workload.rivals, ...workload.foreign })] : rows;
}

/** The runtime's arguments that run a file, for Deno with `flags`. No lockfile is to know of other libraries. */
export function argumentsOf(file: string, flags: readonly string[] = []): string[] {
  if (runtime.name === "Bun") return ["run", file];
  return ["run", "-A", ...flags, "--no-lock", "--config", CONFIG, file];
}

async function measureRow(
  workload: WorkloadInfo,
  row: string,
  scale: number,
): Promise<Measurement & { failure?: string }> {
  const env = { ...process.env, NO_COLOR: "1" };
  try {
    const [program, ...args] = workload.foreign?.[row]?.command(scale) ?? commandOf(workload, row, scale);
    const { stdout } = await promisify(execFile)(program, args, {
      timeout: TIMEOUT,
      killSignal: "SIGKILL",
      env,
    });
    const measured = lastOf(stdout);
    return measured.cores === null ? { ...measured, failure: "ended before it was done" } : measured;
  } catch (error) {
    const { stdout } = error as ChildError;
    const known = stdout ? lastOf(stdout) : { numbers: {}, cores: null };
    return { ...known, failure: reasonOf(error as ChildError) };
  }
}

/** The last measurement printed. */
function lastOf(stdout: string): Measurement {
  const line = stdout.split("\n").findLast((line) => line.startsWith('{"numbers"'));
  return line === undefined ? { numbers: {}, cores: null } : JSON.parse(line);
}

function commandOf(workload: WorkloadInfo, row: string, scale: number): [string, ...string[]] {
  const name = (workload.file ?? workload.name).replaceAll(" ", "_");
  const file = fileURLToPath(new URL(`./workloads/${name}.ts`, import.meta.url));
  // Bun needs no leave to collect garbage.
  const args = argumentsOf(file, ["--v8-flags=--expose-gc"]);
  return [process.execPath, ...args, row, String(scale), workload.name];
}

/** What `execFile` rejects with. */
interface ChildError extends Error {
  killed?: boolean;
  code?: number | string;
  stdout?: string;
  stderr?: string;
}

function reasonOf({ killed, code, stderr, message }: ChildError): string {
  if (killed) return `did not end within ${TIMEOUT / 1_000} s`;
  if (code === "ENOENT") return "its program is not installed";
  const lines = (stderr ?? "").split("\n").map((line) => line.trim());
  return lines.find((line) =>
    /^(?:error: )?(?:\(in promise\) )?(?:Uncaught )?[\w.]*(?:Error|error)\b/
      .test(line)
  ) ??
    lines.find((line) => line !== "") ?? message.split("\n")[0];
}
