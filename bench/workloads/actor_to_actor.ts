/**
 * An actor on one thread calls an actor on another: one call at a time, and with 1,000 in flight. The driver's own calls stand
 * beside it.
 *
 * @module
 */

import { expect } from "../check.ts";
import { openComlinkPair } from "../peers/comlink_pair.ts";
import { openDriver, openMantaPair } from "../rows/pairs.ts";
import type { PairPeer } from "../rows/pairs.ts";
import { openPortPair } from "../rows/port_pair.ts";
import { measureAlone, median, scaled, type Workload } from "../workload.ts";

const CALLS = 5_000;
const PIPELINED = 50_000;
const PASSES = 5;

/** The workload. */
export const actorToActor: Workload<() => Promise<PairPeer>> = {
  name: "actor to actor",
  unit: "µs",
  units: { "1,000 in flight": "k calls/s" },
  control: "postMessage",
  rows: {
    "manta thread": openMantaPair,
    "manta, from the driver": openDriver,
    "postMessage": openPortPair,
  },
  // The other libraries' workers cannot call each other.
  rivals: { "comlink": openComlinkPair },
  async measure(open) {
    const pair = await open();
    const time = async (calls: number, window: number): Promise<number> => {
      const passes: number[] = [];
      for (let left = PASSES + 1; left > 0; left--) {
        const [sum, milliseconds] = await pair.run(calls, window);
        expect(sum, calls * (calls - 1) / 2, "the sum of the answers");
        if (left <= PASSES) passes.push(milliseconds);
      }
      return median(passes);
    };
    const [calls, pipelined] = [scaled(CALLS), scaled(PIPELINED)];
    const times = {
      "one at a time": await time(calls, 1) * 1_000 / calls,
      "1,000 in flight": pipelined / await time(pipelined, 1_000),
    };
    await pair.close();
    return times;
  },
};

if (import.meta.main) await measureAlone(actorToActor);
