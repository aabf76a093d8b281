/**
 * comlink: calls by a proxy over `postMessage`. No pool; the calls of more than one worker go round.
 *
 * @module
 */

import { jobs } from "../rows/jobs.ts";
import type { Invoker } from "./invoker.ts";
import { load } from "./load.ts";

type Remote = Record<string, (value: unknown) => Promise<unknown>>;

/** What is used of it. */
export interface Comlink {
  /** Makes the calls of the other end. */
  wrap<T>(endpoint: Worker | MessagePort): T;
  /** Answers the calls of the other end. */
  expose(value: object, endpoint?: MessagePort): void;
  /** Says what of a value is to be moved. */
  transfer<T>(value: T, buffers: Transferable[]): T;
}

/** Starts workers. */
export async function openComlink(threads: number): Promise<Invoker> {
  const { wrap, transfer } = await load<Comlink>("comlink");
  const url = new URL("./workers/comlink_worker.ts", import.meta.url);
  const workers = Array.from({ length: threads }, () => new Worker(url, { type: "module" }));
  // A worker that is still loading the package would lose the first message on Bun.
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.onmessage = resolve)));
  const remotes = workers.map((worker) => wrap<Remote>(worker));
  let next = 0;
  return {
    invoke: (job, value, moved) =>
      remotes[next++ % threads][job](moved === undefined ? value : transfer(value as object, moved)),
    close: () => workers.forEach((worker) => worker.terminate()),
  };
}

/** What a worker exposes. */
export async function exposeJobs(): Promise<void> {
  const { expose, transfer } = await load<Comlink>("comlink");
  expose({
    ...jobs,
    move: (bytes: Uint8Array) => transfer(bytes, [bytes.buffer as ArrayBuffer]),
  });
}
