/**
 * A stream of bytes as what carries a link's words: between two processes, of one machine or of two. Words stand in it in the
 * byte order of the machine.
 *
 * @module
 */

import { MAX_CHUNK } from "./ring.ts";
import type { WordSource, WordWriter } from "./carrier.ts";

/** A stream of bytes in both directions, such as a socket. */
export interface ByteStream {
  /** Sends bytes, which the stream may keep; calls `done` when they have left, or cannot any more. */
  write(bytes: Uint8Array, done: () => void): void;
}

/** With more bytes than that on their way, a writer waits. */
const MAX_UNSENT = 1 << 20;
/** A buffer that grew beyond this is given back when it is empty. */
const KEEP_BYTES = 1 << 20;

/** Sends words over a stream. */
export class StreamWriter implements WordWriter {
  #stream: ByteStream | undefined;
  #unsent = 0;
  #isAwaited = false;
  readonly #onSpace: () => void;

  /** @param onSpace Called when there is space again, and somebody has asked for it. */
  constructor(onSpace: () => void) {
    this.#onSpace = onSpace;
  }

  /** The stream is there: until then, nothing is taken. */
  open(stream: ByteStream): void {
    this.#stream = stream;
    this.#spaceMade();
  }

  /** {@inheritDoc WordWriter.write} */
  write(source: Int32Array, start: number, end: number): number {
    if (!this.#hasSpace) return 0;
    const bytes = new Uint8Array(source.buffer, source.byteOffset + start * 4, (end - start) * 4).slice();
    this.#unsent += bytes.length;
    this.#stream!.write(bytes, () => {
      this.#unsent -= bytes.length;
      this.#spaceMade();
    });
    return end - start;
  }

  /** {@inheritDoc WordWriter.askForSpace} */
  askForSpace(): boolean {
    this.#isAwaited = !this.#hasSpace;
    return this.#isAwaited;
  }

  get #hasSpace(): boolean {
    return this.#stream !== undefined && this.#unsent <= MAX_UNSENT;
  }

  #spaceMade(): void {
    if (!this.#isAwaited || !this.#hasSpace) return;
    this.#isAwaited = false;
    this.#onSpace();
  }
}

/** Keeps what a stream has brought until it is read. */
export class StreamSource implements WordSource {
  #bytes = new Uint8Array(1 << 12);
  #start = 0;
  #end = 0;

  /** Bytes have come. They are copied. */
  push(bytes: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#start = this.#end = 0;
      if (this.#bytes.length > KEEP_BYTES) this.#bytes = new Uint8Array(1 << 12);
    }
    if (this.#end + bytes.length > this.#bytes.length) this.#makeSpace(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  #makeSpace(count: number): void {
    const used = this.#end - this.#start;
    let size = this.#bytes.length;
    while (size < used + count) size *= 2;
    const target = size > this.#bytes.length ? new Uint8Array(size) : this.#bytes;
    target.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = target;
    this.#start = 0;
    this.#end = used;
  }

  /** {@inheritDoc WordSource.hasSome} */
  hasSome(): boolean {
    return this.#end - this.#start >= 4;
  }

  /** {@inheritDoc WordSource.available} */
  available(): number {
    return Math.min((this.#end - this.#start) >> 2, MAX_CHUNK);
  }

  /** {@inheritDoc WordSource.read} */
  read(target: Int32Array, at: number, count: number): boolean {
    const bytes = new Uint8Array(target.buffer, target.byteOffset + at * 4, count * 4);
    bytes.set(this.#bytes.subarray(this.#start, this.#start + count * 4));
    this.#start += count * 4;
    return false;
  }
}
