/**
 * The README's table, from the files that `bench:peers` wrote: `deno run --allow-read --allow-env --allow-sys bench/readme.ts
 * bench/results/deno.json bench/results/bun.json`.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import process from "node:process";
import type { Samples } from "./children.ts";
import { columnsOf, show } from "./report.ts";
import type { Results } from "./results.ts";
import { bestRival } from "./verdict.ts";
import { isRate, median, unitOf, type WorkloadInfo } from "./workload.ts";
import { workloads } from "./workloads.ts";

/** Manta's rows, the one to show first. */
const OWN = ["manta thread", "manta tasks", "manta inline"];

/** The table in Markdown: Manta's median, and the control's and the best rival's with their ratios to it. */
export function tableOf(files: readonly Results[]): string {
  const heads = files.map(({ machine, date, runs }) => `${machine}; ${date}, ${runs} runs`);
  const lines = [`| | ${heads.join(" | ")} |`, `|${" --- |".repeat(files.length + 1)}`];
  for (const workload of workloads) {
    const columns = new Set(files.flatMap(({ samples }) => columnsOf(samples[workload.name] ?? {})));
    for (const column of columns) {
      const row = OWN.find((row) =>
        files.some(({ samples }) => samples[workload.name]?.[row]?.numbers[column])
      );
      if (row === undefined) continue;
      const cells = files.map(({ samples }) => cellOf(workload, column, row, samples[workload.name] ?? {}));
      lines.push(`| ${workload.name}: ${column} (${row}) | ${cells.join(" | ")} |`);
    }
  }
  return lines.join("\n") + "\n";
}

function cellOf(workload: WorkloadInfo, column: string, row: string, samples: Samples): string {
  const own = samples[row]?.numbers[column];
  if (own === undefined) return "failed";
  const others = new Set([bestRival({ workload, column }, samples), workload.control, "Erlang", "Ray"]);
  const compared = [...others].flatMap((other) => {
    const numbers = other === undefined || other === row ? undefined : samples[other]?.numbers[column];
    if (numbers === undefined) return [];
    const faster = isRate(workload, column) ? median(own) / median(numbers) : median(numbers) / median(own);
    return [`${other} ${show(median(numbers))} (${show(faster)} ×)`];
  });
  return [`**${show(median(own))} ${unitOf(workload, column)}**`, ...compared].join("; ");
}

if (import.meta.main) {
  const files = process.argv.slice(2).map((file): Results => JSON.parse(readFileSync(file, "utf8")));
  console.log(tableOf(files));
}
