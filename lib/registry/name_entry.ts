/**
 * An entry of the table of names, and what stands where in it.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";
import { KEY_BYTES } from "./name_key.ts";

/** Where a named actor lives. */
export interface NamedAddress {
  /** Its thread. */
  readonly thread: ThreadAddress;
  /** Its number in that thread. */
  readonly local: number;
  /** True if the thread was made for it alone. */
  readonly ownsThread: boolean;
  /** True if its calls begin in the order made. */
  readonly isSerial: boolean;
  /** How many calls of one thread may be unanswered. */
  readonly maxPendingCalls: number;
  /** The thread that made it, if it lives on a thread of the pool: it ends with that one. */
  readonly owner?: ThreadAddress | undefined;
  /** What was said of its restarts; not of repeated calls. */
  readonly fault?: Omit<FaultSettings, "retries"> | undefined;
  /** Its id, where that does not follow from its place: it lives in another process. */
  readonly id?: ActorId | undefined;
}

// In words of 32 bits.
export const USED = 0;
export const HASH = 1;
const THREAD = 2;
const SLOT = 3;
export const LOCAL = 4;
const FLAGS = 5;
export const CLASS = 6;
export const SPLIT = 7;
export const LENGTH = 8;
const ID_LENGTH = 9;
const MAX_PENDING = 10; // a float64
const OWNER = 12; // 0 for none
const OWNER_SLOT = 13;
const ORIGIN = 14; // 0 if nothing was said of restarts
const NUMBER = 15;
const MAX_RESTARTS = 16;
const RESTARTS = 17;
export const TEXT = 18;
const ID: number = TEXT + KEY_BYTES / 4;
const ID_BYTES = 120;
/** The size of an entry. */
export const ENTRY_WORDS: number = ID + ID_BYTES / 4;

const OWNS_THREAD = 1;
const IS_SERIAL = 2;
const ON_POOL = 4;

/** More restarts than there can be. */
const MANY = 2 ** 31 - 1;

/** The entries in one thread's view of the memory. */
export class NameEntries {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly #floats: Float64Array;

  /** @param memory The table's. */
  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
    this.bytes = new Uint8Array(memory);
    this.#floats = new Float64Array(memory);
  }

  /** The thread of the actor whose entry stands at `at`. */
  thread(at: number): ThreadAddress {
    return { id: this.words[at + THREAD], slot: this.words[at + SLOT] };
  }

  /** The thread that it ends with, or that starts it again. */
  owner(at: number): ThreadAddress | undefined {
    const id = this.words[at + OWNER];
    return id === 0 ? undefined : { id, slot: this.words[at + OWNER_SLOT] };
  }

  /** True if it starts again when its thread has crashed. */
  isRestartable(at: number): boolean {
    const { [at + MAX_RESTARTS]: maxRestarts, [at + RESTARTS]: restarts } = this.words;
    return maxRestarts < 0 || restarts < maxRestarts;
  }

  /** Where it lives. */
  address(at: number): NamedAddress {
    const { words } = this;
    const flags = words[at + FLAGS];
    const owner = this.owner(at);
    return {
      thread: this.thread(at),
      local: words[at + LOCAL],
      ownsThread: (flags & OWNS_THREAD) !== 0,
      isSerial: (flags & IS_SERIAL) !== 0,
      maxPendingCalls: this.#floats[(at + MAX_PENDING) >> 1],
      ...((flags & ON_POOL) !== 0 && { owner }),
      ...(words[at + ID_LENGTH] !== 0 && { id: this.#text(at + ID, 0, words[at + ID_LENGTH]) as ActorId }),
      ...(words[at + ORIGIN] !== 0 && owner !== undefined && {
        fault: {
          maxRestarts: words[at + MAX_RESTARTS],
          restarts: words[at + RESTARTS],
          origin: words[at + ORIGIN],
          number: words[at + NUMBER],
          owner,
        },
      }),
    };
  }

  /** Writes that down. */
  write(at: number, address: NamedAddress): void {
    const { thread, local, ownsThread, isSerial, maxPendingCalls, fault } = address;
    const { words } = this;
    // Whoever starts it again is whoever made it.
    const owner = address.owner ?? (fault === undefined || fault.maxRestarts === 0 ? undefined : fault.owner);
    words[at + THREAD] = thread.id;
    words[at + SLOT] = thread.slot;
    words[at + LOCAL] = local;
    words[at + OWNER] = owner?.id ?? 0;
    words[at + OWNER_SLOT] = owner?.slot ?? 0;
    words[at + FLAGS] = (ownsThread ? OWNS_THREAD : 0) | (isSerial ? IS_SERIAL : 0) |
      (address.owner === undefined ? 0 : ON_POOL);
    words[at + ORIGIN] = owner === undefined ? 0 : fault?.origin ?? 0;
    words[at + NUMBER] = fault?.number ?? 0;
    words[at + MAX_RESTARTS] = Math.min(fault?.maxRestarts ?? 0, MANY);
    words[at + RESTARTS] = fault?.restarts ?? 0;
    this.#floats[(at + MAX_PENDING) >> 1] = maxPendingCalls;
    const id = new TextEncoder().encode(address.id ?? "");
    words[at + ID_LENGTH] = id.length;
    this.bytes.set(id, (at + ID) * 4);
  }

  /** Text of the key's. */
  text(at: number, start: number, end: number): string {
    return this.#text(at + TEXT, start, end);
  }

  #text(from: number, start: number, end: number): string {
    // TextDecoder refuses shared memory: slice() copies.
    return new TextDecoder().decode(this.bytes.slice(from * 4 + start, from * 4 + end));
  }
}
