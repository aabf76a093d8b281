/**
 * Rows that make many calls and wait for them.
 *
 * @module
 */

import { Actor, type ObjectRef, type Placement, remote, shutdown, wait } from "../../mod.ts";
import type { Peer } from "./peer.ts";

/** Makes so many calls and waits for them: the number of results. */
export interface WaitPeer extends Peer {
  /** All at once. */
  atOnce(count: number): Promise<number>;
  /** One more at a time, until none is left. */
  oneByOne(count: number): Promise<number>;
}

@remote
class Answerer extends Actor {
  answer(value: number): number {
    return value;
  }
}

function openWaiter(placement: Placement): Promise<WaitPeer> {
  const actor = Answerer.options({ placement }).remote();
  const call = (count: number): ObjectRef<number>[] =>
    Array.from({ length: count }, (_, i) => actor.answer.remote(i));
  return Promise.resolve({
    async atOnce(count) {
      const [ready] = await wait(call(count), { numReturns: count });
      return ready.length;
    },
    async oneByOne(count) {
      let seen = 0;
      let pending = call(count);
      while (pending.length > 0) {
        const [ready, rest] = await wait(pending);
        seen += ready.length;
        pending = rest;
      }
      return seen;
    },
    close: shutdown,
  });
}

/** Calls of an actor on a thread of its own. */
export function openThreadWaiter(): Promise<WaitPeer> {
  return openWaiter("thread");
}

/** Calls of an actor on this thread. */
export function openInlineWaiter(): Promise<WaitPeer> {
  return openWaiter("inline");
}

/** Bare promises. */
export function openPromises(): Promise<WaitPeer> {
  const call = (count: number): Promise<number>[] =>
    Array.from({ length: count }, (_, i) => Promise.resolve(i));
  return Promise.resolve({
    atOnce: async (count) => (await Promise.all(call(count))).length,
    async oneByOne(count) {
      let seen = 0;
      for (const promise of call(count)) if (await promise >= 0) seen++;
      return seen;
    },
    close: () => Promise.resolve(),
  });
}
