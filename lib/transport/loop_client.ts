/**
 * What a thread's loop needs of the thread.
 *
 * @module
 */

import type { Link } from "./link.ts";

/** What the loop serves. */
export interface LoopClient {
  /** Delivers what `link` has received. MUST NOT throw. */
  drain(link: Link): void;
  /** Runs user code that is ready, for a millisecond or two. True if some is left. MUST NOT throw. */
  run(): boolean;
  /** True if `run` has something to run. */
  hasWork(): boolean;
  /** Some thread has died; a thread of a crew is free. */
  deaths(): void;
  vacant(): void;
  /** Code of the program's wants to block in a loop that was stopped. */
  refuseStopped(): never;
  /** What `run` ran has been answered. */
  answered(): void;
  /** The thread had nothing to do for a moment. */
  rested(): void;
  /** It is about to sleep, and somebody here waits; or it has slept. */
  waits(isWaiting: boolean): void;
  /** It has slept, or timers and I/O had their turn: time has passed. */
  resumed(): void;
  /** A blocked thread looks at the board at least this often, in milliseconds. */
  patience(): number;
}
