/**
 * Taking a slot of the board, and finding it again.
 *
 * @module
 */

import {
  BRIDGE,
  GONE,
  HEAD_WORDS,
  HIGH_SLOT,
  LAST_THREAD,
  OWNER,
  PARENT,
  PARENT_SLOT,
  SLOT_WORDS,
  SLOTS,
} from "./board_layout.ts";
import type { ThreadAddress } from "./thread_address.ts";

/** What a thread may be a bridge to. */
export const Bridged = { none: 0, process: 1, cluster: 2 } as const;
/** One of them. */
export type BridgeKind = typeof Bridged[keyof typeof Bridged];

/** Takes a slot for a new thread, below `parent`. Dead slots are used again only after all others. */
export function claimSlot(
  words: Int32Array,
  parent: ThreadAddress | undefined,
  bridge: BridgeKind,
): ThreadAddress {
  const id = Atomics.add(words, LAST_THREAD, 1) + 1;
  for (let tries = 0, slot = id % SLOTS; tries < SLOTS; tries++, slot = (slot + 1) % SLOTS) {
    const at = HEAD_WORDS + slot * SLOT_WORDS;
    const owner = Atomics.load(words, at + OWNER);
    if (owner > 0 || (owner < 0 && Atomics.load(words, at + GONE) === 0)) continue;
    // A claimed slot is not alive before it is clean: -0x7fffffff keeps others out meanwhile.
    if (Atomics.compareExchange(words, at + OWNER, owner, -0x7fffffff) !== owner) continue;
    words.fill(0, at + 1, at + SLOT_WORDS);
    words[at + PARENT] = parent?.id ?? 0;
    words[at + PARENT_SLOT] = parent?.slot ?? 0;
    words[at + BRIDGE] = bridge;
    for (let high = Atomics.load(words, HIGH_SLOT); high <= slot; high = Atomics.load(words, HIGH_SLOT)) {
      Atomics.compareExchange(words, HIGH_SLOT, high, slot + 1);
    }
    Atomics.store(words, at + OWNER, id);
    return { id, slot };
  }
  throw new RangeError(`Cannot start a thread: ${SLOTS} threads are alive, end some first`);
}

/** The slot of a living thread. */
export function findSlot(words: Int32Array, id: number): ThreadAddress | undefined {
  for (let tries = 0, slot = id % SLOTS; tries < SLOTS; tries++, slot = (slot + 1) % SLOTS) {
    if (Atomics.load(words, HEAD_WORDS + slot * SLOT_WORDS + OWNER) === id) return { id, slot };
  }
  return undefined;
}
