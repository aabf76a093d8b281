/**
 * The table of names: which actor has which name, in shared memory, so that any thread can claim a name at once, with no
 * message and no wait. An entry counts while the thread of its actor lives, or the actor starts again.
 *
 * @module
 */

import type { Board } from "../transport/board.ts";
import { isCrash, type ThreadAddress } from "../transport/thread_address.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";
import { KEY_BYTES, type NameKey, nameKey } from "./name_key.ts";
import { LOCK_BYTES, SpinLock } from "./spin_lock.ts";

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
}

/** Who has a name. */
export interface NameHolder {
  /** Where the actor lives. */
  readonly address: NamedAddress;
  /** A hash of the key of its class. */
  readonly classHash: number;
}

// An entry; the head is as long as one.
const USED = 0;
const HASH = 1;
const THREAD = 2;
const SLOT = 3;
const LOCAL = 4;
const FLAGS = 5;
const CLASS = 6;
const SPLIT = 7;
const LENGTH = 8;
const MAX_PENDING = 10; // a float64
const OWNER = 12; // 0 for none
const OWNER_SLOT = 13;
const ORIGIN = 14; // 0 if nothing was said of restarts
const NUMBER = 15;
const MAX_RESTARTS = 16;
const RESTARTS = 17;
const TEXT = 18;
const [ENTRIES, ENTRY_WORDS] = [4096, TEXT + KEY_BYTES / 4];

// The head: the lock, then these, then the default namespace.
const HIGH = LOCK_BYTES / 4;
const NAMESPACE_LENGTH = HIGH + 1;

const OWNS_THREAD = 1;
const IS_SERIAL = 2;
const ON_POOL = 4;

/** More restarts than there can be. */
const MANY = 2 ** 31 - 1;

/** One thread's view of the table. */
export class NameTable {
  /** The memory, to hand to another thread. */
  readonly memory: SharedArrayBuffer;
  #namespace: string;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #board: Board;
  readonly #lock: SpinLock;

  /**
   * @param board Says who lives.
   * @param self This thread.
   * @param from The memory of an existing table, or the namespace of a new one.
   */
  constructor(board: Board, self: ThreadAddress, from: SharedArrayBuffer | string) {
    const memory = typeof from === "string" ? new SharedArrayBuffer((ENTRIES + 1) * ENTRY_WORDS * 4) : from;
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#floats = new Float64Array(memory);
    this.#bytes = new Uint8Array(memory);
    this.#board = board;
    this.#lock = new SpinLock(memory, 0, board, self);
    if (typeof from === "string") this.setNamespace(from);
    this.#namespace = this.#text(0, 0, this.#words[NAMESPACE_LENGTH]);
  }

  /** Gives a name to an actor. If another has it, nothing is done, and that one is told. */
  claim(key: NameKey, address: NamedAddress, classHash: number): NameHolder | undefined {
    return this.#lock.hold(() => {
      const words = this.#words;
      let at = 0;
      const high = words[HIGH];
      for (let other = ENTRY_WORDS; other <= high * ENTRY_WORDS; other += ENTRY_WORDS) {
        if (!this.#counts(other)) at ||= other;
        else if (this.#matches(other, key)) return this.#holder(other);
      }
      if (at === 0) {
        if (high === ENTRIES) {
          throw new RangeError(
            `Cannot name an actor: ${ENTRIES} actors that live have a name, end some first`,
          );
        }
        words[HIGH] = high + 1;
        at = (high + 1) * ENTRY_WORDS;
      }
      words[at + USED] = 0;
      this.#write(at, address);
      words[at + HASH] = key.hash;
      words[at + CLASS] = classHash;
      words[at + SPLIT] = key.split;
      words[at + LENGTH] = key.bytes.length;
      this.#bytes.set(key.bytes, (at + TEXT) * 4);
      // Last: a thread that ends within has claimed nothing.
      words[at + USED] = 1;
      return undefined;
    });
  }

  /** The namespace of names for which none is given. */
  get namespace(): string {
    return this.#namespace;
  }

  /** Says which that is: before another thread sees the table. */
  setNamespace(namespace: string): void {
    const { bytes } = nameKey(namespace, "");
    this.#bytes.set(bytes, TEXT * 4);
    this.#words[NAMESPACE_LENGTH] = bytes.length;
    this.#namespace = namespace;
  }

