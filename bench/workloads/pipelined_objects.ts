/**
 * The same with a small object as argument.
 *
 * @module
 */

import { threadRivals } from "../peers/thread_rivals.ts";
import { ratesOf } from "../rates.ts";
import { openInline, openThread } from "../rows/manta.ts";
import type { SendPeer } from "../rows/peer.ts";
import { openWebWorker } from "../rows/post_message.ts";
import { measureAlone, type Workload } from "../workload.ts";

/** The workload. */
export const pipelinedObjects: Workload<() => Promise<SendPeer<unknown>>> = {
  name: "pipelined objects",
  unit: "k calls/s",
  control: "postMessage",
  rows: {
    "manta thread": openThread,
    "manta inline": openInline,
    "postMessage": openWebWorker,
  },
  rivals: threadRivals(),
  measure: async (open) =>
    await ratesOf(await open(), (order) => ({ id: order, name: "small", tags: ["a", "b"] })),
};

if (import.meta.main) await measureAlone(pipelinedObjects);
