/**
 * Where what stands on the board, in words of 32 bits.
 *
 * @module
 */

// The head of the board.
export const LAST_THREAD = 0;
export const LAST_LINK = 1;
export const LOOKERS = 2;
export const CORES = 3;
/** Behind the highest slot that was ever used. */
export const HIGH_SLOT: number = 4; // 5 is the pool table's
/** 1 while somebody looks at the program's calls. */
export const OBSERVED: number = 6; // from 7 to 31: the process table's; 32: the resource table's
/** The size of the head. */
export const HEAD_WORDS: number = 48;

// A slot. What is written once a call, the bell and the state have cache lines of their own.
/** 0 free; n > 0 thread n lives; n < 0 thread -n is dead. */
export const OWNER: number = 0;
export const PARENT = 1;
export const PARENT_SLOT = 2;
export const ENDING = 3;
export const GONE = 4;
export const NOTE_LENGTH = 5; // 7 is the process table's, 8 to 10 are the pool table's, 11 and 12 the resource table's
/** 1: what comes to the thread goes on to another process; 2: to one on a cluster. */
export const BRIDGE: number = 6;
/** 1: the thread takes what comes; before, it loads its module. */
export const BEGUN: number = 13;
export const STATE = 16; // PARKED, or the bits of the links whose rings the thread looks at by itself
export const BELL = 32;
export const RUNNING = 48;
export const BUSY_ACTOR = 49;
export const BUSY_METHOD = 50;
export const BUSY_SINCE = 52; // a float64
export const NOTE = 64;
/** The size of a slot. */
export const SLOT_WORDS: number = 128;
export const NOTE_BYTES: number = (SLOT_WORDS - NOTE) * 4;
/** How many threads can be alive at once. */
export const SLOTS: number = 4096;

/** Where the board's memory is divided, in words, for what else stands on it. */
export const boardLayout: Readonly<Record<"head" | "slot" | "slots" | "words", number>> = {
  head: HEAD_WORDS,
  slot: SLOT_WORDS,
  slots: SLOTS,
  words: HEAD_WORDS + SLOTS * SLOT_WORDS,
};

/** The bit of a doorbell that says "some thread died". */
export const DEATH_BIT: number = 1 << 31;
/** The bit that says "a thread of a crew is free"; links use the other 30. */
export const VACANT_BIT: number = 1 << 30;
/** The number of bits that links share. */
export const LINK_BITS: number = 30;

/** The state of a thread that sleeps, or is about to: no link's bit. */
export const PARKED: number = 1 << 31;
