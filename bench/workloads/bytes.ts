/**
 * Bytes in and out, one call at a time: a `Uint8Array` of 8 B to 10 MB.
 *
 * @module
 */

import { timeBatches } from "../batches.ts";
import { openMemcpy, openSlice } from "../rows/local.ts";
import { openInline, openProcess, openThread } from "../rows/manta.ts";
import type { EchoPeer } from "../rows/peer.ts";
import { openNodeWorker, openWebWorker } from "../rows/post_message.ts";
import { measureAlone, runtime, type Workload } from "../workload.ts";

const sizes = [
  { name: "8 B", bytes: 8, batch: 100 },
  { name: "1 KB", bytes: 1 << 10, batch: 100 },
  { name: "64 KB", bytes: 1 << 16, batch: 20 },
  { name: "1 MB", bytes: 1 << 20, batch: 4 },
  { name: "10 MB", bytes: 10 << 20, batch: 1 },
];

const MILLISECONDS = 250;

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
  async measure(open) {
    const peer = await open();
    const times: Record<string, number> = {};
    for (const size of sizes) {
      const sent = new Uint8Array(size.bytes).fill(7);
      let mark = 0;
      const { p50 } = await timeBatches(
        async (calls) => {
          for (let left = calls; left > 0; left--) {
            mark = (mark + 1) & 0xff;
            sent[0] = sent[size.bytes - 1] = mark;
            const back = await peer.echo(sent);
            if (back.length !== size.bytes || back[0] !== mark || back[size.bytes - 1] !== mark) {
              throw new Error(`Cannot trust the row: ${size.name} did not come back as they were sent`);
            }
          }
        },
        size.batch,
        MILLISECONDS,
      );
      times[size.name] = p50;
    }
    await peer.close();
    return times;
  },
};

if (import.meta.main) await measureAlone(bytes);
