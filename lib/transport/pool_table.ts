/**
 * The threads of the pool, in a table that stands on the board: every thread can choose one for a new actor, and give the actor
 * its number there, without asking anybody.
 *
 * ```text
 * board, word 5     how many threads the pool may have
 * a slot, word 8    the thread's place in the table + 1; 0 for a thread that is none of the pool's
 *         word 9    how many actors it was given: the last one's number
 *         word 10   how many of them have ended
 * behind the slots  the table: the slot of the thread in each place + 1; 0 if there has been none
 * ```
 *
 * @module
 */

import type { Board } from "./board.ts";
import { boardLayout } from "./board_layout.ts";
import type { ThreadAddress } from "./thread_address.ts";

const SIZE = 5;
const OWNER = 0;
const PLACE = 8;
const GIVEN = 9;
const ENDED = 10;
const TABLE = boardLayout.words;

/** One view of the table; each thread makes its own. */
export class PoolTable {
  readonly #board: Board;
  readonly #words: Int32Array;

  /** @param board The board. */
  constructor(board: Board) {
    this.#board = board;
    this.#words = new Int32Array(board.memory);
  }

  /** Says how many threads there may be; the driver does, before anybody chooses. */
  resize(threads: number): void {
    Atomics.store(this.#words, SIZE, Math.min(threads, boardLayout.slots));
  }

  /**
   * The thread with the fewest living actors. As long as none is without any, and the pool is not full, it is a new one, which
   * is on the board from now on, and runs once the driver has started it.
   *
   * @param driver The thread that starts it.
   */
  choose(driver: ThreadAddress): ThreadAddress {
    const words = this.#words;
    const size = Atomics.load(words, SIZE);
    for (;;) {
      let best: ThreadAddress | undefined;
      let least = Infinity;
      let vacant = -1;
      for (let place = 0; place < size && least > 0; place++) {
        const thread = this.#at(place);
        if (thread !== undefined) {
          const load = this.load(thread);
          if (load < least) [best, least] = [thread, load];
        } else if (vacant < 0) vacant = place;
      }
      if (best !== undefined && (vacant < 0 || least <= 0)) return best;
      const claimed = this.#claim(vacant, driver);
      if (claimed !== undefined) return claimed;
    }
  }

  /** A new thread in a place that has none that lives; `undefined` if somebody else was faster. */
  #claim(place: number, driver: ThreadAddress): ThreadAddress | undefined {
    const words = this.#words;
    const before = Atomics.load(words, TABLE + place);
    if (this.#at(place) !== undefined) return undefined;
    const thread = this.#board.claim(driver);
    Atomics.store(words, slotAt(thread.slot) + PLACE, place + 1);
    if (Atomics.compareExchange(words, TABLE + place, before, thread.slot + 1) === before) return thread;
    this.#board.markDead(thread, { ending: "killed", text: "" });
    this.#board.markGone(thread);
    return undefined;
  }

  /** The thread in a place, if it lives. */
  #at(place: number): ThreadAddress | undefined {
    const slot = Atomics.load(this.#words, TABLE + place) - 1;
    if (slot < 0) return undefined;
    const id = Atomics.load(this.#words, slotAt(slot) + OWNER);
    // The slot of a thread that has ended may be another one's by now.
    return id > 0 && Atomics.load(this.#words, slotAt(slot) + PLACE) === place + 1 ? { id, slot } : undefined;
  }

  /** A living thread of the pool by its number. */
  find(id: number): ThreadAddress | undefined {
    const size = Atomics.load(this.#words, SIZE);
    for (let place = 0; place < size; place++) {
      const thread = this.#at(place);
      if (thread?.id === id) return thread;
    }
    return undefined;
  }

  /** True for a thread of the pool. */
  has(thread: ThreadAddress): boolean {
    return Atomics.load(this.#words, slotAt(thread.slot) + PLACE) > 0;
  }

  /** A number for a new actor of a thread of the pool, which counts as living from now on. */
  give(thread: ThreadAddress): number {
    return Atomics.add(this.#words, slotAt(thread.slot) + GIVEN, 1) + 1;
  }

  /** The last number that was given out. */
  lastGiven(thread: ThreadAddress): number {
    return Atomics.load(this.#words, slotAt(thread.slot) + GIVEN);
  }

  /** One of a thread's actors has ended, or was not made after all. */
  ended(thread: ThreadAddress): void {
    Atomics.add(this.#words, slotAt(thread.slot) + ENDED, 1);
  }

  /** How many actors live on a thread of the pool. */
  load(thread: ThreadAddress): number {
    const at = slotAt(thread.slot);
    return Atomics.load(this.#words, at + GIVEN) - Atomics.load(this.#words, at + ENDED);
  }
}

function slotAt(slot: number): number {
  return boardLayout.head + slot * boardLayout.slot;
}
