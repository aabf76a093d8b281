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
  /** With more bytes than that on their way, a writer waits; 1 MiB unless given. */
  readonly maxUnsent?: number;
}

const MAX_UNSENT = 1 << 20;
/** So much is sent at once: on Bun, what a pipe does not take is copied for each part that it takes. */
const PIECE_WORDS = 1 << 17;
/** So many pieces that have been read are kept at most. */
const MANY = 64;

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
    const count = Math.min(end - start, PIECE_WORDS);
    const bytes = new Uint8Array(source.buffer, source.byteOffset + start * 4, count * 4).slice();
    this.#unsent += bytes.length;
    this.#stream!.write(bytes, () => {
      this.#unsent -= bytes.length;
      this.#spaceMade();
    });
    return count;
  }

  /** {@inheritDoc WordWriter.askForSpace} */
  askForSpace(): boolean {
    this.#isAwaited = !this.#hasSpace;
    return this.#isAwaited;
  }

  get #hasSpace(): boolean {
    return this.#stream !== undefined && this.#unsent <= (this.#stream.maxUnsent ?? MAX_UNSENT);
  }

  #spaceMade(): void {
    if (!this.#isAwaited || !this.#hasSpace) return;
    this.#isAwaited = false;
    this.#onSpace();
  }
}

/** Keeps what a stream has brought until it is read. */
export class StreamSource implements WordSource {
  #pieces: Uint8Array[] = [];
  /** The first piece that is not read, where in it, and how much there is from there. */
  #first = 0;
  #at = 0;
  #size = 0;

  /** Bytes have come. They MUST NOT change any more. */
  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
  }

  /** {@inheritDoc WordSource.hasSome} */
  hasSome(): boolean {
    return this.#size >= 4;
  }

  /** {@inheritDoc WordSource.available} */
  available(): number {
    return Math.min(this.#size >> 2, MAX_CHUNK);
  }

  /** {@inheritDoc WordSource.read} */
  read(target: Int32Array, at: number, count: number): boolean {
    const bytes = new Uint8Array(target.buffer, target.byteOffset + at * 4, count * 4);
    this.#size -= bytes.length;
    for (let done = 0; done < bytes.length;) {
      const piece = this.#pieces[this.#first];
      const part = piece.subarray(this.#at, this.#at + bytes.length - done);
      bytes.set(part, done);
      done += part.length;
      this.#at += part.length;
      if (this.#at === piece.length) this.#next();
    }
    return false;
  }

  #next(): void {
    this.#at = 0;
    // Not one by one: there may be many.
    if (++this.#first < this.#pieces.length && this.#first < MANY) return;
    this.#pieces.splice(0, this.#first);
    this.#first = 0;
  }
}
