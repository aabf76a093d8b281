/**
 * Ten callees that have answered once and now have nothing to do, for ten seconds: what CPU time do they take?
 *
 * @module
 */

import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { openInline, openThread } from "../rows/manta.ts";
import type { CallPeer } from "../rows/peer.ts";
import { openWebWorker } from "../rows/post_message.ts";
import { measureAlone, type Workload } from "../workload.ts";

const CALLEES = 10;
const SECONDS = 10;

/** The workload. */
export const idle: Workload<() => Promise<CallPeer>> = {
  name: "idle",
  unit: "ms of CPU",
  control: "postMessage",
  runs: 1,
  rows: { "manta thread": openThread, "manta inline": openInline, "postMessage": openWebWorker },
  async measure(open) {
    const peers = await Promise.all(Array.from({ length: CALLEES }, open));
    for (const peer of peers) await peer.call(1);
    // What starting them has left to do (compilation, garbage) is not theirs.
    await pause(1_000);
    const before = process.cpuUsage();
    await pause(SECONDS * 1_000);
    const { user, system } = process.cpuUsage(before);
    for (const peer of peers) await peer.close();
    return { "10 callees, 10 s": (user + system) / 1_000 };
  },
};

if (import.meta.main) await measureAlone(idle);
