/**
 * Arrays with named properties, and arrays of which most elements do not exist.
 *
 * @module
 */

import type { Encoding } from "./coding.ts";
import { NAMED_LIMIT } from "./limits.ts";
import { SPARSE } from "./tags.ts";

/** The named properties of an array, if it has any. `plain`: it is an `Array` and of no subclass. */
export function namesOf(array: readonly unknown[], plain: boolean): string[] | undefined {
  const length = array.length;
  // No engine has a cheap way to ask whether an array has names, so most long ones are not asked.
  if (length > NAMED_LIMIT && plain && !("index" in array)) return undefined;
  const keys = Object.keys(array);
  // Names come after the indices, so the last key tells whether there are any.
  if (keys.length === 0 || isIndex(keys[keys.length - 1], length)) return undefined;
  return keys.filter((key) => !isIndex(key, length));
}

/** Whether a key of an array is one of its indices. */
function isIndex(key: string, length: number): boolean {
  // One digit, as most are: no other key of one character is one.
  if (key.length === 1) {
    const digit = key.charCodeAt(0) - 48;
    return digit >= 0 && digit < 10 && digit < length;
  }
  const index = Number(key) >>> 0;
  return index < length && String(index) === key;
}

/** Writes the named properties, after the elements. */
export function encodeNames(encoder: Encoding, array: readonly unknown[], names: readonly string[]): void {
  encoder.writer.varint(names.length);
  for (const name of names) {
    encoder.writer.string(name);
    encoder.write((array as unknown as Record<string, unknown>)[name]);
  }
}

/** Writes the elements that exist from `from` on, each with its index. */
export function encodeSparse(encoder: Encoding, array: readonly unknown[], from: number): void {
  const indices = Object.keys(array).filter((key) => isIndex(key, array.length)).map(Number)
    .filter((index) => index >= from);
  encoder.writer.u8(SPARSE);
  encoder.writer.varint(indices.length);
  for (const index of indices) {
    encoder.writer.varint(index);
    encoder.write(array[index]);
  }
}
