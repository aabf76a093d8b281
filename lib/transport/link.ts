/**
 * A link: a ring each way between two threads, and a port beside it for what bytes cannot carry. A link frames and
 * delivers; it does not know what a frame says.
 *
 * @module
 */

import type { Movable } from "../base/movable.ts";
import { SerializationError } from "../base/errors.ts";
import { workerThreads } from "../base/platform.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { HAS_ASIDE, HEADER_WORDS, LAST_FRAME, MAX_BODY } from "../wire/frames.ts";
import { Reader } from "../wire/reader.ts";
import { Writer } from "../wire/writer.ts";
import type { Board } from "./board.ts";
import { LINK_BITS } from "./board_layout.ts";
import type { ThreadAddress } from "./thread_address.ts";
import type { Carrier, WordSource, WordWriter } from "./carrier.ts";
import type { LinkEnd } from "./link_end.ts";
import { MAX_CHUNK, RING_BYTES, RING_WORDS, RingReader, RingWriter } from "./ring.ts";

/** Takes a link's frames. */
export interface FrameSink {
  /** One whole frame; `reader` stands at its body. MUST NOT keep `reader`. */
  frame(link: Link, kind: number, aux: number, reader: Reader, items: readonly unknown[]): void;
  /** Something in `link.out` wants to be flushed in this turn. */
  dirty(link: Link): void;
}

/** From this many bytes on, frames are published at once, so that the reader begins while more are written. */
const EARLY_BYTES = 4 * 1024;
/** A buffer that grew beyond this is given back when it is empty. */
const KEEP_WORDS = 1 << 18;
/** So many parts of a large frame count as one that was delivered. */
const PARTS = 16;
const NO_ITEMS: readonly unknown[] = [];
const NO_TRANSFER: readonly Movable[] = [];
/** How often a port is looked at for the message that a frame announced, before the frame is refused. */
const ASIDE_TRIES = 10_000_000;

/** The error of a getter or an `encode` of the program's that wants to write into the frame that is being written. */
export function nestingError(): SerializationError {
  return new SerializationError(
    "Cannot make a remote call while a value is being serialized: a getter or encode hook made one",
  );
}

// What is seldom is apart from what runs once a call, which is inlined the better for it.

function refuseChunk(): never {
  throw new CorruptFrameError("a chunk of an impossible size");
}

function refuseHeader(kind: number, length: number): never {
  throw new CorruptFrameError(`a header of kind ${kind} and ${length} bytes`);
}

/** This thread's end of a link. */
export class Link {
  /** The thread at the other end. */
  readonly peer: ThreadAddress;
  /** The bit that both ends ring for this link. */
  readonly bit: number;
  /** Where frames are written: between `open` and `seal`. */
  out: Writer = new Writer();
  /** True while it stands in the list of those to flush. */
  isDirty = false;
  /** True once closed. */
  isClosed = false;
  /** True in a thread that others have ended: what its code says while it is unwound is nobody's to hear. */
  isMuted = false;

  readonly #board: Board;
  readonly #sink: FrameSink;
  readonly #writer: WordWriter;
  readonly #source: WordSource;
  readonly #port: MessagePort | undefined;
  readonly #reader = new Reader();
  #sent = 0; // words of `out` that are in the ring
  #frameAt = -1; // where the frame begins that is being written
  #inWords = new Int32Array(1 << 10);
  #inBytes = new Uint8Array(this.#inWords.buffer);
  #inStart = 0;
  #inEnd = 0;
  #draining = false;

  /**
   * @param board The board.
   * @param end This end; or what carries its words, where that is no shared memory.
   * @param sink Takes its frames.
   */
  constructor(board: Board, end: LinkEnd | Carrier, sink: FrameSink) {
    this.#board = board;
    this.#sink = sink;
    this.peer = end.peer;
    this.bit = 1 << (end.number % LINK_BITS);
    if ("memory" in end) {
      this.#writer = new RingWriter(end.memory, end.side * RING_BYTES);
      this.#source = new RingReader(end.memory, (1 - end.side) * RING_BYTES);
      this.#port = end.port;
    } else {
      this.#writer = end.writer;
      this.#source = end.source;
    }
  }

