/**
 * Calls within one thread: one at a time, and 1,000 in flight.
 *
 * @module
 */

import { timeBatches } from "../batches.ts";
import { expect } from "../check.ts";
import { erlang } from "../peers/foreign.ts";
import { localAsks } from "../peers/local_rivals.ts";
import { ratesOf } from "../rates.ts";
import { openFunction, openMailbox } from "../rows/local.ts";
import { openInline } from "../rows/manta.ts";
import type { CallPeer, SendPeer } from "../rows/peer.ts";
import { measureAlone, type Workload } from "../workload.ts";

const BATCH = 200;

/** The workload. */
export const inlineCalls: Workload<() => Promise<CallPeer & SendPeer>> = {
  name: "inline calls",
  unit: "k calls/s",
  units: { "one at a time": "µs" },
  control: "mailbox",
  rows: {
    "manta inline": openInline,
    "mailbox": openMailbox,
    "function call": openFunction,
  },
  rivals: localAsks,
  foreign: { "Erlang": erlang("calls") },
  async measure(open) {
    const peer = await open();
    let next = 0;
    const { p50 } = await timeBatches(async (calls) => {
      for (let left = calls; left > 0; left--) {
        const value = next++ & 0xffff;
        const answer = await peer.call(value);
        if (answer !== value) expect(answer, value, "the answer");
      }
    }, BATCH);
    return { "one at a time": p50, ...await ratesOf(peer, (order) => order) };
  },
};

if (import.meta.main) await measureAlone(inlineCalls);
