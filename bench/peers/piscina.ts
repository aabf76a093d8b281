/**
 * piscina and tinypool, which have one interface: pools of `node:worker_threads`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Invoker } from "./invoker.ts";
import { load } from "./load.ts";
import { runtime } from "../workload.ts";

interface Pool {
  run(value: unknown, options: { name: string; transferList?: ArrayBuffer[] }): Promise<unknown>;
  destroy(): Promise<void>;
}

interface PoolOptions {
  filename: string;
  minThreads: number;
  maxThreads: number;
  concurrentTasksPerWorker: number;
  useAtomics?: boolean;
  stricterFIFO?: boolean;
}

type PoolClass = new (options: PoolOptions) => Pool;

/** As many calls of one worker at once as may be in flight: with 1, the default, each waits for the one before. */
const CONCURRENT = 1_000;

/** Starts a pool of piscina. */
export async function openPiscina(threads: number): Promise<Invoker> {
  const { Piscina } = await load<{ Piscina: PoolClass }>("piscina");
  return openPool(Piscina, threads, "piscina", { stricterFIFO: true });
}

/** Starts a pool of tinypool. */
export async function openTinypool(threads: number): Promise<Invoker> {
  const { Tinypool } = await load<{ Tinypool: PoolClass }>("tinypool");
  // With them, it hangs on Deno.
  const useAtomics = runtime.name !== "Deno";
  return openPool(Tinypool, threads, "tinypool", {
    useAtomics,
    concurrentTasksPerWorker: 1_000,
  });
}

function openPool(Class: PoolClass, threads: number, name: string, options?: Partial<PoolOptions>): Invoker {
  const pool = new Class({
    filename: fileURLToPath(new URL(`./workers/${name}_worker.ts`, import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: CONCURRENT,
    ...options,
  });
  return {
    invoke: (name, value, transferList) => pool.run(value, { name, transferList }),
    close: () => pool.destroy(),
  };
}
