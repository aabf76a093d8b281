/**
 * A hundred callees that have answered once: memory of the whole process for each.
 *
 * @module
 */

import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "../check.ts";
import { threadRivals } from "../peers/thread_rivals.ts";
import { openInline, openThread } from "../rows/manta.ts";
import type { CallPeer } from "../rows/peer.ts";
import { openNodeWorker, openWebWorker } from "../rows/post_message.ts";
import { measureAlone, runtime, scaled, type Workload } from "../workload.ts";

const CALLEES = 100;
const SETTLE = 500;

/** The workload. */
export const memory: Workload<() => Promise<CallPeer>> = {
  name: "memory",
  unit: "KB",
  control: "postMessage",
  rows: {
    "manta thread": openThread,
    "manta inline": openInline,
    "postMessage": openWebWorker,
    ...(runtime.name === "Deno" && { "postMessage (node)": openNodeWorker }),
  },
  // multithreading and knitting have one pool for all.
  rivals: threadRivals("multithreading", "knitting"),
  async measure(open) {
    const callees = [await open()];
    expect(await callees[0].call(0), 0, "the answer");
    await pause(SETTLE);
    const before = process.memoryUsage().rss;
    const count = scaled(CALLEES);
    for (let left = count; left > 0; left--) {
      const callee = await open();
      expect(await callee.call(left), left, "the answer");
      callees.push(callee);
    }
    await pause(SETTLE);
    const each = (process.memoryUsage().rss - before) / count / 1_024;
    for (const callee of callees) await callee.close();
    return { "100 callees, each": each };
  },
};

if (import.meta.main) await measureAlone(memory);
