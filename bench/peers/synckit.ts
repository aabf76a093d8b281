/**
 * synckit: blocking calls of a function in a worker.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { SyncPeer } from "../rows/peer.ts";
import { load } from "./load.ts";

interface Synckit {
  createSyncFn(path: string): (value: number) => number;
}

/** Starts a worker. */
export async function openSynckit(): Promise<SyncPeer> {
  const { createSyncFn } = await load<Synckit>("synckit");
  const callSync = createSyncFn(fileURLToPath(new URL("./workers/synckit_worker.ts", import.meta.url)));
  return { callSync, close: () => Promise.resolve() };
}
