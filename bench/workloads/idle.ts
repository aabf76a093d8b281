/**
 * A hundred callees that have answered once and now have nothing to do, for thirty seconds, and a driver that waits for one slow
 * call for five: what CPU time do they take?
 *
 * @module
 */

import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { openSleeper } from "../rows/sleeper.ts";
import { openInline, openThread } from "../rows/manta.ts";
import type { CallPeer } from "../rows/peer.ts";
import { openWebWorker } from "../rows/post_message.ts";
import { measureAlone, scale, scaled, type Workload } from "../workload.ts";

const CALLEES = 100;
const SECONDS = 30;
const WAITING_SECONDS = 5;

/** Callees, and one that answers after so many milliseconds. */
export interface IdleRow {
  /** Makes a callee. */
  open(): Promise<CallPeer>;
  /** Waits for a slow call. */
  waits?(milliseconds: number): Promise<void>;
}

async function cpuOf(doing: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await doing();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** The workload. */
export const idle: Workload<IdleRow> = {
  name: "idle",
  unit: "ms of CPU",
  control: "postMessage",
  runs: 1,
  rows: {
    "manta thread": { open: openThread, waits: openSleeper("thread") },
    "manta inline": { open: openInline, waits: openSleeper("inline") },
    "postMessage": { open: openWebWorker },
  },
  async measure({ open, waits }) {
    const peers = await Promise.all(Array.from({ length: scaled(CALLEES) }, open));
    for (const peer of peers) await peer.call(1);
    await waits?.(1);
    // What starting them has left to do (compilation, garbage) is not theirs.
    await pause(1_000 * scale);
    const numbers: Record<string, number> = {
      "100 callees, 30 s": await cpuOf(() => pause(SECONDS * 1_000 * scale)),
    };
    if (waits !== undefined) {
      numbers["waiting for a call, 5 s"] = await cpuOf(() => waits(WAITING_SECONDS * 1_000 * scale));
    }
    for (const peer of peers) await peer.close();
    return numbers;
  },
};

if (import.meta.main) await measureAlone(idle);
