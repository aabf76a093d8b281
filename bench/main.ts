/**
 * The benchmarks: `deno run -A bench/main.ts` or `bun run bench/main.ts`, with
 *
 * - `--quick`: one run of each row in place of five, and no idling unless `--idle` is given;
 * - `--only <text>`: only workloads with this text in their names;
 * - `--json <file>`: writes all numbers there too.
 *
 * The exit code is 1 if a bar was missed or is void. One row alone, say for a profiler: `deno run -A bench/workloads/pipelined.ts "manta thread"`.
 *
 * Read the ratios and the best runs: times are those of a machine that others use too.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { printBars } from "./bars.ts";
import { measure, type Samples } from "./children.ts";
import { printTables } from "./report.ts";
import { runtime, type WorkloadInfo } from "./workload.ts";
import { bytes } from "./workloads/bytes.ts";
import { create } from "./workloads/create.ts";
import { getSync } from "./workloads/get_sync.ts";
import { idle } from "./workloads/idle.ts";
import { oneAtATime } from "./workloads/one_at_a_time.ts";
import { pipelined } from "./workloads/pipelined.ts";

const RUNS = 5;
const workloads: readonly WorkloadInfo[] = [oneAtATime, pipelined, bytes, create, getSync, idle];

if (import.meta.main) {
  const { values: flags } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      idle: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      json: { type: "string" },
    },
  });
  const chosen = workloads.filter(({ name }) => name.includes(flags.only));
  if (chosen.length === 0) {
    const names = workloads.map(({ name }) => `"${name}"`).join(", ");
    throw new RangeError(
      `Cannot run "--only ${flags.only}": it is in the name of no workload, use one of ${names}`,
    );
  }
  const load = (): string => loadavg().map((number) => number.toFixed(2)).join(" ");

  const runs = flags.quick ? 1 : RUNS;
  const machine = `${runtime.name} ${runtime.version}, ${cpus().length} × ${cpus()[0]?.model}`;
  console.log(`${machine}, load ${load()}; ${runs} runs, each in a process of its own`);

  if (loadavg()[0] > cpus().length / 2) {
    console.log("others use this machine now: rows that need two cores at once suffer most");
  }

  const results: Record<string, Samples> = {};
  for (const workload of chosen) {
    if (workload === idle && flags.quick && !flags.idle && flags.only === "") continue;
    const samples = await measure(workload, runs);
    results[workload.name] = samples;
    printTables(workload, samples);
  }

  const kept = printBars(results);
  console.log(`\nload ${load()}`);
  if (flags.json !== undefined) {
    writeFileSync(flags.json, JSON.stringify({ machine, runs, results }, null, 2) + "\n");
  }
  process.exitCode = kept ? 0 : 1;
}
