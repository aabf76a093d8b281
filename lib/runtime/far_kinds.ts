/**
 * How handles and refs are written that cross the border between two processes.
 *
 * @module
 */

/** The kinds of value that only cross the border. */
export const FarKind = { handle: 8, ref: 9 } as const;

/** The number is the sender's. */
export const MINE = 0;
/** The receiver's own number. */
export const YOURS = 1;
