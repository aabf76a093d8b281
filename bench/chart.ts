/**
 * The chart: how fast each row is, as a ratio to the best rival, on a logarithmic scale.
 *
 * @module
 */

import { rowsOf, type Samples } from "./children.ts";
import { columnsOf, show } from "./report.ts";
import type { Results } from "./results.ts";
import { bestRival } from "./verdict.ts";
import { isRate, median, type WorkloadInfo } from "./workload.ts";
import { workloads } from "./workloads.ts";

const WIDTH = 860;
const LABELS = 230;
const NUMBERS = 90;
const LINE = 18;
const TITLE = 34;
const COLOURS = { manta: "#2f6fdf", rival: "#c98a2b", control: "#9aa0a6" };

interface Bar {
  readonly row: string;
  readonly kind: keyof typeof COLOURS;
  /** How many times as fast as the best rival. */
  readonly ratio: number;
}

/** The chart as SVG. Columns without a rival's numbers are compared with the control. */
export function drawChart(results: Results): string {
  const parts: string[] = [];
  let y = 48;
  for (const workload of workloads) {
    const samples = results.samples[workload.name] ?? {};
    for (const column of columnsOf(samples)) {
      const base = bestRival({ workload, column }, samples) ?? workload.control;
      const bars = barsOf(workload, column, samples, base);
      if (bars.length < 2) continue;
      parts.push(drawGroup(`${workload.name}: ${column} (1 = ${base})`, bars, y));
      y += TITLE + bars.length * LINE;
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${
      y + 20
    }" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(12, 24, "Speed as a ratio to the best rival, more is better; logarithmic", `font-size="16"`),
    text(12, 42, `${results.machine}; ${results.date}, medians of ${results.runs} runs`, `fill="#5f6368"`),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function barsOf(workload: WorkloadInfo, column: string, samples: Samples, base: string): Bar[] {
  const numberOf = (row: string): number => median(samples[row]?.numbers[column] ?? [NaN]);
  return rowsOf(workload, true).flatMap((row): Bar[] => {
    const ratio = isRate(workload, column) ? numberOf(row) / numberOf(base) : numberOf(base) / numberOf(row);
    if (!Number.isFinite(ratio) || ratio <= 0) return [];
    const kind = row.startsWith("manta") ? "manta" : row in workload.rows ? "control" : "rival";
    return [{ row, kind, ratio }];
  });
}

function drawGroup(title: string, bars: readonly Bar[], top: number): string {
  const logs = bars.map(({ ratio }) => Math.log10(ratio));
  const [low, high] = [Math.min(-0.3, ...logs), Math.max(0.3, ...logs)];
  const perUnit = (WIDTH - LABELS - NUMBERS) / (high - low);
  const one = LABELS - low * perUnit;
  const lines = bars.map(({ row, kind, ratio }, i) => {
    const y = top + TITLE + i * LINE;
    const length = Math.log10(ratio) * perUnit;
    const x = one + Math.min(0, length);
    return text(LABELS - 8, y - 4, row, `text-anchor="end"`) +
      `<rect x="${x.toFixed(1)}" y="${y - LINE + 4}" width="${Math.max(1, Math.abs(length)).toFixed(1)}" ` +
      `height="${LINE - 5}" fill="${COLOURS[kind]}"/>` +
      text(one + Math.max(0, length) + 5, y - 4, `${show(ratio)} ×`);
  });
  const bottom = top + TITLE + (bars.length - 1) * LINE;
  const axis =
    `<line x1="${one.toFixed(1)}" x2="${one.toFixed(1)}" y1="${top + TITLE - LINE}" y2="${bottom}" ` +
    `stroke="#202124"/>`;
  return [text(12, top + 14, title, `font-weight="bold"`), ...lines, axis].join("\n");
}

function text(x: number, y: number, content: string, attributes = ""): string {
  const escaped = content.replace(/[&<>]/g, (found) => `&#${found.charCodeAt(0)};`);
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped}</text>`;
}
