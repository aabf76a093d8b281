/**
 * The growing buffer that frames are written into, little endian. It is never shared memory: nobody may see a frame
 * before it is whole, and `TextEncoder` refuses shared memory.
 *
 * @module
 */

import { ASCII, FLOAT64, INT16, INT32, INT8, SHORT_STRING, UTF16, UTF8 } from "./tags.ts";

const utf8 = new TextEncoder();

/** The longest string that a loop writes faster than a call into the runtime. */
const LOOP_LIMIT = 24;
/** A tag and a 4-byte count. */
const STRING_HEADER = 5;

/** Writes frames. One of these serves any number of frames, one after the other. */
export class Writer {
  /** The buffer. It is another one after any call that writes. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The same buffer. */
  view: DataView<ArrayBuffer>;
  /** The same buffer in words, for whoever copies it into a ring. */
  words: Int32Array<ArrayBuffer>;
  /** Where the next byte goes. */
  pos = 0;

  /** @param capacity The size to start with, in bytes. */
  constructor(capacity = 4096) {
    const buffer = new ArrayBuffer((capacity + 7) & ~7);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.words = new Int32Array(buffer);
  }

  /** Makes room for `count` more bytes. */
  ensure(count: number): void {
    if (this.pos + count > this.bytes.length) this.#grow(this.pos + count);
  }

  #grow(needed: number): void {
    let capacity = this.bytes.length;
    while (capacity < needed) capacity *= 2;
    const old = this.bytes;
    const buffer = new ArrayBuffer(capacity);
    this.bytes = new Uint8Array(buffer);
    this.bytes.set(old.subarray(0, this.pos));
    this.view = new DataView(buffer);
    this.words = new Int32Array(buffer);
  }

  /** Writes one byte. */
  u8(value: number): void {
    if (this.pos === this.bytes.length) this.#grow(this.pos + 1);
    this.bytes[this.pos++] = value;
  }

  /** Writes four bytes, unsigned. */
  u32(value: number): void {
    this.ensure(4);
    this.view.setUint32(this.pos, value, true);
    this.pos += 4;
  }

  /** Writes four bytes where `pos` is a multiple of four. */
  word(value: number): void {
    this.ensure(4);
    this.words[this.pos >> 2] = value;
    this.pos += 4;
  }

  /** Writes four bytes, signed. */
  i32(value: number): void {
    this.ensure(4);
    this.view.setInt32(this.pos, value, true);
    this.pos += 4;
  }

  /** Writes eight bytes. */
  f64(value: number): void {
    this.ensure(8);
    this.view.setFloat64(this.pos, value, true);
    this.pos += 8;
  }

  /** Writes a whole number from 0 to 2^53 - 1 in one byte for every seven bits of it. */
  varint(value: number): void {
    if (value < 0x80) this.u8(value);
    else this.#longVarint(value);
  }

  #longVarint(value: number): void {
    this.ensure(8);
    let rest = value;
    // Beyond 31 bits the bit operators would lose the upper part.
    while (rest > 0x7fffffff) {
      this.bytes[this.pos++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.bytes[this.pos++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.pos++] = rest;
  }

  /** Writes a number as an encoded value. */
  number(value: number): void {
    this.ensure(9);
    // -0 is 0 to every operator but this one.
    if ((value | 0) !== value || Object.is(value, -0)) this.#float(value);
    else if (value >= 0 && value < 0x80) this.bytes[this.pos++] = value;
    else if (value >= -0x8000 && value < 0x8000) this.#short(value);
    else this.#int(value);
  }

  #float(value: number): void {
    this.bytes[this.pos] = FLOAT64;
    this.view.setFloat64(this.pos + 1, value, true);
    this.pos += 9;
  }

  #short(value: number): void {
    const { bytes, pos } = this;
    if (value >= -0x80 && value < 0) {
      bytes[pos] = INT8;
      bytes[pos + 1] = value;
      this.pos = pos + 2;
      return;
    }
    bytes[pos] = INT16;
    bytes[pos + 1] = value;
    bytes[pos + 2] = value >> 8;
    this.pos = pos + 3;
  }

  #int(value: number): void {
    const { bytes, pos } = this;
    bytes[pos] = INT32;
    bytes[pos + 1] = value;
    bytes[pos + 2] = value >> 8;
    bytes[pos + 3] = value >> 16;
    bytes[pos + 4] = value >> 24;
    this.pos = pos + 5;
  }

  /** Replaces the four bytes at `at`. */
  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  /** Writes bytes as they are. */
  raw(data: Uint8Array): void {
    this.ensure(data.length);
    this.bytes.set(data, this.pos);
    this.pos += data.length;
  }

  /** Skips to the next multiple of four. What stands between is left as it is; the buffer's size is a multiple itself. */
  align4(): void {
    this.pos = (this.pos + 3) & ~3;
  }

  /** Forgets everything from `pos` on. */
  truncate(pos: number): void {
    this.pos = pos;
  }

  /** Writes a string with its length and kind: what `Reader.string()` reads, and an encoded value at the same time. */
  string(text: string): void {
    const length = text.length;
    if (length > LOOP_LIMIT) return this.#longString(text);
    if (this.pos + length >= this.bytes.length) this.#grow(this.pos + length + 1);
    const bytes = this.bytes;
    const start = this.pos + 1;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return this.#longString(text);
      bytes[start + i] = unit;
    }
    bytes[this.pos] = SHORT_STRING + length;
    this.pos = start + length;
  }

  #longString(text: string): void {
    const length = text.length;
    const at = this.pos;
    // Room for what is likely; the usual text is ASCII, and a long one must not reserve three times its size.
    this.ensure(STRING_HEADER + (length < 1024 ? length * 3 : length));
    let { read, written } = utf8.encodeInto(text, this.bytes.subarray(at + STRING_HEADER));
    if (read < length) {
      // Growing keeps what lies before `pos`, so that must be after the part that is written.
      this.pos = at + STRING_HEADER + written;
      this.ensure((length - read) * 3);
      this.pos = at;
      const more = utf8.encodeInto(text.slice(read), this.bytes.subarray(at + STRING_HEADER + written));
      read += more.read;
      written += more.written;
    }
    if (written !== length && !text.isWellFormed()) return this.#utf16(text);
    this.bytes[at] = written === length ? ASCII : UTF8;
    this.view.setUint32(at + 1, written, true);
    this.pos = at + STRING_HEADER + written;
  }

  #utf16(text: string): void {
    const size = text.length * 2;
    this.ensure(STRING_HEADER + size);
    this.bytes[this.pos] = UTF16;
    this.view.setUint32(this.pos + 1, size, true);
    const start = this.pos + STRING_HEADER;
    for (let i = 0; i < text.length; i++) this.view.setUint16(start + i * 2, text.charCodeAt(i), true);
    this.pos = start + size;
  }
}
