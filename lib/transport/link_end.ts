/**
 * The ends of a link, on their way to the threads that will use them.
 *
 * @module
 */

import type { Board } from "./board.ts";
import { RING_BYTES } from "./ring.ts";
import type { ThreadAddress } from "./thread_address.ts";

/** One end of a link, in the form in which it is handed to the thread that will use it. */
export interface LinkEnd {
  /** The rings. */
  readonly memory: SharedArrayBuffer;
  /** The port for what bytes cannot carry. */
  readonly port: MessagePort;
  /** The link's number, the same at both ends. */
  readonly number: number;
  /** 0 or 1: which ring this end writes. */
  readonly side: 0 | 1;
  /** The thread at the other end. */
  readonly peer: ThreadAddress;
}

/** True for an end that has come from another thread: nothing else that travels beside a frame looks like it. */
export function isLinkEnd(item: unknown): item is LinkEnd {
  return typeof item === "object" && item !== null && "memory" in item && "port" in item && "peer" in item;
}

/** Makes a link between two threads, and returns the end for each. */
export function makeLink(board: Board, first: ThreadAddress, second: ThreadAddress): [LinkEnd, LinkEnd] {
  const memory = new SharedArrayBuffer(2 * RING_BYTES);
  const { port1, port2 } = new MessageChannel();
  const number = board.nextLink();
  return [
    { memory, port: port1, number, side: 0, peer: second },
    { memory, port: port2, number, side: 1, peer: first },
  ];
}
