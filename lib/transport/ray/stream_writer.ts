/**
 * Writes to a gRPC stream, and sees that what was written goes out.
 *
 * Bun (1.4) counts a stream's window smaller than the server does when the server raises what windows begin with, as it does when it
 * finds the connection fast (https://github.com/oven-sh/bun/pull/41329). By its own count the server sees no hurry to open the
 * window: it does so with the next thing that it sends anyway. So it is asked something, of no consequence, to have it send.
 *
 * @module
 */

import type { GrpcStream } from "./grpc.ts";

/** Milliseconds without progress until the server is asked. In that time it does not run out of what it has received. */
const STALLED = 10;
/** Without progress still, it is asked again after twice the time, up to so long: it may just be busy. */
const PATIENT = 1000;
/** Bytes of which nobody knows whether they have arrived, from which on that matters. Bun calls some written that it holds. */
const UNCERTAIN = 64 * 1024;

/** The writing half of one stream. */
export class StreamWriter {
  readonly #stream: GrpcStream;
  readonly #nudge: () => void;
  #written = 0;
  #arrived = 0;
  #waiting = 0;
  /** When something last went out or arrived, or the server was asked. */
  #last = 0;
  #patience = STALLED;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  /**
   * @param stream The stream.
   * @param nudge Has the server send something.
   */
  constructor(stream: GrpcStream, nudge: () => void) {
    this.#stream = stream;
    this.#nudge = nudge;
  }

  /** Bytes that were written so far. */
  get written(): number {
    return this.#written;
  }

  /** Sends a message; false if the stream would rather wait for `"drain"`. */
  write(message: Uint8Array): boolean {
    this.#written += message.length;
    if (this.#waiting++ === 0) this.#last = performance.now();
    this.#watch();
    return this.#stream.write(message, this.#onGone);
  }

  /** The server has so many bytes of what was written. */
  arrived(bytes: number): void {
    this.#arrived = Math.max(this.#arrived, bytes);
    this.#moved();
  }

  /** Watches no longer: the stream has ended. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  readonly #onGone = (): void => {
    this.#waiting--;
    this.#moved();
  };

  #moved(): void {
    this.#last = performance.now();
    if (this.#patience === STALLED) return;
    this.#patience = STALLED;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#watch();
  }

  get #isAllThere(): boolean {
    return this.#waiting === 0 && this.#written - this.#arrived < UNCERTAIN;
  }

  #watch(): void {
    if (this.#isAllThere || this.#isStopped || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isAllThere) return;
      if (performance.now() - this.#last >= this.#patience) {
        this.#nudge();
        this.#last = performance.now();
        this.#patience = Math.min(this.#patience * 2, PATIENT);
      }
      this.#watch();
    }, Math.max(1, this.#last + this.#patience - performance.now()));
  }
}
