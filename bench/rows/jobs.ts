/**
 * What callees are asked to do, the same for every row.
 *
 * @module
 */

/** How often the value of `spin` turns in a millisecond, roughly: what counts is that it is the same for all. */
export const ROUNDS_PER_MS = 400_000;

let calls = 0;

/** The jobs, by name. */
export const jobs = {
  /** Answers a value with itself. */
  same: (value: unknown): unknown => value,
  /** Answers with the number of calls before, so that the caller sees their order. */
  count: (_value: unknown): number => calls++,
  /** Reads both ends of bytes. */
  ends: (value: Uint8Array | SharedArrayBuffer): number => {
    const bytes = value instanceof Uint8Array ? value : new Uint8Array(value);
    return bytes[0] * 256 + bytes[bytes.length - 1];
  },
  /** Works: a xorshift of so many rounds. */
  spin: (rounds: number): number => {
    let value = 1;
    for (let left = rounds; left > 0; left--) {
      value ^= value << 13;
      value ^= value >>> 17;
      value ^= value << 5;
    }
    return value;
  },
};

/** A job's name; `move` is `same` with the bytes moved in place of copied. */
export type Job = keyof typeof jobs | "move";
