/**
 * One call at a time, an integer in and out.
 *
 * @module
 */

import { timeBatches, timeCold, timeSlowest } from "../batches.ts";
import { expect } from "../check.ts";
import { ray } from "../peers/foreign.ts";
import { threadRivals } from "../peers/thread_rivals.ts";
import { openFunction, openMailbox } from "../rows/local.ts";
import { openInline, openProcess, openThread } from "../rows/manta.ts";
import type { CallPeer } from "../rows/peer.ts";
import { openNodeWorker, openWebWorker } from "../rows/post_message.ts";
import { openRing } from "../rows/ring.ts";
import { measureAlone, runtime, type Workload } from "../workload.ts";

const BATCH = 200;

/** The same ring, which cannot be awaited without a promise a call, as no actor's can. */
async function openPromisingRing(): Promise<CallPeer> {
  const { send, close } = await openRing(1_024);
  return { call: send, close };
}

/** The workload. */
export const oneAtATime: Workload<() => Promise<CallPeer>> = {
  name: "one at a time",
  unit: "µs",
  control: "bare ring",
  rows: {
    "manta thread": openThread,
    "manta inline": openInline,
    "manta process": openProcess,
    "bare ring": () => openRing(1_024),
    "bare ring, with promises": openPromisingRing,
    "postMessage": openWebWorker,
    ...(runtime.name === "Deno" && { "postMessage (node)": openNodeWorker }),
    "mailbox": openMailbox,
    "function call": openFunction,
  },
  rivals: threadRivals(),
  foreign: {
    "Ray": ray("one_at_a_time"),
    "Ray, async actor": ray("one_at_a_time_async"),
  },
  async measure(open) {
    const peer = await open();
    let next = 0;
    const call = async (): Promise<void> => {
      const value = next++ & 0xffff;
      expect(await peer.call(value), value, "the answer");
    };
    const hot = await timeBatches(async (calls) => {
      for (let left = calls; left > 0; left--) {
        const value = next++ & 0xffff;
        const answer = await peer.call(value);
        if (answer !== value) expect(answer, value, "the answer");
      }
    }, BATCH);
    const p99 = await timeSlowest(call);
    const cold = await timeCold(call);
    await peer.close();
    return { ...hot, p99, "p50, cold": cold.p50, "p99, cold": cold.p99 };
  },
};

if (import.meta.main) await measureAlone(oneAtATime);
