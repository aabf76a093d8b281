/**
 * comlink's two workers with a `MessageChannel` between them.
 *
 * @module
 */

import type { Called } from "../rows/calling.ts";
import type { PairPeer } from "../rows/pairs.ts";
import type { Comlink } from "./comlink.ts";
import { load } from "./load.ts";

/** What either worker exposes. */
export interface PairWorker {
  /** Answers calls that come by the port. */
  serve(port: MessagePort): void;
  /** Calls by the port. */
  run(port: MessagePort | undefined, calls: number, window: number): Promise<Called>;
}

/** Starts both. */
export async function openComlinkPair(): Promise<PairPeer> {
  const { wrap, transfer } = await load<Comlink>("comlink");
  const url = new URL("./workers/comlink_pair_worker.ts", import.meta.url);
  const workers = [new Worker(url, { type: "module" }), new Worker(url, { type: "module" })];
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.onmessage = resolve)));
  const [caller, callee] = workers.map((worker) => wrap<PairWorker>(worker));
  const { port1, port2 } = new MessageChannel();
  await callee.serve(transfer(port1, [port1]));
  let unsent: MessagePort | undefined = transfer(port2, [port2]);
  return {
    run: (calls, window) => {
      const port = unsent;
      unsent = undefined;
      return caller.run(port, calls, window);
    },
    close: () => Promise.resolve(workers.forEach((worker) => worker.terminate())),
  };
}