  /** Who has a name. */
  find(key: NameKey): NameHolder | undefined {
    if (this.isEmpty) return undefined;
    return this.#lock.hold(() => {
      const at = this.#where((other) => this.#matches(other, key));
      return at === 0 ? undefined : this.#holder(at);
    });
  }

  /** True if an actor has a name. */
  has(thread: ThreadAddress, local: number): boolean {
    if (this.isEmpty) return false;
    return this.#lock.hold(() => this.#where((at) => this.#isOf(at, thread, local)) !== 0);
  }

  /** The name of an actor. */
  nameOf(thread: ThreadAddress, local: number): string | undefined {
    if (this.isEmpty) return undefined;
    return this.#lock.hold(() => {
      const at = this.#where((other) => this.#isOf(other, thread, local));
      return at === 0 ? undefined : this.#key(at).name;
    });
  }

  /** The actor that was at `from` is at `to` from now on. False if it has no name, or not any more. */
  move(from: NamedAddress, to: NamedAddress): boolean {
    if (this.isEmpty) return false;
    return this.#lock.hold(() => {
      const at = this.#where((other) => this.#isOf(other, from.thread, from.local), () => true);
      if (at === 0) return false;
      this.#write(at, to);
      return true;
    });
  }

  /** An actor has ended: its name is free. */
  free(thread: ThreadAddress, local: number): void {
    if (this.isEmpty) return;
    this.#lock.hold(() => {
      const at = this.#where((other) => this.#isOf(other, thread, local), () => true);
      if (at !== 0) this.#words[at + USED] = 0;
    });
  }

  /** The names that actors have; those of one namespace, if one is given. */
  list(namespace?: string): { name: string; namespace: string }[] {
    const keys: NameKey[] = [];
    this.#lock.hold(() => this.#where((at) => keys.push(this.#key(at)) < 0));
    return keys.filter((key) => namespace === undefined || key.namespace === namespace)
      .map(({ name, namespace }) => ({ name, namespace }));
  }

  /** True as long as no actor was named. */
  get isEmpty(): boolean {
    return Atomics.load(this.#words, HIGH) === 0;
  }

  /** Where the first entry stands that counts, and for which `test` is true; 0 for none. */
  #where(test: (at: number) => boolean, counts = (at: number): boolean => this.#counts(at)): number {
    const end = this.#words[HIGH] * ENTRY_WORDS;
    for (let at = ENTRY_WORDS; at <= end; at += ENTRY_WORDS) if (counts(at) && test(at)) return at;
    return 0;
  }

  #counts(at: number): boolean {
    if (this.#words[at + USED] !== 1) return false;
    const owner = this.#owner(at);
    if (owner !== undefined && !this.#board.isAlive(owner)) return false;
    return this.#board.isAlive(this.#thread(at)) || this.#startsAgain(at);
  }

  /** True if the actor's thread has crashed, and its owner will start it again: then that moves the entry. */
  #startsAgain(at: number): boolean {
    const { [at + MAX_RESTARTS]: maxRestarts, [at + RESTARTS]: restarts } = this.#words;
    return (maxRestarts < 0 || restarts < maxRestarts) &&
      isCrash[this.#board.deathNote(this.#thread(at)).ending];
  }

  #owner(at: number): ThreadAddress | undefined {
    const id = this.#words[at + OWNER];
    return id === 0 ? undefined : { id, slot: this.#words[at + OWNER_SLOT] };
  }

  #thread(at: number): ThreadAddress {
    return { id: this.#words[at + THREAD], slot: this.#words[at + SLOT] };
  }

  #isOf(at: number, thread: ThreadAddress, local: number): boolean {
    const words = this.#words;
    return words[at + THREAD] === thread.id && words[at + LOCAL] === local && words[at + USED] === 1;
  }

  #matches(at: number, { hash, split, bytes }: NameKey): boolean {
    const words = this.#words;
    if (words[at + HASH] !== hash || words[at + SPLIT] !== split || words[at + LENGTH] !== bytes.length) {
      return false;
    }
    const start = (at + TEXT) * 4;
    return bytes.every((byte, i) => this.#bytes[start + i] === byte);
  }

  #key(at: number): NameKey {
    const [split, length] = [this.#words[at + SPLIT], this.#words[at + LENGTH]];
    return nameKey(this.#text(at, 0, split), this.#text(at, split, length));
  }

  #holder(at: number): NameHolder {
    const words = this.#words;
    const flags = words[at + FLAGS];
    const owner = this.#owner(at);
    return {
      address: {
        thread: this.#thread(at),
        local: words[at + LOCAL],
        ownsThread: (flags & OWNS_THREAD) !== 0,
        isSerial: (flags & IS_SERIAL) !== 0,
        maxPendingCalls: this.#floats[(at + MAX_PENDING) >> 1],
        ...((flags & ON_POOL) !== 0 && { owner }),
        ...(words[at + ORIGIN] !== 0 && owner !== undefined && {
          fault: {
            maxRestarts: words[at + MAX_RESTARTS],
            restarts: words[at + RESTARTS],
            origin: words[at + ORIGIN],
            number: words[at + NUMBER],
            owner,
          },
        }),
      },
      classHash: words[at + CLASS],
    };
  }

  #write(at: number, address: NamedAddress): void {
    const { thread, local, ownsThread, isSerial, maxPendingCalls, fault } = address;
    const words = this.#words;
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
  }

  #text(at: number, start: number, end: number): string {
    const from = (at + TEXT) * 4;
    // TextDecoder refuses shared memory: slice() copies.
    return new TextDecoder().decode(this.#bytes.slice(from + start, from + end));
  }
}
