/**
 * Eight callers at once on one callee, each with one call in flight.
 *
 * @module
 */

import { expect } from "../check.ts";
import { ray } from "../peers/foreign.ts";
import { threadRivals } from "../peers/thread_rivals.ts";
import { openInline, openThread } from "../rows/manta.ts";
import type { SendPeer } from "../rows/peer.ts";
import { openWebWorker } from "../rows/post_message.ts";
import { measureAlone, median, scaled, type Workload } from "../workload.ts";

const CALLERS = 8;
const CALLS = 5_000;
const PASSES = 3;

/** The workload. */
export const callers: Workload<() => Promise<SendPeer>> = {
  name: "callers",
  unit: "k calls/s",
  control: "postMessage",
  rows: {
    "manta thread": openThread,
    "manta inline": openInline,
    "postMessage": openWebWorker,
  },
  rivals: threadRivals(),
  foreign: { "Ray": ray("callers") },
  async measure(open) {
    const peer = await open();
    const calls = scaled(CALLS);
    let answered = 0;
    const caller = async (): Promise<void> => {
      let last = -1;
      for (let left = calls; left > 0; left--) {
        const order = await peer.send(left);
        if (order <= last) {
          throw new Error(`Cannot trust the row: call ${order} came after ${last}`);
        }
        last = order;
        answered++;
      }
    };
    const pass = async (): Promise<number> => {
      const start = performance.now();
      await Promise.all(Array.from({ length: CALLERS }, caller));
      return CALLERS * calls / (performance.now() - start);
    };
    await pass();
    const rates: number[] = [];
    for (let left = PASSES; left > 0; left--) rates.push(await pass());
    expect(answered, CALLERS * calls * (PASSES + 1), "the number of answers");
    await peer.close();
    return { "8 at once": median(rates) };
  },
};

if (import.meta.main) await measureAlone(callers);
