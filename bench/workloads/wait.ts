/**
 * Waiting for many results: all of 1,000 and of 100,000 at once, and 1,000 one after the other as they come.
 *
 * @module
 */

import { expect } from "../check.ts";
import { ray } from "../peers/foreign.ts";
import { openInlineWaiter, openPromises, openThreadWaiter, type WaitPeer } from "../rows/waiters.ts";
import { measureAlone, median, scaled, type Workload } from "../workload.ts";

const PASSES = 5;

/** The workload. */
export const wait: Workload<() => Promise<WaitPeer>> = {
  name: "wait",
  unit: "ms",
  control: "Promise.all",
  rows: {
    "manta thread": openThreadWaiter,
    "manta inline": openInlineWaiter,
    "Promise.all": openPromises,
  },
  foreign: { "Ray": ray("wait") },
  async measure(open) {
    const peer = await open();
    const time = async (count: number, step: (count: number) => Promise<number>): Promise<number> => {
      await step(count);
      const times: number[] = [];
      for (let left = PASSES; left > 0; left--) {
        const start = performance.now();
        expect(await step(count), count, "the number of results");
        times.push(performance.now() - start);
      }
      return median(times);
    };
    const times = {
      "1,000, one by one": await time(scaled(1_000), peer.oneByOne),
      "1,000 at once": await time(scaled(1_000), peer.atOnce),
      "100,000 at once": await time(scaled(100_000), peer.atOnce),
    };
    await peer.close();
    return times;
  },
};

if (import.meta.main) await measureAlone(wait);