  /** Begins a frame. Write its body to `out`, then `seal` or `abort`. */
  open(kind: number, aux = 0): Writer {
    if (this.#frameAt >= 0) throw nestingError();
    const out = this.out;
    const at = out.pos;
    this.#frameAt = at;
    out.ensure(HEADER_WORDS * 4);
    // The length comes last: see `seal`.
    out.words[(at >> 2) + 1] = kind | (aux << 16);
    out.pos = at + HEADER_WORDS * 4;
    return out;
  }

  /** Ends a frame, with what goes beside it. Throws, and forgets the frame, if that cannot be passed on. */
  seal(items: readonly unknown[] = NO_ITEMS, transfer: readonly Movable[] = NO_TRANSFER): void {
    const { out } = this;
    const at = this.#frameAt;
    if (items.length > 0) this.#sendAside(items, transfer);
    this.#frameAt = -1;
    out.words[at >> 2] = out.pos - at - HEADER_WORDS * 4;
    out.align4();
    if (!this.isDirty) {
      this.isDirty = true;
      this.#sink.dirty(this);
    }
    if (out.pos - this.#sent * 4 > EARLY_BYTES) this.flush();
  }

  #sendAside(items: readonly unknown[], transfer: readonly Movable[]): void {
    try {
      if (this.#port === undefined) {
        throw new Error("Cannot send: nothing goes beside the words of a stream");
      }
      this.#port.postMessage(items, transfer as never);
    } catch (error) {
      this.abort();
      throw error;
    }
    this.out.bytes[this.#frameAt + 5] = HAS_ASIDE;
  }

  /** Forgets the frame begun. */
  abort(): void {
    if (this.#frameAt < 0) return;
    this.out.truncate(this.#frameAt);
    this.#frameAt = -1;
  }

  /** Publishes what is written, as far as the ring has space. False if something is left. */
  flush(): boolean {
    const { out } = this;
    const end = out.pos >> 2;
    if (this.isClosed || this.isMuted) this.#sent = end;
    while (this.#sent < end) {
      const count = this.#writer.write(out.words, this.#sent, end);
      if (count > 0) {
        this.#sent += count;
        this.#board.ringLink(this.peer, this.bit);
      } else if (this.#isFull()) return false;
    }
    this.#sent = 0;
    if (out.words.length > KEEP_WORDS) this.out = new Writer();
    else out.truncate(0);
    return true;
  }

  #isFull(): boolean {
    if (!this.#writer.askForSpace()) return false;
    this.#compact();
    return true;
  }

  /** Moves what is left to the front, so that a writer who is always ahead needs no more memory than that. */
  #compact(): void {
    const { out } = this;
    if (this.#sent < out.words.length >> 1) return;
    out.bytes.copyWithin(0, this.#sent * 4, out.pos);
    out.truncate(out.pos - this.#sent * 4);
    this.#sent = 0;
  }

  /** True if something seems to have come: the cheap way to ask again and again. */
  seemsReady(): boolean {
    return this.#source.hasSome();
  }

  /** True if something has come. */
  get isReady(): boolean {
    return this.#source.available() !== 0;
  }

  /**
   * Delivers the frames that have come so far, or many of them; then `isReady` is still true. Throws `CorruptFrameError` on
   * what is no frame.
   */
  drain(): void {
    // A frame of this link is being read right now; the rest comes after it.
    if (this.#draining) return;
    this.#draining = true;
    try {
      // A writer that never rests must not keep its reader from everything else.
      for (let total = 0; total < RING_WORDS && !this.isClosed;) {
        if (!this.#source.hasSome()) break;
        const count = this.#source.available();
        if (count < 0 || count > MAX_CHUNK) refuseChunk();
        this.#receive(count);
        // A part of a large frame takes no time but that of the copy.
        total += this.#deliver() ? count : count / PARTS;
      }
    } finally {
      this.#draining = false;
    }
  }

  #receive(count: number): void {
    if (this.#inStart === this.#inEnd) {
      this.#inStart = this.#inEnd = 0;
      if (this.#inWords.length > KEEP_WORDS) this.#replaceInbox(new Int32Array(RING_WORDS));
    }
    if (this.#inEnd + count > this.#inWords.length) this.#makeRoom(count);
    const isAwaited = this.#source.read(this.#inWords, this.#inEnd, count);
    this.#inEnd += count;
    if (isAwaited) this.#board.ring(this.peer, this.bit);
  }

  #makeRoom(count: number): void {
    const used = this.#inEnd - this.#inStart;
    let size = this.#inWords.length;
    while (size < used + count) size *= 2;
    const target = size > this.#inWords.length ? new Int32Array(size) : this.#inWords;
    target.set(this.#inWords.subarray(this.#inStart, this.#inEnd));
    this.#inStart = 0;
    this.#inEnd = used;
    if (target !== this.#inWords) this.#replaceInbox(target);
  }

  #replaceInbox(words: Int32Array<ArrayBuffer>): void {
    this.#inWords = words;
    this.#inBytes = new Uint8Array(words.buffer);
  }

  /** Delivers the frames that are whole; true if there were any. */
  #deliver(): boolean {
    const start = this.#inStart;
    while (this.#inEnd - this.#inStart >= HEADER_WORDS && !this.isClosed) {
      const at = this.#inStart;
      const length = this.#inWords[at] >>> 0;
      const head = this.#inWords[at + 1];
      const kind = head & 0xff;
      if (length > MAX_BODY || kind === 0 || kind > LAST_FRAME) refuseHeader(kind, length);
      const words = HEADER_WORDS + ((length + 3) >> 2);
      if (this.#inEnd - at < words) break;
      this.#inStart += words;
      const body = (at + HEADER_WORDS) * 4;
      this.#reader.reset(this.#inBytes, body, body + length);
      const items = (head & (HAS_ASIDE << 8)) === 0 ? NO_ITEMS : this.#takeAside();
      this.#sink.frame(this, kind, head >>> 16, this.#reader, items);
    }
    return this.#inStart !== start;
  }

  #takeAside(): readonly unknown[] {
    const { receiveMessageOnPort } = workerThreads();
    // It was posted before the frame was published; the loop covers a runtime that delivers a little later.
    for (let tries = 0; tries < ASIDE_TRIES && this.#port !== undefined; tries++) {
      const received = receiveMessageOnPort(this.#port);
      if (received !== undefined) {
        if (Array.isArray(received.message)) return received.message;
        break;
      }
    }
    throw new CorruptFrameError("the message beside it is missing");
  }

  /** Ends the link; what is not published is lost. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#port?.close();
    this.out = new Writer();
    this.#frameAt = -1;
  }
}
