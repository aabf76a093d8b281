/**
 * The codec's limits.
 *
 * @module
 */

/** How deep values may nest. Deeper ones would overflow the stack, at a depth that depends on who calls. */
export const MAX_DEPTH = 2000;

/** Buffers from this size on, in bytes, travel beside the frame: moving one then costs less than copying it twice. */
export const ASIDE_FROM = 64 * 1024;

/** Arrays up to this length may have named properties too; for longer ones looking for them costs too much. */
export const NAMED_LIMIT = 256;
