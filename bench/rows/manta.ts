/**
 * Manta's own rows.
 *
 * @module
 */

import { Actor, getSync, kill, type Placement, remote, shutdown } from "@manta/ray";
import type { CallPeer, EchoPeer, SendPeer, SyncPeer } from "./peer.ts";

@remote
class Echo extends Actor {
  #count = 0;

  integer(value: number): number {
    return value;
  }

  count(_value: number): number {
    return this.#count++;
  }

  bytes(value: Uint8Array): Uint8Array {
    return value;
  }
}

/** What an actor can do in the benchmarks. */
export type MantaPeer = CallPeer & SendPeer & EchoPeer & SyncPeer & { kill(): Promise<void> };

/** Makes an actor. */
export function openActor(placement: Placement): MantaPeer {
  const actor = Echo.options({ placement }).remote();
  return {
    call: (value) => actor.integer.remote(value),
    send: (value) => actor.count.remote(value),
    echo: (bytes) => actor.bytes.remote(bytes),
    callSync: (value) => getSync(actor.integer.remote(value)),
    kill: () => kill(actor),
    close: shutdown,
  };
}

/** Makes an actor on a thread of its own. */
export function openThread(): Promise<MantaPeer> {
  return Promise.resolve(openActor("thread"));
}

/** Makes an actor on the caller's thread. */
export function openInline(): Promise<MantaPeer> {
  return Promise.resolve(openActor("inline"));
}

/** Makes an actor in a child process. */
export function openProcess(): Promise<MantaPeer> {
  return Promise.resolve(openActor("process"));
}
