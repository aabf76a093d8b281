/**
 * Bytes moved to the callee and back.
 *
 * @module
 */

import { threadRivals } from "../peers/thread_rivals.ts";
import { openThread } from "../rows/manta.ts";
import type { MovePeer } from "../rows/peer.ts";
import { openNodeWorker, openWebWorker } from "../rows/post_message.ts";
import { timeSizes } from "../sizes.ts";
import { measureAlone, runtime, type Workload } from "../workload.ts";

/** The workload. */
export const bytesMoved: Workload<() => Promise<MovePeer>> = {
  name: "bytes moved",
  unit: "µs",
  control: "postMessage",
  rows: {
    "manta thread": openThread,
    "postMessage": openWebWorker,
    ...(runtime.name === "Deno" && { "postMessage (node)": openNodeWorker }),
  },
  // The others do not send these.
  rivals: threadRivals("capnweb", "knitting"),
  async measure(open) {
    const peer = await open();
    const times = await timeSizes(1 << 16, async (sent, mark) => {
      const { length } = sent;
      sent[0] = sent[length - 1] = mark;
      const back = await peer.move(sent);
      if (sent.length !== 0 || back.length !== length || back[0] !== mark || back[length - 1] !== mark) {
        throw new Error("Cannot trust the row: the bytes were not moved there and back");
      }
      return back;
    });
    await peer.close();
    return times;
  },
};

if (import.meta.main) await measureAlone(bytesMoved);
