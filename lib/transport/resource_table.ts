/**
 * What the board says of resources, so that nobody needs a message for it:
 *
 * ```text
 * board, word 32   1 while somebody waits for resources whom workers for functions keep from having them
 * a slot, word 11  since when the thread, a worker that runs a function, waits for something: milliseconds, 0 if it does not
 *         word 12  1 while the thread, made for one actor, has not been started, for that waits for resources
 * ```
 *
 * @module
 */

import { now } from "../base/clock.ts";
import { HEAD_WORDS, SLOT_WORDS } from "./board_layout.ts";
import type { ThreadAddress } from "./thread_address.ts";

const CONTENDED = 32;
const RESTS_SINCE = 11;
const POSTPONED = 12;

/** One view of these words. */
export class ResourceTable {
  readonly #words: Int32Array;

  /** @param board The board. */
  constructor(board: { readonly memory: SharedArrayBuffer }) {
    this.#words = new Int32Array(board.memory);
  }

  /** True if whoever has a worker is to give it back after each run of a function. */
  get isContended(): boolean {
    return this.#words[CONTENDED] === 1;
  }
  set isContended(isContended: boolean) {
    Atomics.store(this.#words, CONTENDED, isContended ? 1 : 0);
  }

  /** A worker begins to wait for something, or goes on. */
  rest(worker: ThreadAddress, isResting: boolean): void {
    // 0 says that it does not.
    Atomics.store(this.#words, slotAt(worker) + RESTS_SINCE, isResting ? now() | 1 : 0);
  }

  /** True if it has been waiting for so many milliseconds at least. */
  hasRested(worker: ThreadAddress, milliseconds: number): boolean {
    const since = Atomics.load(this.#words, slotAt(worker) + RESTS_SINCE);
    // In whole numbers of 32 bits, as since when it waits.
    return since !== 0 && ((now() | 0) - since | 0) >= milliseconds;
  }

  /** The start of a thread is put off, or comes. */
  postpone(thread: ThreadAddress, isPostponed: boolean): void {
    Atomics.store(this.#words, slotAt(thread) + POSTPONED, isPostponed ? 1 : 0);
  }

  /** True for a thread whose start was put off. */
  isPostponed(thread: ThreadAddress): boolean {
    return Atomics.load(this.#words, slotAt(thread) + POSTPONED) === 1;
  }
}

function slotAt({ slot }: ThreadAddress): number {
  return HEAD_WORDS + slot * SLOT_WORDS;
}
