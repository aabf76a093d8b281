/**
 * Where a thread says, for all to see, which method holds it.
 *
 * @module
 */

import { BUSY_ACTOR, BUSY_METHOD, BUSY_SINCE, RUNNING } from "./board_layout.ts";

/** What a thread says of itself once a call: written by the thread alone. */
export class BusySlot {
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #at: number;

  /**
   * @param words The board in words.
   * @param floats The board in pairs of words.
   * @param at Where the thread's slot begins.
   */
  constructor(words: Int32Array, floats: Float64Array, at: number) {
    this.#words = words;
    this.#floats = floats;
    this.#at = at;
  }

  /** A method begins to hold the thread. */
  hold(actor: number, method: number, since: number): void {
    const at = this.#at;
    this.#words[at + BUSY_METHOD] = method;
    this.#floats[(at + BUSY_SINCE) >> 1] = since;
    this.#words[at + BUSY_ACTOR] = actor;
  }

  /** No method holds the thread; so many calls have begun and not ended. */
  rest(running: number): void {
    const at = this.#at;
    this.#words[at + BUSY_ACTOR] = 0;
    this.#words[at + RUNNING] = running;
  }
}
