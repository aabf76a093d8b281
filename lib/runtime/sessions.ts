/**
 * The streams of all who speak to a process whose host (cluster/host_source.ts) passes them on: programs that come and go, each
 * with a stream of frames of its own, and callers that know no frames. The first program makes the actor; the others wait for it.
 *
 * What goes over the pipes is cut into pieces: three words of 32 bits, little-endian, what kind of piece it is, a number, and the
 * length in bytes of what follows.
 *
 * @module
 */

import type { ByteStream } from "../transport/byte_stream.ts";
import { joined } from "./far_host.ts";
import { HostWays } from "./host_ways.ts";
import { OutsideCalls } from "./outside_calls.ts";
import { openNodeGateway } from "./node_gateway.ts";
import { type ProcessActor, ProcessSide } from "./process_side.ts";
import type { Thread } from "./thread.ts";

/** The kinds of piece. */
const Piece = {
  /** Bytes of a program's stream, either way. The number is the program's; the first is 1. */
  bytes: 0,
  /** A program has left; to the process. */
  left: 1,
  /** Call a method; to the process. The number is the call's; a pickle of its name and its arguments. */
  call: 2,
  /** Nobody wants the answer to a call any more; to the process. */
  cancel: 3,
  /** What a call has returned, as a pickle. */
  answer: 4,
  /** What it has thrown: a pickle of name, message and stack. */
  failure: 5,
  /** What a generator has yielded, as a pickle; its end is an answer. */
  item: 6,
  /** The actor has ended, and all programs have been told; the process waits to be ended. */
  over: 7,
  /** Ask another host; to this one. The number is the question's; what stands in host_ways.ts. */
  ask: 8,
  /** Another host is to forget a key, the text. */
  part: 9,
  /** The question is on its way. */
  asked: 10,
  /** Its answer. */
  news: 11,
  /** What a program's stream says from here on may speak of the actor of another host, whose id is the text. The number is the program's. */
  tell: 12,
  /** What a program is told is to wait, for it does not read; and to go on. */
  hold: 13,
  go: 14,
  /** What else the host is to do, a text, and what has come of it; the number is the wish's (host_ways.ts). */
  want: 15,
  got: 16,
} as const;

/** The number of the program that makes the actor. */
const MAKER = 1;
const HEAD = 12;
/** From so many bytes on, a piece is not copied to stand behind its head. */
const LARGE = 16 << 10;
const encoder = new TextEncoder();
const NOTHING = new Uint8Array();

/** Those who speak to one process. */
export class Sessions {
  readonly #thread: Thread;
  readonly #actor: ProcessActor;
  readonly #calls: OutsideCalls;
  readonly #ways: HostWays;
  readonly #sides = new Map<number, ProcessSide>();
  /** What waits to be told that it has left, for programs that do not read. */
  readonly #held = new Map<number, (() => void)[]>();
  /** Those who have come before the actor, and what they have sent. */
  readonly #early: (() => void)[] = [];
  #stream: ByteStream | undefined;
  /** What has come of a piece that is not whole. */
  #parts: Uint8Array[] = [];
  #length = 0;
  #wanted = HEAD;

