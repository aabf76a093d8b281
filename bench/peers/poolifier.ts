/**
 * poolifier: pools of `node:worker_threads`. Results are copied: a worker has no way to say that they be moved.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Invoker } from "./invoker.ts";
import { load } from "./load.ts";
import { runtime } from "../workload.ts";

interface Pool {
  execute(value: unknown, name: string, signal?: AbortSignal, moved?: ArrayBuffer[]): Promise<unknown>;
  destroy(): Promise<void>;
}

interface Poolifier {
  FixedThreadPool: new (threads: number, file: string) => Pool;
}

/** Starts a pool. */
export async function openPoolifier(threads: number): Promise<Invoker> {
  const { FixedThreadPool } = await load<Poolifier>("poolifier");
  const file = fileURLToPath(new URL("./workers/poolifier_worker.ts", import.meta.url));
  const pool = new FixedThreadPool(threads, file);
  return {
    invoke: (job, value, moved) => pool.execute(value, job, undefined, moved),
    // On Deno, some of its workers are never heard to have ended.
    close: () => runtime.name === "Deno" ? void pool.destroy() : pool.destroy(),
  };
}
