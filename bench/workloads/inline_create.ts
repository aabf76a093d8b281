/**
 * 100,000 actors made in one thread, and called once each: time and memory of each.
 *
 * @module
 */

import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "../check.ts";
import { erlang } from "../peers/foreign.ts";
import { localRivals } from "../peers/local_rivals.ts";
import { openCells } from "../savina/cells.ts";
import { openMailboxes } from "../savina/mailboxes.ts";
import type { ActorSystem, Address } from "../savina/system.ts";
import { measureAlone, scaled, type Workload } from "../workload.ts";

const ACTORS = 100_000;
const SETTLE = 300;

/** The workload. */
export const inlineCreate: Workload<() => Promise<ActorSystem>> = {
  name: "inline create",
  unit: "µs",
  units: { "memory each": "B" },
  control: "mailboxes",
  rows: { "manta inline": openCells("inline"), "mailboxes": openMailboxes },
  rivals: localRivals,
  foreign: { "Erlang": erlang("create") },
  async measure(open) {
    const system = await open();
    const alive: Address[][] = [];
    const make = async (count: number): Promise<number> => {
      const start = performance.now();
      const joiner = system.spawn("joiner", count, system.self);
      const actors = Array.from({ length: count }, () => system.spawn("idler", 1, joiner));
      const made = performance.now() - start;
      for (const actor of actors) system.send(actor, "work", 1);
      expect(await system.next(), count, "the number of actors");
      alive.push(actors);
      return made * 1_000 / count;
    };
    const count = scaled(ACTORS);
    await make(Math.ceil(count / 10));
    const before = await settledHeap();
    const time = await make(count);
    const each = (await settledHeap() - before) / count;
    await system.close();
    return { "time each": time, "memory each": Math.max(0, each) };
  },
};

/** Bytes in use, once what nobody holds is collected as far as that can be asked for. */
async function settledHeap(): Promise<number> {
  await pause(SETTLE);
  if ("Bun" in globalThis) {
    (globalThis as unknown as { Bun: { gc(full: boolean): void } }).Bun.gc(true);
  } else (globalThis as unknown as { gc?(): void }).gc?.();
  return process.memoryUsage().heapUsed;
}

if (import.meta.main) await measureAlone(inlineCreate);
