/**
 * 100,000 calls, many in flight: by windows of 1,000, and all at once. The callee counts them, so that their order shows.
 *
 * @module
 */

import { ray } from "../peers/foreign.ts";
import { threadRivals } from "../peers/thread_rivals.ts";
import { ratesOf } from "../rates.ts";
import { openFunction, openMailbox } from "../rows/local.ts";
import { openInline, openProcess, openThread } from "../rows/manta.ts";
import type { SendPeer } from "../rows/peer.ts";
import { openNodeWorker, openWebWorker } from "../rows/post_message.ts";
import { openRing } from "../rows/ring.ts";
import { measureAlone, runtime, type Workload } from "../workload.ts";

/** The workload. */
export const pipelined: Workload<() => Promise<SendPeer>> = {
  name: "pipelined",
  unit: "k calls/s",
  control: "postMessage",
  rows: {
    "manta thread": openThread,
    "manta inline": openInline,
    "manta process": openProcess,
    "bare ring": () => openRing(1 << 17),
    "postMessage": openWebWorker,
    ...(runtime.name === "Deno" && { "postMessage (node)": openNodeWorker }),
    "mailbox": openMailbox,
    "function call": openFunction,
  },
  rivals: threadRivals(),
  foreign: {
    "Ray": ray("pipelined"),
    "Ray, async actor": ray("pipelined_async"),
  },
  measure: async (open) => await ratesOf(await open(), (order) => order),
};

if (import.meta.main) await measureAlone(pipelined);
