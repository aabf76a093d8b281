/**
 * Manta's rows of two actors, one of which calls the other.
 *
 * @module
 */

import { Actor, type ActorHandle, remote, shutdown } from "../../mod.ts";
import { type Called, callMany } from "./calling.ts";
import type { Peer } from "./peer.ts";

/** One that calls another. */
export interface PairPeer extends Peer {
  /** Makes the first call the second so often, with at most `window` calls in flight. */
  run(calls: number, window: number): PromiseLike<Called>;
}

@remote
class Callee extends Actor {
  same(value: number): number {
    return value;
  }
}

@remote
class Caller extends Actor {
  constructor(readonly callee: ActorHandle<Callee>) {
    super();
  }

  async run(calls: number, window: number): Promise<Called> {
    return await callMany(calls, window, (value) => this.callee.same.remote(value));
  }
}

/** Two actors on two threads. */
export function openMantaPair(): Promise<PairPeer> {
  const caller = Caller.remote(Callee.remote());
  return Promise.resolve({
    run: (calls, window) => caller.run.remote(calls, window),
    close: shutdown,
  });
}

/** The driver and an actor. */
export function openDriver(): Promise<PairPeer> {
  const callee = Callee.remote();
  return Promise.resolve({
    run: (calls, window) => callMany(calls, window, (value) => callee.same.remote(value)),
    close: shutdown,
  });
}
