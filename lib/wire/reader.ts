/**
 * Reads what {@linkcode Writer} wrote, and trusts none of it: no read passes the end, no count is believed before there
 * are bytes for it.
 *
 * @module
 */

import { latin1Slice } from "./buffer_slices.ts";
import { CorruptFrameError } from "./corrupt_frame_error.ts";
import { ASCII, SHORT_ARRAY, SHORT_STRING, UTF16, UTF8 } from "./tags.ts";

// `ignoreBOM` keeps a byte order mark, which is a character of the string as any other. Not `fatal`: the writer
// makes no malformed UTF-8, and for others' a replacement character is a value.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The longest string that a loop reads faster than a call into the runtime. */
const LOOP_LIMIT = 8;

const TOO_SHORT = "it ends too early";

/** Apart from the methods that call it, which are inlined the better for it. */
function refuseFrame(reason: string): never {
  throw new CorruptFrameError(reason);
}

/** Reads frames, one after the other, from a buffer that nobody writes to meanwhile. */
export class Reader {
  /** The buffer read from. */
  bytes: Uint8Array = new Uint8Array(0);
  /** The same bytes. */
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the next byte comes from. */
  pos = 0;
  /** Where the frame ends. */
  end = 0;

  /**
   * Starts on another frame.
   *
   * @param bytes A buffer, not shared memory.
   * @param pos Where the frame begins in it.
   * @param end Where it ends.
   */
  reset(bytes: Uint8Array, pos = 0, end: number = bytes.length): void {
    if (bytes !== this.bytes) this.#replace(bytes);
    if (pos < 0 || end > bytes.length || pos > end) refuseFrame("it lies outside its buffer");
    this.pos = pos;
    this.end = end;
  }

  #replace(bytes: Uint8Array): void {
    // A `Buffer` is one too, but its `slice` copies nothing.
    this.bytes = bytes.constructor === Uint8Array
      ? bytes
      : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.end - this.pos;
  }

  /** Makes sure of `count` more bytes. */
  need(count: number): void {
    // Written so that a count of NaN fails as well.
    if (!(this.pos + count <= this.end)) refuseFrame(TOO_SHORT);
  }

  /** Reads one byte. */
  u8(): number {
    if (this.pos >= this.end) refuseFrame(TOO_SHORT);
    return this.bytes[this.pos++];
  }

  /** Reads four bytes, unsigned. */
  u32(): number {
    const { pos } = this;
    if (pos + 4 > this.end) refuseFrame(TOO_SHORT);
    this.pos = pos + 4;
    return this.view.getUint32(pos, true);
  }

  /** Reads four bytes, signed. */
  i32(): number {
    this.need(4);
    const value = this.view.getInt32(this.pos, true);
    this.pos += 4;
    return value;
  }

  /** Reads two bytes, signed. */
  i16(): number {
    this.need(2);
    const { bytes, pos } = this;
    this.pos = pos + 2;
    return (bytes[pos] | bytes[pos + 1] << 8) << 16 >> 16;
  }

  /** Reads eight bytes. */
  f64(): number {
    this.need(8);
    const value = this.view.getFloat64(this.pos, true);
    this.pos += 8;
    return value;
  }

  /** Reads a whole number from 0 to 2^53 - 1. */
  varint(): number {
    const byte = this.u8();
    return byte < 0x80 ? byte : this.#longVarint(byte);
  }

  #longVarint(first: number): number {
    let byte = first;
    let value = byte & 0x7f;
    // Eight bytes hold 56 bits, of which 53 may be used.
    for (let factor = 128; factor < 2 ** 56; factor *= 128) {
      byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
    }
    throw new CorruptFrameError("a number is too long");
  }

  /** Reads how many things follow, each of which takes at least `size` bytes. */
  count(size: number): number {
    const count = this.varint();
    if (count * size > this.end - this.pos) throw new CorruptFrameError("it ends before what it announces");
    return count;
  }

  /** Reads `length` bytes, as a view of the reader's own buffer. */
  raw(length: number): Uint8Array {
    this.need(length);
    const data = this.bytes.subarray(this.pos, this.pos + length);
    this.pos += length;
    return data;
  }

  /** Reads `length` bytes, as a copy. */
  copy(length: number): Uint8Array<ArrayBuffer> {
    this.need(length);
    const start = this.pos;
    this.pos = start + length;
    return this.bytes.slice(start, this.pos);
  }

  /** Skips what `Writer.align4()` filled. */
  align4(): void {
    const skip = -this.pos & 3;
    this.need(skip);
    this.pos += skip;
  }

  /** Reads a string. */
  string(): string {
    const tag = this.u8();
    if (tag >= SHORT_STRING && tag < SHORT_ARRAY) return this.ascii(tag - SHORT_STRING);
    return this.longString(tag);
  }

  /** Reads `length` ASCII characters. */
  ascii(length: number): string {
    const start = this.pos;
    const end = start + length;
    if (end > this.end) this.need(length);
    this.pos = end;
    if (length > LOOP_LIMIT) return latin1Slice.call(this.bytes, start, end);
    const bytes = this.bytes;
    let text = "";
    for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]);
    return text;
  }

  /** Reads the rest of a string whose first byte was `tag`. */
  longString(tag: number): string {
    if (tag !== ASCII && tag !== UTF8 && tag !== UTF16) {
      throw new CorruptFrameError("there is no string where one must be");
    }
    const size = this.u32();
    if (tag === ASCII) return this.ascii(size);
    const data = this.raw(size);
    if (tag === UTF8) return utf8.decode(data);
    if ((size & 1) !== 0) throw new CorruptFrameError("half a character is missing");
    return this.#utf16(data);
  }

  /** `TextDecoder` would replace the lone surrogates for whose sake this is UTF-16. */
  #utf16(data: Uint8Array): string {
    const units = new Uint16Array(data.slice().buffer);
    let text = "";
    for (let at = 0; at < units.length; at += 4096) {
      text += String.fromCharCode(...units.subarray(at, at + 4096));
    }
    return text;
  }
}
