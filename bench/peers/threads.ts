/**
 * threads: calls by a proxy, over whatever workers the runtime has. No pool here; calls go round.
 *
 * @module
 */

import type { Invoker } from "./invoker.ts";
import { load } from "./load.ts";

type Thread = Record<string, (value: unknown) => Promise<unknown>>;

interface Threads {
  spawn(worker: object, options: { timeout: number }): Promise<Thread>;
  Worker: new (path: string) => object;
  Thread: { terminate(thread: Thread): Promise<void> };
  Transfer(value: unknown, moved: ArrayBuffer[]): unknown;
}

const TIMEOUT = 10_000;

/** Starts workers. */
export async function openThreads(threads: number): Promise<Invoker> {
  const { spawn, Worker, Thread, Transfer } = await load<Threads>("threads");
  const started = await Promise.all(
    Array.from(
      { length: threads },
      () => spawn(new Worker("./workers/threads_worker.ts"), { timeout: TIMEOUT }),
    ),
  );
  let next = 0;
  return {
    invoke: (job, value, moved) =>
      started[next++ % threads][job](moved === undefined ? value : Transfer(value, moved)),
    close: () => Promise.all(started.map((thread) => Thread.terminate(thread))),
  };
}
