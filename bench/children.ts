/**
 * Runs rows in processes of their own, each run of a row in a fresh one, the rows in turn.
 *
 * @module
 */

import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runtime, type WorkloadInfo } from "./workload.ts";

const TIMEOUT = 120_000;

/** What was measured: numbers in the order of the runs, by column and row. A row without any has failed. */
export type Samples = Record<string, Record<string, number[]>>;

/** Measures all rows of a workload, `runs` times each. */
export async function measure(workload: WorkloadInfo, runs: number): Promise<Samples> {
  const samples: Samples = {};
  for (let run = 0; run < Math.min(runs, workload.runs ?? runs); run++) {
    for (const row of Object.keys(workload.rows)) {
      const numbers = await measureRow(workload, row).catch((error: Error) => {
        console.error(`${workload.name}, ${row}, run ${run + 1}: ${error.message}`);
        return {};
      });
      for (const [column, number] of Object.entries(numbers)) {
        ((samples[column] ??= {})[row] ??= []).push(number);
      }
    }
  }
  return samples;
}

async function measureRow(workload: WorkloadInfo, row: string): Promise<Record<string, number>> {
  const url = new URL(`./workloads/${workload.name.replaceAll(" ", "_")}.ts`, import.meta.url);
  const args = [...(runtime.name === "Deno" ? ["run", "-A"] : ["run"]), fileURLToPath(url), row];
  const env = { ...process.env, NO_COLOR: "1" };
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: TIMEOUT, env });
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}
