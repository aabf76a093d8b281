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
  "left",
] as const;

/** Why a thread ended. */
export type Ending = typeof endings[number];

/** For each way in which a thread ends, whether it is an end that a restart is for. */
export const isCrash: Readonly<Record<Ending, boolean>> = {
  crashed: true,
  exited: true,
  "broken link": true,
  // Its place on the board is another's by now: whoever started it knows more.
  unknown: true,
  // `kill(handle, { noRestart: false })`.
  stopped: true,
  "process ended": true,
  // With exit code 0, or `close()`: it wanted to.
  left: false,
  killed: false,
  ended: false,
  // Another thread of the actor has ended before: that one's end counts.
  "crew ended": false,
  "owner ended": false,
  "shut down": false,
  // Its constructor threw, and would throw again.
  "not made": false,
};

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
