/**
 * Bytes in and out, one call at a time: a `Uint8Array` of 8 B to 10 MB, copied each way.
 *
 * @module
 */

import { threadRivals } from "../peers/thread_rivals.ts";
import { openMemcpy, openSlice } from "../rows/local.ts";
import { openInline, openProcess, openThread } from "../rows/manta.ts";
import type { EchoPeer } from "../rows/peer.ts";
import { openNodeWorker, openWebWorker } from "../rows/post_message.ts";
import { timeSizes } from "../sizes.ts";
import { measureAlone, runtime, type Workload } from "../workload.ts";

/** The workload. */
export const bytes: Workload<() => Promise<EchoPeer>> = {
  name: "bytes",
  unit: "µs",
  control: "postMessage",
  rows: {
    "manta thread": openThread,
    "manta inline": openInline,
    "manta process": openProcess,
    "postMessage": openWebWorker,
    ...(runtime.name === "Deno" && { "postMessage (node)": openNodeWorker }),
    "copied twice, new memory": openSlice,
    "memcpy twice": openMemcpy,
  },
  rivals: threadRivals(),
  async measure(open) {
    const peer = await open();
    const times = await timeSizes(8, async (sent, mark) => {
      sent[0] = sent[sent.length - 1] = mark;
      const back = await peer.echo(sent);
      if (back.length !== sent.length || back[0] !== mark || back[sent.length - 1] !== mark) {
        throw new Error("Cannot trust the row: the bytes did not come back as they were sent");
      }
      return sent;
    });
    await peer.close();
    return times;
  },
};

if (import.meta.main) await measureAlone(bytes);
