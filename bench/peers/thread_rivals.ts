/**
 * The libraries that call across threads.
 *
 * @module
 */

import type { ThreadPeer } from "../rows/peer.ts";
import { openCapnweb } from "./capnweb.ts";
import { openComlink } from "./comlink.ts";
import { rival } from "./invoker.ts";
import { knittingUrl, openKnitting } from "./knitting.ts";
import { openMultithreading } from "./multithreading.ts";
import { openPiscina, openTinypool } from "./piscina.ts";
import { openPoolifier } from "./poolifier.ts";
import { openThreads } from "./threads.ts";
import { openWorkerpool } from "./workerpool.ts";

/** Opens a rival's worker, or so many of them. */
export type OpenRival = (threads?: number) => Promise<ThreadPeer>;

const all: Readonly<Record<string, OpenRival>> = {
  ...(knittingUrl !== undefined && { "knitting": rival(openKnitting) }),
  "comlink": rival(openComlink),
  "piscina": rival(openPiscina),
  "tinypool": rival(openTinypool),
  "poolifier": rival(openPoolifier),
  "threads": rival(openThreads),
  "workerpool": rival(openWorkerpool),
  "multithreading": rival(openMultithreading),
  "capnweb": rival(openCapnweb),
};

/** The rivals, but for those that cannot do what a workload asks for. */
export function threadRivals(...without: string[]): Readonly<Record<string, OpenRival>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !without.includes(name)));
}
