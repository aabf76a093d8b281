/**
 * A callee's whole life: created, called once, ended.
 *
 * @module
 */

import { timeBatches } from "../batches.ts";
import { expect } from "../check.ts";
import { ray } from "../peers/foreign.ts";
import { threadRivals } from "../peers/thread_rivals.ts";
import { openInline, openProcess, openThread } from "../rows/manta.ts";
import type { CallPeer } from "../rows/peer.ts";
import { openNodeWorker, openWebWorker } from "../rows/post_message.ts";
import { measureAlone, runtime, type Workload } from "../workload.ts";

/** The workload. */
export const create: Workload<
  () => Promise<CallPeer & { kill?(): Promise<void> }>
> = {
  name: "create",
  unit: "ms",
  control: "postMessage",
  rows: {
    "manta thread": openThread,
    "manta inline": openInline,
    "manta process": openProcess,
    "postMessage": openWebWorker,
    ...(runtime.name === "Deno" && { "postMessage (node)": openNodeWorker }),
  },
  rivals: threadRivals("multithreading", "knitting"),
  foreign: { "Ray": ray("create") },
  async measure(open) {
    const { p50 } = await timeBatches(async () => {
      const peer = await open();
      expect(await peer.call(1), 1, "the answer");
      await (peer.kill ?? peer.close)();
    }, 1);
    return { "create + first call + end": p50 / 1_000 };
  },
};

if (import.meta.main) await measureAlone(create);
