/**
 * The messages between a process on a node and the host that started it: see host_source.ts.
 *
 * @module
 */

import type { ByteStream } from "../byte_stream.ts";

/** The size of a message's head: length, kind and connection. */
const HEAD_BYTES = 12;
/** A buffer that grew beyond this is given back when it is empty. */
const KEEP_BYTES = 1 << 20;
/** A longer message is none that a host would send. */
const MAX_LENGTH = 1 << 30;

/** Sends and takes messages over a stream. */
export class HostChannel {
  #stream: ByteStream | undefined;
  readonly #take: (kind: number, connection: number, payload: Uint8Array) => void;
  #bytes = new Uint8Array(1 << 12);
  #end = 0;

  /** @param take Takes each message; it MUST NOT keep `payload`. */
  constructor(take: (kind: number, connection: number, payload: Uint8Array) => void) {
    this.#take = take;
  }

  /** The stream is there. */
  open(stream: ByteStream): void {
    this.#stream = stream;
  }

  /** Sends a message; `done` is called when it has left. */
  send(kind: number, connection: number, payload: Uint8Array, done: () => void = () => {}): void {
    const bytes = new Uint8Array(HEAD_BYTES + payload.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, payload.length, true);
    view.setUint32(4, kind, true);
    view.setUint32(8, connection, true);
    bytes.set(payload, HEAD_BYTES);
    this.#stream!.write(bytes, done);
  }

  /** Bytes have come. Throws `RangeError` for what is no message. */
  received(bytes: Uint8Array): void {
    this.#keep(bytes);
    let at = 0;
    const view = new DataView(this.#bytes.buffer);
    while (this.#end - at >= HEAD_BYTES) {
      const length = view.getUint32(at, true);
      if (length > MAX_LENGTH) throw new RangeError(`Cannot read a message of ${length} bytes`);
      if (this.#end - at - HEAD_BYTES < length) break;
      const start = at + HEAD_BYTES;
      at = start + length;
      this.#take(
        view.getUint32(start - 8, true),
        view.getUint32(start - 4, true),
        this.#bytes.subarray(start, at),
      );
    }
    this.#bytes.copyWithin(0, at, this.#end);
    this.#end -= at;
    if (this.#end === 0 && this.#bytes.length > KEEP_BYTES) this.#bytes = new Uint8Array(1 << 12);
  }

  #keep(bytes: Uint8Array): void {
    let size = this.#bytes.length;
    while (size < this.#end + bytes.length) size *= 2;
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(size);
      larger.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }
}
