/**
 * The control that everybody has: bare `postMessage`, a message a call, to a Web Worker or to one of `node:worker_threads`.
 *
 * @module
 */

import { Worker as NodeWorker } from "node:worker_threads";
import type { ThreadPeer } from "./peer.ts";
import { shareBytes } from "./shared_bytes.ts";

/** What a worker can do in the benchmarks. */
export type PostPeer = Omit<ThreadPeer, "spin">;

/** Starts a Web Worker. */
export function openWebWorker(): Promise<PostPeer> {
  const worker = new Worker(new URL("./post_message_worker.ts", import.meta.url), { type: "module" });
  const peer = peerOf((message, moved) => worker.postMessage(message, moved ?? []), () => worker.terminate());
  worker.onmessage = ({ data }) => peer.receive(data);
  return Promise.resolve(peer);
}

/** Starts a worker of `node:worker_threads`. */
export function openNodeWorker(): Promise<PostPeer> {
  const worker = new NodeWorker(new URL("./post_message_node.ts", import.meta.url));
  const peer = peerOf((message, moved) => worker.postMessage(message, moved), () => worker.terminate());
  worker.on("message", (data: unknown) => peer.receive(data));
  return Promise.resolve(peer);
}

function peerOf(
  post: (message: unknown, moved?: ArrayBuffer[]) => void,
  end: () => unknown,
): PostPeer & { receive(data: unknown): void } {
  const pending = new Map<number, (result: number) => void>();
  let settle: (reply: never) => void = () => {};
  let nextId = 0;

  const ask = <T>(message: unknown, moved?: ArrayBuffer[]): Promise<T> =>
    new Promise((resolve) => {
      settle = resolve;
      post(message, moved);
    });

  return {
    call: ask<number>,
    same: ask<unknown>,
    echo: ask<Uint8Array>,
    move: (bytes) => ask(["move", bytes], [bytes.buffer as ArrayBuffer]),
    share: shareBytes,
    ends: (shared) => ask(["ends", shared]),
    send: (value) =>
      new Promise((resolve) => {
        const id = nextId++;
        pending.set(id, resolve);
        post([id, value]);
      }),
    receive: (data) => {
      if (!Array.isArray(data)) return settle(data as never);
      const [id, result] = data;
      pending.get(id)!(result);
      pending.delete(id);
    },
    close: async () => void await end(),
  };
}
