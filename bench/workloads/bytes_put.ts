/**
 * Bytes put where all threads can read them, then read by a callee.
 *
 * @module
 */

import { expect } from "../check.ts";
import { threadRivals } from "../peers/thread_rivals.ts";
import { openInline, openThread } from "../rows/manta.ts";
import type { SharePeer } from "../rows/peer.ts";
import { openWebWorker } from "../rows/post_message.ts";
import { timeSizes } from "../sizes.ts";
import { measureAlone, type Workload } from "../workload.ts";

/** The workload. */
export const bytesPut: Workload<() => Promise<SharePeer>> = {
  name: "bytes put",
  unit: "µs",
  control: "postMessage",
  rows: {
    "manta thread": openThread as () => Promise<SharePeer>,
    "manta inline": openInline as () => Promise<SharePeer>,
    "postMessage": openWebWorker,
  },
  // The others do not send these.
  rivals: threadRivals("capnweb", "knitting"),
  async measure(open) {
    const peer = await open();
    const times = await timeSizes(1 << 16, async (sent, mark) => {
      sent[0] = sent[sent.length - 1] = mark;
      const answer = await peer.ends(peer.share(sent));
      if (answer !== mark * 257) expect(answer, mark * 257, "what was read");
      return sent;
    });
    await peer.close();
    return times;
  },
};

if (import.meta.main) await measureAlone(bytesPut);
