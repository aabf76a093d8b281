/**
 * The bytes of a pickle while they are read: numbers, texts and pieces of it, never beyond its end.
 *
 * @module
 */

import { SerializationError } from "../../base/errors.ts";

/** Why a pickle cannot be read. */
export function unreadable(what: string): SerializationError {
  return new SerializationError(`Cannot read a value of Python's: ${what}`);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes, and how far they have been read. */
export class PickleInput {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Where the next byte is. */
  at = 0;

  /** @param bytes The bytes. */
  constructor(bytes: Uint8Array) {
    // Of a Buffer, `slice` would be no copy.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** So many bytes, as a view. */
  take(length: number): Uint8Array {
    if (length < 0 || length > this.#bytes.length - this.at) throw unreadable("it ends too early");
    return this.#bytes.subarray(this.at, this.at += length);
  }

  /** A byte. */
  u8(): number {
    return this.take(1)[0];
  }

  /** Two bytes. */
  u16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  /** Four bytes, without a sign. */
  u32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  /** Four bytes, with a sign. */
  i32(): number {
    return this.#view.getInt32(this.#step(4), true);
  }

  /** Eight bytes, a length. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#step(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw unreadable("it ends too early");
    return Number(value);
  }

  /** A float, the high byte first. */
  f64(): number {
    return this.#view.getFloat64(this.#step(8), false);
  }

  /** A whole number of so many bytes: a `number` where that is exact. */
  integer(length: number): number | bigint {
    const bytes = this.take(length);
    if (length === 0) return 0;
    let hex = "";
    for (let i = length - 1; i >= 0; i--) hex += bytes[i].toString(16).padStart(2, "0");
    const value = BigInt.asIntN(length * 8, BigInt(`0x${hex}`));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  /** A text of so many bytes. Python's may hold lone surrogates. */
  text(length: number): string {
    const bytes = this.take(length);
    try {
      return strict.decode(bytes);
    } catch {
      return decodeLoneSurrogates(bytes);
    }
  }

  /** A text to the end of its line. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) throw unreadable("it ends too early");
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  #step(length: number): number {
    const { at } = this;
    this.take(length);
    return at;
  }
}

/** UTF-8 with surrogates as if they were characters (Python's "surrogatepass"). */
function decodeLoneSurrogates(bytes: Uint8Array): string {
  let text = "";
  let from = 0;
  for (let i = 0; i + 2 < bytes.length; i++) {
    if (bytes[i] !== 0xed || (bytes[i + 1] & 0xe0) !== 0xa0 || (bytes[i + 2] & 0xc0) !== 0x80) continue;
    text += decodeStrictly(bytes.subarray(from, i));
    text += String.fromCharCode(0xd000 | (bytes[i + 1] & 0x3f) << 6 | bytes[i + 2] & 0x3f);
    from = i += 3;
    i--;
  }
  return text + decodeStrictly(bytes.subarray(from));
}

function decodeStrictly(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    throw unreadable("a text is no UTF-8");
  }
}

/** A text as UTF-8, lone surrogates included. */
export function encodeText(text: string): Uint8Array {
  if (text.isWellFormed()) return new TextEncoder().encode(text);
  const parts: number[] = [];
  // A lookahead-free split: pairs stay together, for strings iterate by code points.
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= 0xd800 && code <= 0xdfff) {
      parts.push(0xed, 0x80 | code >> 6 & 0x3f, 0x80 | code & 0x3f);
    } else parts.push(...new TextEncoder().encode(character));
  }
  return Uint8Array.from(parts);
}
