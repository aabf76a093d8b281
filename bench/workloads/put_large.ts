/**
 * 100 MB put once, and read in four threads.
 *
 * @module
 */

import { expect } from "../check.ts";
import { threadRivals } from "../peers/thread_rivals.ts";
import { openThread } from "../rows/manta.ts";
import type { SharePeer } from "../rows/peer.ts";
import { openWebWorker } from "../rows/post_message.ts";
import { measureAlone, median, scaled, type Workload } from "../workload.ts";

const BYTES = 100 << 20;
const READERS = 4;
const PASSES = 3;

/** The workload. */
export const putLarge: Workload<() => Promise<SharePeer>> = {
  name: "put large",
  unit: "ms",
  units: { "100 MB, each of 4 readers": "µs" },
  control: "postMessage",
  rows: {
    "manta thread": openThread as () => Promise<SharePeer>,
    "postMessage": openWebWorker,
  },
  // multithreading has one pool for all; capnweb and knitting do not send shared memory.
  rivals: threadRivals("capnweb", "multithreading", "knitting"),
  async measure(open) {
    const readers: SharePeer[] = [];
    for (let left = READERS; left > 0; left--) readers.push(await open());
    const small = readers[0].share(new Uint8Array(1 << 20));
    for (const reader of readers) await reader.ends(small);

    const bytes = new Uint8Array(scaled(BYTES));
    bytes[0] = bytes[bytes.length - 1] = 1;
    const puts: number[] = [];
    const copies: number[] = [];
    const reads: number[] = [];
    for (let left = PASSES; left > 0; left--) {
      let start = performance.now();
      new Uint8Array(new SharedArrayBuffer(bytes.length)).set(bytes);
      copies.push(performance.now() - start);
      start = performance.now();
      const shared = readers[0].share(bytes);
      puts.push(performance.now() - start);
      for (const reader of readers) {
        start = performance.now();
        expect(await reader.ends(shared), 257, "what was read");
        reads.push((performance.now() - start) * 1_000);
      }
    }
    for (const reader of readers) await reader.close();
    return {
      "100 MB, put": median(puts),
      "100 MB, one bare copy": median(copies),
      "100 MB, each of 4 readers": median(reads),
    };
  },
};

if (import.meta.main) await measureAlone(putLarge);