  /**
   * @param thread The process's first thread.
   * @param actor What the process was started for.
   */
  constructor(thread: Thread, actor: ProcessActor) {
    this.#thread = thread;
    this.#actor = actor;
    this.#calls = new OutsideCalls(thread, {
      item: (number, pickle) => this.#write(Piece.item, number, pickle),
      answer: (number, pickle) => this.#write(Piece.answer, number, pickle),
      failure: (number, pickle) => this.#write(Piece.failure, number, pickle),
    });
    this.#ways = new HostWays(thread, actor, {
      ask: (number, question) => this.#write(Piece.ask, number, question),
      part: (key) => this.#write(Piece.part, 0, encoder.encode(key)),
      want: (number, words) => this.#write(Piece.want, number, words),
    });
    actor.ways = this.#ways;
    openNodeGateway(thread, actor, this.#ways);
    actor.onMade = () => queueMicrotask(() => this.#early.splice(0).forEach((take) => take()));
    // Behind what the sides have written.
    actor.onEnded = () => void setTimeout(() => this.#write(Piece.over, 0, NOTHING));
  }

  /** The stream is there. */
  open(stream: ByteStream): void {
    this.#stream = stream;
  }

  /** Bytes have come. */
  received(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#length < this.#wanted) return;
    let rest = joined(this.#parts);
    this.#wanted = HEAD;
    while (rest.length >= HEAD) {
      const view = new DataView(rest.buffer, rest.byteOffset, HEAD);
      this.#wanted = HEAD + view.getUint32(8, true);
      if (rest.length < this.#wanted) break;
      this.#take(view.getUint32(0, true), view.getUint32(4, true), rest.subarray(HEAD, this.#wanted));
      rest = rest.subarray(this.#wanted);
      this.#wanted = HEAD;
    }
    this.#parts = [rest];
    this.#length = rest.length;
  }

  #take(kind: number, number: number, bytes: Uint8Array): void {
    if (kind === Piece.asked) return this.#ways.asked(number);
    if (kind === Piece.hold) return void this.#held.set(number, []);
    if (kind === Piece.go) return this.#go(number);
    if (kind === Piece.got) return this.#ways.got(number, bytes);
    if (kind === Piece.news) return this.#ways.answered(number, bytes);
    const { cell } = this.#actor;
    if (cell === undefined && (kind === Piece.call || number !== MAKER)) {
      const kept = bytes.slice();
      this.#early.push(() => this.#take(kind, number, kept));
      return;
    }
    if (kind === Piece.call) return void this.#calls.take(cell!, number, bytes);
    if (kind === Piece.cancel) return this.#calls.cancel(number);
    if (kind === Piece.bytes) return this.#side(number).received(bytes);
    const side = this.#sides.get(number);
    this.#go(number);
    this.#sides.delete(number);
    if (side !== undefined) this.#actor.leave(side);
    // There will be none.
    if (cell === undefined) this.#write(Piece.over, 0, NOTHING);
  }

  #side(number: number): ProcessSide {
    let side = this.#sides.get(number);
    if (side === undefined) {
      const said = new Said();
      const introduce = (id: string, made?: Promise<unknown>): void =>
        said.next(() => this.#write(Piece.tell, number, encoder.encode(id)), made);
      side = new ProcessSide(this.#thread, this.#actor, introduce);
      this.#sides.set(number, side);
      side.open({
        write: (bytes, done) =>
          said.next(() => this.#write(Piece.bytes, number, bytes, () => this.#sent(number, done))),
      });
    }
    return side;
  }

  #sent(number: number, done: () => void): void {
    const held = this.#held.get(number);
    if (held === undefined) done();
    else held.push(done);
  }

  #go(number: number): void {
    const held = this.#held.get(number) ?? [];
    this.#held.delete(number);
    for (const done of held) done();
  }

  #write(kind: number, number: number, bytes: Uint8Array, done: () => void = () => {}): void {
    const head = new Uint8Array(HEAD);
    const view = new DataView(head.buffer);
    [kind, number, bytes.length].forEach((word, index) => view.setUint32(4 * index, word, true));
    if (bytes.length < LARGE) return this.#stream!.write(joined([head, bytes]), done);
    this.#stream!.write(head, () => {});
    this.#stream!.write(bytes, done);
  }
}

/** What one program is told, in order. */
class Said {
  #last: Promise<void> | undefined;

  /** Says the next, after what was said before, and not before `when`. */
  next(say: () => void, when?: Promise<unknown>): void {
    if (this.#last === undefined && when === undefined) return say();
    const last = Promise.all([this.#last, when]).then(say);
    this.#last = last;
    void last.then(() => {
      if (this.#last === last) this.#last = undefined;
    });
  }
}
