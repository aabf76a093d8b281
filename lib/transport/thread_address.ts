/**
 * Threads as the board knows them: where they are, what they do, and why they ended.
 *
 * @module
 */

/** Where a thread is found: a number never used twice in a program, and its slot on the board. */
export interface ThreadAddress {
  /** The thread's number. */
  readonly id: number;
  /** Its slot on the board. */
  readonly slot: number;
}

/** Why a thread ended; the index is what the board holds. */
export const endings = [
  "unknown",
  "killed",
  "exited",
  "crashed",
  "owner ended",
  "shut down",
  "not made",
  "broken link",
  "ended",
  "process ended",
  "crew ended",
  "stopped",
] as const;

/** Why a thread ended. */
export type Ending = typeof endings[number];

/** What is known of a thread's end. */
export interface DeathNote {
  /** The kind of end. */
  readonly ending: Ending;
  /** What it says of itself, such as the error's message; may be empty. */
  readonly text: string;
}

/** What a thread was doing when somebody looked. */
export interface Activity {
  /** The actor whose method holds the thread, by its number there; 0 when none does. */
  readonly actor: number;
  /** The index of that method in its class. */
  readonly method: number;
  /** When it began, in milliseconds of the clock that `performance.timeOrigin` and `performance.now()` add up to. */
  readonly since: number;
  /** Calls that have begun and not ended. */
  readonly running: number;
}

/** The number of the driver's thread: it makes the board, and is the first to claim a slot. */
export const DRIVER = 1;
