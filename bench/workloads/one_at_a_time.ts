/**
 * One call at a time, an integer in and out.
 *
 * @module
 */

import { timeBatches } from "../batches.ts";
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
  async measure(open) {
    const peer = await open();
    let next = 0;
    const times = await timeBatches(async (calls) => {
      for (let left = calls; left > 0; left--) {
        const value = next++ & 0xffff;
        const answer = await peer.call(value);
        if (answer !== value) throw new Error(`Cannot trust the row: ${value} came back as ${answer}`);
      }
    }, BATCH);
    await peer.close();
    return { ...times };
  },
};

if (import.meta.main) await measureAlone(oneAtATime);
