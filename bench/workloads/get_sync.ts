/**
 * One call at a time, an integer in and out, for a caller who blocks.
 *
 * @module
 */

import { timeBatches } from "../batches.ts";
import { expect } from "../check.ts";
import { openSynckit } from "../peers/synckit.ts";
import { openThread } from "../rows/manta.ts";
import type { SyncPeer } from "../rows/peer.ts";
import { openRing } from "../rows/ring.ts";
import { measureAlone, type Workload } from "../workload.ts";

const BATCH = 200;

/** The workload. */
export const getSync: Workload<() => Promise<SyncPeer>> = {
  name: "get sync",
  unit: "µs",
  control: "bare ring",
  // No row for inline actors: a thread cannot block on itself, and getSync() says so.
  rows: { "manta thread": openThread, "bare ring": () => openRing(1_024) },
  rivals: { "synckit": openSynckit },
  async measure(open) {
    const peer = await open();
    let next = 0;
    const times = await timeBatches((calls) => {
      for (let left = calls; left > 0; left--) {
        const value = next++ & 0xffff;
        const answer = peer.callSync(value);
        if (answer !== value) expect(answer, value, "the answer");
      }
    }, BATCH);
    await peer.close();
    return { ...times };
  },
};

if (import.meta.main) await measureAlone(getSync);
