/**
 * The share of time that microtasks take from timers and I/O: a millisecond or two, then these have their turn.
 *
 * @module
 */

import { afterIo } from "../base/platform.ts";

/** Turns in a row before the clock is asked. */
const TURNS = 64;
/** Turns between two looks at the clock. */
const STRIDE = 16;
/** After so many milliseconds in microtasks, timers and I/O come first. */
const LENGTH = 1;

/** The time slices of one thread. */
export class Slice {
  /** True from the end of a slice until timers and I/O had their turn. */
  isYielding = false;
  readonly #onResumed: (hasYielded: boolean) => void;
  #turns = 0;
  #isTimed = false;
  #start = 0;

  /** @param onResumed Called when timers and I/O had their turn; with true if a slice had ended for it. */
  constructor(onResumed: (hasYielded: boolean) => void) {
    this.#onResumed = onResumed;
  }

  /** Counts a turn. True if the slice is over: the next turn is due when `onResumed` is called. */
  isOver(): boolean {
    if (++this.#turns < TURNS) return false;
    if (!this.#isTimed) this.#time();
    else if (this.#turns % STRIDE === 0 && performance.now() - this.#start > LENGTH) {
      this.isYielding = true;
      return true;
    }
    return false;
  }

  /** The thread has slept: timers and I/O had their turn. */
  restart(): void {
    this.#turns = 0;
  }

  #time(): void {
    this.#isTimed = true;
    this.#start = performance.now();
    afterIo(() => {
      this.#isTimed = false;
      this.#turns = 0;
      const hasYielded = this.isYielding;
      this.isYielding = false;
      this.#onResumed(hasYielded);
    });
  }
}
