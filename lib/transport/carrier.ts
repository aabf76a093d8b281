/**
 * What carries the words of a link: a ring in each direction between threads, a stream of bytes between processes.
 *
 * @module
 */

import type { ThreadAddress } from "./thread_address.ts";

/** Takes words; MUST NOT block. */
export interface WordWriter {
  /** Takes as many of the words from `start` to `end` as it can, and returns how many these were. MUST NOT keep `source`. */
  write(source: Int32Array, start: number, end: number): number;
  /** Asks to be told when more can be taken. False if some can be already. */
  askForSpace(): boolean;
}

/** Gives the words that have come. */
export interface WordSource {
  /** True if some seem to be there: the cheap way to ask again and again. */
  hasSome(): boolean;
  /** How many can be read in one go; 0 if none is there. */
  available(): number;
  /** Reads `count` words, as `available` said, into `target` at `at`. True if the writer waits for the space: ring it. */
  read(target: Int32Array, at: number, count: number): boolean;
}

/** What carries the words of a link, where that is no shared memory. */
export interface Carrier {
  /** The link's number. */
  readonly number: number;
  /** What stands on the board for the other end. */
  readonly peer: ThreadAddress;
  /** Takes this end's words. */
  readonly writer: WordWriter;
  /** Gives the other end's words. */
  readonly source: WordSource;
}
