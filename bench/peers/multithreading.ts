/**
 * multithreading: functions sent as source text to a pool of workers, which import the jobs by themselves.
 *
 * @module
 */

import { ROUNDS_PER_MS } from "../rows/jobs.ts";
import type { Invoker } from "./invoker.ts";
import { load } from "./load.ts";

type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown };

interface Multithreading {
  initRuntime(options: { maxWorkers: number }): void;
  move(...args: unknown[]): object;
  spawn(moved: object, run: (...args: never[]) => unknown): { join(): Promise<Outcome> };
  shutdown(): void;
}

/** Starts a pool. */
export async function openMultithreading(threads: number): Promise<Invoker> {
  const { initRuntime, move, spawn, shutdown } = await load<Multithreading>("multithreading");
  initRuntime({ maxWorkers: threads });
  const url = new URL("../rows/jobs.ts", import.meta.url).href;
  const invoker: Invoker = {
    // It moves whatever can be moved, so what is to be copied is copied before.
    invoke: async (job, value, moved) => {
      const sent = moved === undefined && isOwned(value) ? value.slice() : value;
      const outcome = await spawn(move(sent, url, job === "move" ? "same" : job), runJob).join();
      if (outcome.ok) return outcome.value;
      throw outcome.error;
    },
    close: shutdown,
  };
  // A worker that still compiles the function fails the calls that come meanwhile: one worker more each time.
  for (let busy = 1; busy <= threads; busy++) {
    await Promise.all(Array.from({ length: busy }, () => invoker.invoke("spin", ROUNDS_PER_MS)));
  }
  return invoker;
}

function isOwned(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.buffer instanceof ArrayBuffer;
}

/** Runs in the worker, where nothing of this file is. */
async function runJob(value: never, url: string, job: "same"): Promise<unknown> {
  const module = await import(url);
  return module.jobs[job](value);
}
