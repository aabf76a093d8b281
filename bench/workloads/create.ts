/**
 * A callee's whole life: created, called once, ended.
 *
 * @module
 */

import { timeBatches } from "../batches.ts";
import { openInline, openProcess, openThread } from "../rows/manta.ts";
import type { CallPeer } from "../rows/peer.ts";
import { openNodeWorker, openWebWorker } from "../rows/post_message.ts";
import { measureAlone, runtime, type Workload } from "../workload.ts";

/** The workload. */
export const create: Workload<() => Promise<CallPeer & { kill?(): Promise<void> }>> = {
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
  async measure(open) {
    const { p50 } = await timeBatches(async () => {
      const peer = await open();
      await peer.call(1);
      await (peer.kill ?? peer.close)();
    }, 1);
    return { "create + first call + kill": p50 / 1_000 };
  },
};

if (import.meta.main) await measureAlone(create);
