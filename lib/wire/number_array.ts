/**
 * Arrays of nothing but numbers, which are most of the long ones: written without a tag for each element, in the fewest
 * bytes that hold them all.
 *
 * @module
 */

import { CorruptFrameError } from "./corrupt_frame_error.ts";
import type { Reader } from "./reader.ts";
import { NUMBERS } from "./tags.ts";
import type { Writer } from "./writer.ts";

/** Shorter arrays gain nothing by it. */
export const NUMBERS_FROM = 16;

/** Bytes an element that this array needs: 1, 2 or 4 for integers, 8 for others; 0 if not all are numbers. */
function widthOf(array: readonly unknown[]): number {
  // All the integers' bits in one: a negative one's are turned round, so that only its size counts.
  let bits = 0;
  let float = false;
  for (let i = 0; i < array.length; i++) {
    const item = array[i];
    if (typeof item !== "number") return 0;
    const whole = item | 0;
    if (whole !== item || (whole === 0 && Object.is(item, -0))) float = true;
    bits |= whole ^ (whole >> 31);
  }
  return float ? 8 : bits < 0x80 ? 1 : bits < 0x8000 ? 2 : 4;
}

/** Writes the array, if it is one of numbers without holes. */
export function encodeNumbers(writer: Writer, array: readonly unknown[]): boolean {
  // What cannot be one costs a look at its ends.
  if (typeof array[0] !== "number" || typeof array[array.length - 1] !== "number") return false;
  const width = widthOf(array);
  if (width === 0) return false;
  const numbers = array as readonly number[];
  const length = numbers.length;
  writer.ensure(16 + length * width);
  writer.u8(NUMBERS);
  writer.u8(width);
  writer.varint(length);
  const { bytes, view } = writer;
  let at = writer.pos;
  if (width === 1) { for (let i = 0; i < length; i++) bytes[at++] = numbers[i]; }
  else if (width === 2) { for (let i = 0; i < length; i++, at += 2) view.setInt16(at, numbers[i], true); }
  else if (width === 4) { for (let i = 0; i < length; i++, at += 4) view.setInt32(at, numbers[i], true); }
  else for (let i = 0; i < length; i++, at += 8) view.setFloat64(at, numbers[i], true);
  writer.pos = at;
  return true;
}

/** Reads the elements into an array that has none. */
export function decodeNumbers(reader: Reader, array: unknown[]): void {
  const width = reader.u8();
  const length = width === 1 || width === 2 || width === 4 || width === 8 ? reader.count(width) : -1;
  if (length < 0) throw new CorruptFrameError("numbers have an impossible size");
  const { view } = reader;
  let at = reader.pos;
  if (width === 1) { for (let i = 0; i < length; i++) array.push(view.getInt8(at++)); }
  else if (width === 2) { for (let i = 0; i < length; i++, at += 2) array.push(view.getInt16(at, true)); }
  else if (width === 4) { for (let i = 0; i < length; i++, at += 4) array.push(view.getInt32(at, true)); }
  else for (let i = 0; i < length; i++, at += 8) array.push(view.getFloat64(at, true));
  reader.pos = at;
}
