/**
 * Libraries that call functions in worker threads, all by one interface.
 *
 * @module
 */

import type { Job } from "../rows/jobs.ts";
import type { ThreadPeer } from "../rows/peer.ts";
import { shareBytes } from "../rows/shared_bytes.ts";

/** Calls a job in a worker. */
export interface Invoker {
  /** Calls a job. Buffers to move are moved if the library can; if not, it refuses. */
  invoke(job: Job, value: unknown, moved?: ArrayBuffer[]): PromiseLike<unknown>;
  /** Ends the workers. */
  close(): PromiseLike<unknown> | void;
}

/** Starts so many workers. */
export type OpenInvoker = (threads: number) => Promise<Invoker>;

/** A rival's row: one worker, or as many as are asked for. */
export function rival(open: OpenInvoker): (threads?: number) => Promise<ThreadPeer> {
  return async (threads = 1) => {
    const { invoke, close } = await open(threads);
    return {
      call: (value) => invoke("same", value) as PromiseLike<number>,
      same: (value) => invoke("same", value),
      send: (value) => invoke("count", value) as PromiseLike<number>,
      echo: (bytes) => invoke("same", bytes) as PromiseLike<Uint8Array>,
      move: (bytes) =>
        invoke("move", bytes, [bytes.buffer as ArrayBuffer]) as PromiseLike<
          Uint8Array
        >,
      share: shareBytes,
      ends: (shared) => invoke("ends", shared) as PromiseLike<number>,
      spin: (rounds) => invoke("spin", rounds) as PromiseLike<number>,
      close: async () => void await close(),
    };
  };
}
