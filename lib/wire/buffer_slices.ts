/**
 * The one function of `Buffer` that the codec uses, and what stands in where there is none. Both runtimes have `Buffer` as a global
 * without any import; it reads Latin-1 in half the time of `TextDecoder`.
 *
 * @module
 */

interface Latin1Slice {
  (this: Uint8Array, start: number, end: number): string;
}

const native = (globalThis as { Buffer?: { prototype?: { latin1Slice?: Latin1Slice } } }).Buffer?.prototype
  ?.latin1Slice;

const decoder = new TextDecoder("latin1");

/** `bytes[start]` to `bytes[end - 1]` as a string, a character a byte. */
export const latin1Slice: Latin1Slice = native ?? function (start, end): string {
  return decoder.decode(this.subarray(start, end));
};
