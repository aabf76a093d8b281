/**
 * The memory in which the threads of an actor keep their shared accessors: for each a lock, and what {@linkcode SharedSlot} writes.
 *
 * A lock holds the place of its holder in the crew. Who waits for one looks several times a second whether it still lives, and
 * its crew with it: a holder that dies takes the actor along, so there is nobody left to be locked out. It also follows who
 * waits for whom: a circle is an error, not a hang.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import { DeadlockError } from "../base/errors.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import type { Board } from "./board.ts";
import type { ThreadAddress } from "./thread_address.ts";

/** The most that the value of one shared accessor may take, in bytes. */
export const MAX_SHARED_BYTES: number = 64 * 1024 * 1024;

/** The words of a field: those of its value begin at `VALUE`. */
const FIELD_WORDS = 16;
const LOCK = 0; // the holder's place in the crew + 1; 0 if it is free
const WAITERS = 1;
/** Where the words of the value begin. */
export const VALUE = 2;

/** So often, in milliseconds, a thread that waits looks who lives. */
const LOOK = 100;

/** One thread's view of the memory. */
export class SharedMemory {
  /** The words of all fields, then for each thread the field that it waits for + 1. */
  readonly words: Int32Array;
  /** What is too long for words, a growable buffer for each field. */
  readonly buffers: readonly SharedArrayBuffer[];
  readonly #board: Board;
  readonly #members: readonly ThreadAddress[];
  readonly #self: number;

  /**
   * @param board The board.
   * @param members The crew's threads.
   * @param self This thread's place among them.
   * @param items What `make` made.
   */
  constructor(board: Board, members: readonly ThreadAddress[], self: number, items: readonly unknown[]) {
    if (items.length === 0 || !items.every((item) => item instanceof SharedArrayBuffer)) {
      throw new CorruptFrameError("a crew without memory for its fields");
    }
    const [words, ...buffers] = items;
    if (words.byteLength !== (buffers.length * FIELD_WORDS + members.length) * 4) {
      throw new CorruptFrameError("a crew with too little memory for its fields");
    }
    this.words = new Int32Array(words);
    this.buffers = buffers;
    this.#board = board;
    this.#members = members;
    this.#self = self;
  }

  /** The memory for so many fields and threads. */
  static make(fields: number, members: number): SharedArrayBuffer[] {
    const words = new SharedArrayBuffer((fields * FIELD_WORDS + members) * 4);
    // Room to grow costs addresses, not memory.
    const room = { maxByteLength: MAX_SHARED_BYTES };
    return [words, ...Array.from({ length: fields }, () => new SharedArrayBuffer(0, room))];
  }

  /** Where a field's words begin. */
  at(field: number): number {
    return field * FIELD_WORDS;
  }

  /** True if this thread has a field's lock. */
  isMine(field: number): boolean {
    return Atomics.load(this.words, this.at(field) + LOCK) === this.#self + 1;
  }

  /** Takes a field's lock, which this thread MUST NOT have; waits for it. `name` is for errors. */
  lock(field: number, name: string): void {
    const { words } = this;
    const at = this.at(field);
    if (Atomics.compareExchange(words, at + LOCK, 0, this.#self + 1) === 0) return;
    const waiting = this.#waitingAt(this.#self);
    Atomics.add(words, at + WAITERS, 1);
    Atomics.store(words, waiting, field + 1);
    try {
      for (;;) {
        const holder = Atomics.compareExchange(words, at + LOCK, 0, this.#self + 1);
        if (holder === 0) return;
        this.refuseDead();
        // A circle that is real is still there at the second look.
        if (this.#isCircle(field) && this.#isCircle(field)) {
          throw new DeadlockError(
            `Cannot update shared accessor "${name}": the thread that does so now waits, over others perhaps, for one that this ` +
              `thread is updating; update them in the same order everywhere`,
          );
        }
        Atomics.wait(words, at + LOCK, holder, LOOK);
      }
    } finally {
      Atomics.store(words, waiting, 0);
      Atomics.sub(words, at + WAITERS, 1);
    }
  }

  /** Gives a field's lock back. */
  unlock(field: number): void {
    const at = this.at(field);
    Atomics.store(this.words, at + LOCK, 0);
    if (Atomics.load(this.words, at + WAITERS) > 0) Atomics.notify(this.words, at + LOCK, 1);
  }

  /** Throws if a thread of the crew has ended, and with it the actor. */
  refuseDead(): void {
    if (this.#members.every((member) => this.#board.isAlive(member))) return;
    throw new ActorDiedError(
      "Cannot use a shared accessor: a thread of the actor has ended, and the actor with it",
    );
  }

  #waitingAt(member: number): number {
    return this.buffers.length * FIELD_WORDS + member;
  }

  /** True if whoever holds a field waits, over others perhaps, for a field that this thread holds. */
  #isCircle(field: number): boolean {
    for (let steps = 0; steps <= this.#members.length; steps++) {
      const holder = Atomics.load(this.words, this.at(field) + LOCK) - 1;
      if (holder < 0) return false;
      if (holder === this.#self) return true;
      field = Atomics.load(this.words, this.#waitingAt(holder)) - 1;
      if (field < 0) return false;
    }
    return false;
  }
}
