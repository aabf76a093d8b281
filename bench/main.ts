/**
 * The benchmarks: `deno task bench` or `bun run bench`, and with all other libraries, `deno task bench:peers` or `bun run
 * bench:peers`. Flags:
 *
 * - `--runs <n>`: so many runs of each row in place of five; `--quick` is one, and no idling unless it is asked for by `--only`;
 * - `--only <text>`, `--row <text>`: only workloads, only rows with this text in their names;
 * - `--scale <part>`: only this part of the usual work, to see that all rows run; the numbers are worth nothing then;
 * - `--json <file>`, `--svg <file>`: writes all numbers, and the chart, there too. With `--peers` they are always written, to
 *   `bench/results/`.
 *
 * The exit code is 1 if a bar was missed or is void. One row alone, say for a profiler:
 * `deno run -A --config deno.json bench/workloads/pipelined.ts "manta thread"`.
 *
 * Read the ratios and the best runs: times are those of a machine that others use too.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bars } from "./bars.ts";
import { drawChart } from "./chart.ts";
import { measure } from "./children.ts";
import { installPeers } from "./peers/install.ts";
import { printTables } from "./report.ts";
import type { Results } from "./results.ts";
import { judge } from "./verdict.ts";
import { runtime } from "./workload.ts";
import { workloads } from "./workloads.ts";

const RUNS = 5;

function readFlags() {
  return parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      peers: { type: "boolean", default: false },
      runs: { type: "string" },
      only: { type: "string", default: "" },
      row: { type: "string", default: "" },
      scale: { type: "string", default: "1" },
      json: { type: "string" },
      svg: { type: "string" },
    },
  }).values;
}

function load(): string {
  return loadavg().map((number) => number.toFixed(2)).join(" ");
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`written: ${file}`);
}

/** Prints each bar whose numbers are there. False if one was missed, or is void. */
function printBars({ samples }: Results): boolean {
  console.log("\nbars, by the best of the runs (by the medians)");
  let kept = true;
  for (const bar of bars) {
    const verdict = samples[bar.workload.name] &&
      judge(bar, samples[bar.workload.name]);
    if (verdict === undefined) continue;
    console.log(`  ${verdict.verdict}  ${verdict.text}`);
    kept &&= verdict.verdict === "PASS";
  }
  return kept;
}

if (import.meta.main) {
  const flags = readFlags();
  const chosen = workloads.filter(({ name }) =>
    name.includes(flags.only) &&
    !(flags.quick && flags.only === "" && name === "idle")
  );
  if (chosen.length === 0) {
    const names = workloads.map(({ name }) => `"${name}"`).join(", ");
    throw new RangeError(
      `Cannot run "--only ${flags.only}": it is in the name of no workload, use one of ${names}`,
    );
  }
  if (flags.peers) await installPeers();

  const choice = {
    runs: Number(flags.runs ?? (flags.quick ? 1 : RUNS)),
    scale: Number(flags.scale),
    peers: flags.peers,
    row: flags.row,
  };
  const machine = `${runtime.name} ${runtime.version}, ${cpus().length} × ${cpus()[0]?.model}`;
  console.log(`${machine}, load ${load()}; ${choice.runs} runs, each in a process of its own`);
  if (loadavg()[0] > cpus().length / 2) {
    console.log("others use this machine now: rows that need two cores at once suffer most");
  }

  const results: Results = {
    machine,
    date: new Date().toISOString().slice(0, 10),
    runs: choice.runs,
    samples: {},
  };
  for (const workload of chosen) {
    const samples = await measure(workload, choice);
    results.samples[workload.name] = samples;
    printTables(workload, samples);
  }
  const kept = printBars(results);
  console.log(`\nload ${load()}`);

  const folder = fileURLToPath(new URL("./results/", import.meta.url));
  const name = `${folder}${runtime.name.toLowerCase()}`;
  const json = flags.json ?? (flags.peers ? `${name}.json` : undefined);
  const svg = flags.svg ?? (flags.peers ? `${name}.svg` : undefined);
  if (json !== undefined) write(json, JSON.stringify(results, null, 2) + "\n");
  if (svg !== undefined) write(svg, drawChart(results));
  process.exitCode = kept ? 0 : 1;
}
