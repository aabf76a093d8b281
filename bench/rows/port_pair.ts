/**
 * The control of two workers with a `MessageChannel` between them.
 *
 * @module
 */

import type { Called } from "./calling.ts";
import type { PairPeer } from "./pairs.ts";

/** Starts both. */
export function openPortPair(): Promise<PairPeer> {
  const url = new URL("./port_pair_worker.ts", import.meta.url);
  const [caller, callee] = [new Worker(url, { type: "module" }), new Worker(url, { type: "module" })];
  const { port1, port2 } = new MessageChannel();
  callee.postMessage(["answer", port1], [port1]);
  caller.postMessage(["call", port2], [port2]);
  return Promise.resolve({
    run: (calls, window) =>
      new Promise<Called>((resolve) => {
        caller.onmessage = ({ data }) => resolve(data);
        caller.postMessage(["run", calls, window]);
      }),
    close: () => {
      caller.terminate();
      callee.terminate();
      return Promise.resolve();
    },
  });
}
