/**
 * CPU work of 0.1, 1 and 10 ms a call, over all cores; the same work in all rows, and its results checked.
 *
 * @module
 */

import { availableParallelism } from "node:os";
import { expect } from "../check.ts";
import { type OpenRival, threadRivals } from "../peers/thread_rivals.ts";
import { jobs, ROUNDS_PER_MS } from "../rows/jobs.ts";
import { openTasks } from "../rows/manta.ts";
import type { TaskPeer } from "../rows/peer.ts";
import { measureAlone, median, scaled, type Workload } from "../workload.ts";

const PASSES = 3;
const SIZES = [
  { name: "2,000 × 0.1 ms", count: 2_000, rounds: ROUNDS_PER_MS / 10 },
  { name: "1,000 × 1 ms", count: 1_000, rounds: ROUNDS_PER_MS },
  { name: "100 × 10 ms", count: 100, rounds: ROUNDS_PER_MS * 10 },
];

function openOneCore(): Promise<TaskPeer> {
  return Promise.resolve({ spin: jobs.spin, close: () => Promise.resolve() });
}

function overAllCores(rivals: Readonly<Record<string, OpenRival>>): Record<string, () => Promise<TaskPeer>> {
  return Object.fromEntries(
    Object.entries(rivals).map(([name, open]) => [name, () => open(availableParallelism())]),
  );
}

/** The workload. */
export const tasks: Workload<() => Promise<TaskPeer>> = {
  name: "tasks",
  unit: "ms",
  control: "one core",
  rows: { "manta tasks": openTasks, "one core": openOneCore },
  rivals: overAllCores(threadRivals()),
  async measure(open) {
    const peer = await open();
    const times: Record<string, number> = {};
    for (const { name, count, rounds } of SIZES) {
      const right = jobs.spin(rounds);
      const pass = async (): Promise<number> => {
        const start = performance.now();
        const answers = Array.from({ length: scaled(count) }, () => peer.spin(rounds));
        for (const answer of answers) expect(await answer, right, "the result");
        return performance.now() - start;
      };
      await pass();
      const passes: number[] = [];
      for (let left = PASSES; left > 0; left--) passes.push(await pass());
      times[name] = median(passes);
    }
    await peer.close();
    return times;
  },
};

if (import.meta.main) await measureAlone(tasks);
