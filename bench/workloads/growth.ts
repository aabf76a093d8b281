/**
 * Does a call cost more, or leave something behind, when many came before it? A thousand at a time in flight, up to ten millions.
 *
 * @module
 */

import process from "node:process";
import { expect } from "../check.ts";
import { openInline, openThread } from "../rows/manta.ts";
import type { SendPeer } from "../rows/peer.ts";
import { measureAlone, scaled, type Workload } from "../workload.ts";

const WINDOW = 1_000;
const WARM_UP = 100_000;
const DECADES = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/** The workload. */
export const growth: Workload<() => Promise<SendPeer>> = {
  name: "growth",
  unit: "µs",
  units: { "10⁷ calls to 10⁵": "×", "memory from 10⁵ to 10⁷": "KB" },
  control: "manta thread",
  runs: 1,
  rows: { "manta thread": openThread, "manta inline": openInline },
  async measure(open) {
    const peer = await open();
    let sent = 0;
    const run = async (calls: number): Promise<void> => {
      for (const end = sent + calls; sent < end;) {
        const answers: PromiseLike<number>[] = [];
        for (let left = WINDOW; left > 0; left--) {
          answers.push(peer.send(0) as PromiseLike<number>);
        }
        for (const answer of answers) expect(await answer, sent++, "the order");
      }
    };
    await run(scaled(WARM_UP));
    const times: Record<string, number> = {};
    let resident = 0;
    let done = 0;
    for (const decade of DECADES) {
      const calls = Math.max(WINDOW, scaled(decade - done));
      const start = performance.now();
      await run(calls);
      times[`${decade.toLocaleString("en")} calls`] = (performance.now() - start) * 1_000 / calls;
      done = decade;
      if (decade === 100_000) resident = process.memoryUsage().rss;
    }
    await peer.close();
    const grown = (process.memoryUsage().rss - resident) / 1_024;
    return {
      ...times,
      "10⁷ calls to 10⁵": times["10,000,000 calls"] / times["100,000 calls"],
      "memory from 10⁵ to 10⁷": Math.max(0, grown),
    };
  },
};

if (import.meta.main) await measureAlone(growth);
