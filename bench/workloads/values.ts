/**
 * One call at a time, a small object or a string of 1 KB in and out.
 *
 * @module
 */

import { timeBatches, timeSlowest } from "../batches.ts";
import { expect } from "../check.ts";
import { threadRivals } from "../peers/thread_rivals.ts";
import { openInline, openProcess, openThread } from "../rows/manta.ts";
import type { SamePeer } from "../rows/peer.ts";
import { openWebWorker } from "../rows/post_message.ts";
import { measureAlone, type Workload } from "../workload.ts";

const BATCH = 100;
const MILLISECONDS = 400;
const STRING = "x".repeat(1_020);

interface Small {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
}

/** The workload. */
export const values: Workload<() => Promise<SamePeer>> = {
  name: "values",
  unit: "µs",
  control: "postMessage",
  rows: {
    "manta thread": openThread,
    "manta inline": openInline,
    "manta process": openProcess,
    "postMessage": openWebWorker,
  },
  rivals: threadRivals(),
  async measure(open) {
    const peer = await open();
    let next = 1_000;
    const object = async (): Promise<void> => {
      const sent: Small = { id: next++, name: "small", tags: ["a", "b"] };
      const back = await peer.same(sent) as Small;
      if (back === sent || back.id !== sent.id || back.tags[1] !== "b") {
        throw new Error("Cannot trust the row: the object came back as another, or as itself");
      }
    };
    const string = async (): Promise<void> => {
      next = next < 9_999 ? next + 1 : 1_000;
      const sent = STRING + next;
      if (await peer.same(sent) !== sent) {
        expect("another", "the same", "the string");
      }
    };
    const times: Record<string, number> = {};
    for (
      const [name, call] of Object.entries({
        "small object": object,
        "1 KB string": string,
      })
    ) {
      const { p50 } = await timeBatches(
        async (calls) => {
          for (let left = calls; left > 0; left--) await call();
        },
        BATCH,
        MILLISECONDS,
      );
      times[`${name}, p50`] = p50;
      times[`${name}, p99`] = await timeSlowest(call, MILLISECONDS);
    }
    await peer.close();
    return times;
  },
};

if (import.meta.main) await measureAlone(values);
