/**
 * workerpool: a pool of workers.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Invoker } from "./invoker.ts";
import { load } from "./load.ts";
import { runtime } from "../workload.ts";

interface Pool {
  exec(name: string, args: unknown[], options?: { transfer?: ArrayBuffer[] }): Promise<unknown>;
  terminate(): Promise<unknown>;
}

interface Workerpool {
  pool(
    script: string,
    options: {
      minWorkers: number;
      maxWorkers: number;
      workerType: "thread" | "web";
    },
  ): Pool;
}

/** Starts a pool. */
export async function openWorkerpool(threads: number): Promise<Invoker> {
  const { default: workerpool } = await load<{ default: Workerpool }>("workerpool");
  const script = fileURLToPath(new URL("./workers/workerpool_worker.ts", import.meta.url));
  // On Bun, its worker of node:worker_threads takes itself for a browser's and never hears a call.
  const workerType = runtime.name === "Bun" ? "web" : "thread";
  const pool = workerpool.pool(script, {
    minWorkers: threads,
    maxWorkers: threads,
    workerType,
  });
  return {
    invoke: (job, value, transfer) => pool.exec(job, [value], transfer && { transfer }),
    close: () => pool.terminate(),
  };
}
