/**
 * Manta's own rows.
 *
 * @module
 */

import {
  Actor,
  getSync,
  kill,
  type ObjectRef,
  type Placement,
  put,
  remote,
  shutdown,
  transfer,
} from "../../mod.ts";
import { jobs } from "./jobs.ts";
import type { SharePeer, SyncPeer, TaskPeer, ThreadPeer } from "./peer.ts";

@remote
class Echo extends Actor {
  same(value: unknown): unknown {
    return value;
  }

  integer(value: number): number {
    return value;
  }

  count(value: unknown): number {
    return jobs.count(value);
  }

  bytes(value: Uint8Array): Uint8Array {
    return value;
  }

  move(value: Uint8Array): Uint8Array {
    return transfer(value, [value.buffer as ArrayBuffer]);
  }

  ends(value: Uint8Array): number {
    return jobs.ends(value);
  }
}

const spin = remote(function spin(rounds: number): number {
  return jobs.spin(rounds);
});

/** What an actor can do in the benchmarks. */
export type MantaPeer =
  & Omit<ThreadPeer, keyof SharePeer | "spin">
  & SharePeer<ObjectRef<Uint8Array>>
  & SyncPeer
  & { kill(): Promise<void> };

/** Makes an actor. */
export function openActor(placement: Placement): MantaPeer {
  const actor = Echo.options({ placement }).remote();
  return {
    call: (value) => actor.integer.remote(value),
    same: (value) => actor.same.remote(value),
    send: (value) => actor.count.remote(value),
    echo: (bytes) => actor.bytes.remote(bytes),
    move: (bytes) => actor.move.remote(transfer(bytes, [bytes.buffer as ArrayBuffer])),
    share: put,
    ends: (shared) => actor.ends.remote(shared),
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

/** Remote functions, on as many threads as there are cores. */
export function openTasks(): Promise<TaskPeer> {
  return Promise.resolve({
    spin: (rounds) => spin.remote(rounds),
    close: shutdown,
  });
}
