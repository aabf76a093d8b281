/**
 * The bytes of a pickle while they are written. Large pieces are kept as they are, and copied once at the end.
 *
 * @module
 */

/** From this size on, in bytes, a piece is not copied into the buffer. */
const PIECE = 4096;

/** Bytes that grow. */
export class PickleOutput {
  #buffer = new Uint8Array(256);
  #view = new DataView(this.#buffer.buffer);
  #at = 0;
  readonly #done: Uint8Array[] = [];
  #size = 0;

  /** An opcode, or another byte. */
  u8(value: number): void {
    this.#room(1);
    this.#buffer[this.#at++] = value;
  }

  /** An opcode and a byte. */
  op1(code: number, value: number): void {
    this.u8(code);
    this.u8(value);
  }

  /** Two bytes. */
  u16(value: number): void {
    this.#room(2);
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  /** Four bytes, with or without a sign. */
  u32(value: number): void {
    this.#room(4);
    this.#view.setInt32(this.#at, value | 0, true);
    this.#at += 4;
  }

  /** Eight bytes, a length. */
  u64(value: number): void {
    this.#room(8);
    this.#view.setBigUint64(this.#at, BigInt(value), true);
    this.#at += 8;
  }

  /** A float, the high byte first. */
  f64(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#at, value, false);
    this.#at += 8;
  }

  /** A piece. It MUST NOT change until `finish()`. */
  bytes(piece: Uint8Array): void {
    if (piece.length >= PIECE) {
      this.#flush();
      this.#done.push(piece);
      this.#size += piece.length;
      return;
    }
    this.#room(piece.length);
    this.#buffer.set(piece, this.#at);
    this.#at += piece.length;
  }

  /** All of it. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#flush();
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#done) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  #flush(): void {
    if (this.#at === 0) return;
    this.#done.push(this.#buffer.slice(0, this.#at));
    this.#size += this.#at;
    this.#at = 0;
  }

  #room(length: number): void {
    if (this.#at + length <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(this.#buffer.length * 2, this.#at + length));
    larger.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
  }
}
