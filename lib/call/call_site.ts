/**
 * The line that made a call, for the stack of its error. Recording one costs 0.3 to 1.5 µs, more than a call does, so a
 * thread that makes calls in a hot loop records only the first ones until it has rested.
 *
 * @module
 */

import { type CapturedStack, captureStack } from "../base/stack.ts";

/** Calls recorded between two rests of the thread. */
const BUDGET = 64;
/** Rests count only so many milliseconds after the last one: all recording together takes 1% of the time at most. */
const INTERVAL = 10;
/** Frames recorded: Manta's own, the caller's line, and some above it. */
const FRAMES = 8;

/** Records the places of a thread's calls. */
export class CallSites {
  #left = BUDGET;
  #renewed = 0;

  /** The place of a call that is being made, unless the budget is used up. */
  capture(): CapturedStack | undefined {
    if (this.#left === 0) return undefined;
    this.#left--;
    return captureStack(FRAMES);
  }

  /** The thread has nothing to do for the moment. */
  renew(): void {
    if (this.#left === BUDGET) return;
    const now = performance.now();
    if (now - this.#renewed < INTERVAL) return;
    this.#renewed = now;
    this.#left = BUDGET;
  }
}
