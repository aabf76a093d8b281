/**
 * capnweb: remote objects over a `MessagePort`. It sends JSON-like data: bytes are copied, never moved or shared.
 *
 * @module
 */

import type { Invoker } from "./invoker.ts";
import { load } from "./load.ts";

type Stub = Record<string, (value: unknown) => Promise<unknown>>;

/** What is used of it. */
export interface Capnweb {
  /** A session over a port: the object that the other side offers. */
  newMessagePortRpcSession(port: MessagePort, offered?: object): Stub;
  /** The class of what can be offered. */
  RpcTarget: new () => object;
}

/** Starts workers. */
export async function openCapnweb(threads: number): Promise<Invoker> {
  const { newMessagePortRpcSession } = await load<Capnweb>("capnweb");
  const url = new URL("./workers/capnweb_worker.ts", import.meta.url);
  const workers = Array.from({ length: threads }, () => new Worker(url, { type: "module" }));
  const stubs = workers.map((worker) => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage(port2, [port2]);
    return newMessagePortRpcSession(port1);
  });
  let next = 0;
  return {
    invoke: (job, value, moved) => {
      if (moved !== undefined) {
        throw new TypeError("capnweb cannot move buffers");
      }
      return stubs[next++ % threads][job](value);
    },
    close: () => workers.forEach((worker) => worker.terminate()),
  };
}
