/**
 * The table of names: which actor has which name, in shared memory, so that any thread can claim a name at once, with no
 * message and no wait. An entry counts while the thread of its actor lives, or the actor starts again.
 *
 * @module
 */

import type { Board } from "../transport/board.ts";
import { isCrash, type ThreadAddress } from "../transport/thread_address.ts";
import {
  CLASS,
  ENTRY_WORDS,
  HASH,
  LENGTH,
  LOCAL,
  type NamedAddress,
  NameEntries,
  SPLIT,
  TEXT,
  USED,
} from "./name_entry.ts";
import { type NameKey, nameKey } from "./name_key.ts";
import { LOCK_BYTES, SpinLock } from "./spin_lock.ts";

/** Who has a name. */
export interface NameHolder {
  /** Where the actor lives. */
  readonly address: NamedAddress;
  /** A hash of the key of its class. */
  readonly classHash: number;
}

const ENTRIES = 4096;

// The head: the lock, then these, then the default namespace.
const HIGH = LOCK_BYTES / 4;
const NAMESPACE_LENGTH = HIGH + 1;

/** One thread's view of the table. */
export class NameTable {
  /** The memory, to hand to another thread. */
  readonly memory: SharedArrayBuffer;
  #namespace: string;
  readonly #entries: NameEntries;
  readonly #words: Int32Array;
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
    this.#entries = new NameEntries(memory);
    this.#words = this.#entries.words;
    this.#board = board;
    this.#lock = new SpinLock(memory, 0, board, self);
    if (typeof from === "string") this.setNamespace(from);
    this.#namespace = this.#entries.text(0, 0, this.#words[NAMESPACE_LENGTH]);
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
      this.#entries.write(at, address);
      words[at + HASH] = key.hash;
      words[at + CLASS] = classHash;
      words[at + SPLIT] = key.split;
      words[at + LENGTH] = key.bytes.length;
      this.#entries.bytes.set(key.bytes, (at + TEXT) * 4);
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
    this.#entries.bytes.set(bytes, TEXT * 4);
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
      this.#entries.write(at, to);
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
    const owner = this.#entries.owner(at);
    if (owner !== undefined && !this.#board.isAlive(owner)) return false;
    return this.#board.isAlive(this.#entries.thread(at)) || this.#startsAgain(at);
  }

  /** True if the actor's thread has crashed, and its owner will start it again: then that moves the entry. */
  #startsAgain(at: number): boolean {
    return this.#entries.isRestartable(at) && isCrash[this.#board.deathNote(this.#entries.thread(at)).ending];
  }

  #isOf(at: number, thread: ThreadAddress, local: number): boolean {
    const words = this.#words;
    return this.#entries.thread(at).id === thread.id && words[at + LOCAL] === local && words[at + USED] === 1;
  }

  #matches(at: number, { hash, split, bytes }: NameKey): boolean {
    const words = this.#words;
    if (words[at + HASH] !== hash || words[at + SPLIT] !== split || words[at + LENGTH] !== bytes.length) {
      return false;
    }
    const start = (at + TEXT) * 4;
    return bytes.every((byte, i) => this.#entries.bytes[start + i] === byte);
  }

  #key(at: number): NameKey {
    const [split, length] = [this.#words[at + SPLIT], this.#words[at + LENGTH]];
    return nameKey(this.#entries.text(at, 0, split), this.#entries.text(at, split, length));
  }

  #holder(at: number): NameHolder {
    return { address: this.#entries.address(at), classHash: this.#words[at + CLASS] };
  }
}
