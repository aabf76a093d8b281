/**
 * A crew: the threads of one threaded actor, and the memory through which callers and threads agree on who runs what. A
 * thread that is held by a sync method can pass nothing on; so callers take a free thread by themselves.
 *
 * The memory has a word for each thread that says who holds it, and a bit for each slot of the board whose thread waits.
 *
 * - A caller turns the word of a free thread from `FREE` into its own mark, and sends that thread one call. The thread turns
 *   it back when the call has ended: nobody else does.
 * - A caller that finds none free sets its bit, and looks once more. A thread that becomes free says so first, then takes all
 *   the bits there are and rings for each. One of the two sees the other. All who wait are woken, not one: the one might be
 *   held by a sync method of its own. Who loses sets its bit again; to set it twice is to set it once.
 * - A caller that dies between taking a thread and sending is found by the thread, when it hears of the death: it is held, no
 *   call has come, and what the dead one wrote has been read. A thread that was marked dead before it took one gives it back
 *   itself; it may be ended before it can, but then the bell rings once more when it is gone.
 * - A thread of the crew that dies ends the actor: words and bits are looked at no more.
 * - An actor that ends in order: whoever ends it writes down why, and then wakes all who wait and all of the crew. A caller looks
 *   there after it has taken a thread, and gives that back unused. A thread that is free takes itself, for good, and is counted;
 *   so is one whose call ends. When all are, one of them ends the actor.
 * - A thread that blocks until a call of its own crew runs says in which groups that waits: `crew_circle.ts` looks for circles.
 *
 * @module
 */

import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";
import type { Board } from "./board.ts";
import { SLOTS, VACANT_BIT } from "./board_layout.ts";
import type { ThreadAddress } from "./thread_address.ts";

/** The most threads that one actor can have. */
export const MAX_CREW = 64;

/** The threads of one actor. */
export interface CrewAddress {
  /** All of them, those of a group side by side; the first ones run what is in no group. */
  readonly members: readonly ThreadAddress[];
  /** Where each group begins among them, the default group first. */
  readonly starts: readonly number[];
  /** The memory that callers and threads share. */
  readonly memory: SharedArrayBuffer;
}

/** Why actors end in order. */
export const EXITED = "it has ended itself with exitActor()";
export const DISPOSED = "its handle was disposed of";
export const UNHELD = "nobody had a handle of it any more";

/** Why a crew does; the index is what its memory holds. */
const CREW_ENDS = ["", EXITED, DISPOSED, UNHELD] as const;

/** Why a crew ends in order. */
export type CrewEnd = Exclude<typeof CREW_ENDS[number], "">;

// The memory: 128 words of bits, a summary of them, how the crew ends, the holders, and what blocked threads wait for.
const SUMMARY = SLOTS / 32;
const END = SUMMARY + SUMMARY / 32;
/** How many threads take no more calls. */
const LEFT = END + 1;
const HOLDERS = SUMMARY + 16;

const FREE = -1;
/** Takes no more calls: the actor ends. */
const OUT = -2;
/** Held by nobody, and not free: its constructor has not run. */
const STARTING = 0;

const SLOT_BITS = Math.log2(SLOTS);
const ID_MASK = (1 << (31 - SLOT_BITS)) - 1;

/** Makes the memory of a crew. */
export function makeCrewMemory(members: number): SharedArrayBuffer {
  return new SharedArrayBuffer(sizeOf(members));
}

function sizeOf(members: number): number {
  return (HOLDERS + 2 * members) * 4;
}

/** One thread's view of a crew's memory. */
export class CrewMemory {
  readonly #board: Board;
  readonly #self: ThreadAddress;
  readonly #crew: CrewAddress;
  readonly #words: Int32Array;
  readonly #mark: number;

  /**
   * @param board The board.
   * @param self This thread.
   * @param crew The crew.
   */
  constructor(board: Board, self: ThreadAddress, crew: CrewAddress) {
    this.#board = board;
    this.#self = self;
    this.#crew = crew;
    this.#words = new Int32Array(crew.memory);
    this.#mark = ((self.id & ID_MASK) << SLOT_BITS) | self.slot;
  }

  /** True for a view of the same crew's. */
  isSame(other: CrewMemory): boolean {
    return other.#crew.members[0].id === this.#crew.members[0].id;
  }

  /** Takes a free thread of a group; -1 if there is none. The first ones come first: who ran last is awake. */
  take(group: number): number {
    const { starts, members } = this.#crew;
    const words = this.#words;
    const end = starts[group + 1] ?? members.length;
    for (let member = starts[group]; member < end; member++) {
      const at = HOLDERS + member;
      if (Atomics.load(words, at) !== FREE) continue;
      if (Atomics.compareExchange(words, at, FREE, this.#mark) !== FREE) continue;
      if (this.end === undefined && this.#board.isAlive(this.#self)) return member;
      this.give(member);
      return -1;
    }
    return -1;
  }

  /** Says that a thread is free, and wakes all who wait. */
  give(member: number): void {
    Atomics.store(this.#words, HOLDERS + member, FREE);
    this.#freed(member);
  }

  /** The same of a thread whose constructor has run; nothing if the crew has ended meanwhile. */
  join(member: number): void {
    if (Atomics.compareExchange(this.#words, HOLDERS + member, STARTING, FREE) === STARTING) {
      this.#freed(member);
    }
  }

  #freed(member: number): void {
    this.#ringWaiting();
    if (this.end !== undefined) this.#board.ringAt(this.#crew.members[member].slot, VACANT_BIT);
  }

  #ringWaiting(): void {
    const words = this.#words;
    for (let part = 0; part < SUMMARY / 32; part++) {
      if (Atomics.load(words, SUMMARY + part) === 0) continue;
      for (let rest = Atomics.exchange(words, SUMMARY + part, 0); rest !== 0; rest &= rest - 1) {
        this.#ringAll(part * 32 + indexOf(rest & -rest));
      }
    }
  }

  #ringAll(word: number): void {
    for (let rest = Atomics.exchange(this.#words, word, 0); rest !== 0; rest &= rest - 1) {
      this.#board.ringAt(word * 32 + indexOf(rest & -rest), VACANT_BIT);
    }
  }

  /** This thread wants to be woken when one of the crew is free. It MUST look once more after this. */
  register(): void {
    const { slot } = this.#self;
    const word = slot >> 5;
    Atomics.or(this.#words, word, 1 << (slot & 31));
    Atomics.or(this.#words, SUMMARY + (word >> 5), 1 << (word & 31));
  }

  /** Why the crew ends, if it does: it takes no more calls. */
  get end(): CrewEnd | undefined {
    return CREW_ENDS[Atomics.load(this.#words, END)] || undefined;
  }

  /** Ends the crew, in order. The first reason counts. True if none of its threads has begun, so that none will do the rest. */
  finish(end: CrewEnd): boolean {
    const words = this.#words;
    if (Atomics.compareExchange(words, END, 0, CREW_ENDS.indexOf(end)) !== 0) return false;
    const { members } = this.#crew;
    const unborn = members.filter((_, member) => this.#goes(member, STARTING)).length;
    this.#ringWaiting();
    for (const { slot } of members) this.#board.ringAt(slot, VACANT_BIT);
    return unborn === members.length;
  }

  /** A thread that is free, of a crew that ends, takes no more calls from now on. False if it is not free. */
  leave(member: number): boolean {
    return this.#goes(member, FREE);
  }

  #goes(member: number, from: number): boolean {
    if (Atomics.compareExchange(this.#words, HOLDERS + member, from, OUT) !== from) return false;
    Atomics.add(this.#words, LEFT, 1);
    return true;
  }

  /** True for one of the threads that have left, once all have. */
  isLast(): boolean {
    const { length } = this.#crew.members;
    return Atomics.compareExchange(this.#words, LEFT, length, length + 1) === length;
  }

  /** A thread of the crew blocks until one of these groups, a bit each, runs a call that waits; 0 if it does not. */
  block(member: number, groups: number): void {
    Atomics.store(this.#words, this.#blockedAt(member), groups);
  }

  /** For what each thread of the crew blocks, in that way. */
  blocked(): number[] {
    return this.#crew.members.map((_, member) => Atomics.load(this.#words, this.#blockedAt(member)));
  }

  #blockedAt(member: number): number {
    return HOLDERS + this.#crew.members.length + member;
  }

  /** True if whoever holds a thread has died. */
  isAbandoned(member: number): boolean {
    const holder = Atomics.load(this.#words, HOLDERS + member);
    if (holder === FREE || holder === STARTING || holder === OUT) return false;
    const owner = this.#board.ownerOf(holder & (SLOTS - 1));
    return owner <= 0 || (owner & ID_MASK) !== holder >>> SLOT_BITS;
  }
}

function indexOf(bit: number): number {
  return 31 - Math.clz32(bit);
}

/** Writes a crew, whose memory goes beside the frame, at that position. */
export function writeCrew(writer: Writer, { members, starts }: CrewAddress, aside: number): void {
  writer.varint(members.length);
  for (const { id, slot } of members) {
    writer.u32(id);
    writer.u32(slot);
  }
  writer.varint(starts.length);
  for (const start of starts) writer.varint(start);
  writer.varint(aside);
}

/** Reads a crew; `aside` gives what came beside the frame. */
export function readCrew(reader: Reader, aside: (index: number) => unknown): CrewAddress {
  const members = Array.from({ length: reader.count(8) }, () => ({ id: reader.u32(), slot: reader.u32() }));
  const starts = Array.from({ length: reader.count(1) }, () => reader.varint());
  const memory = aside(reader.varint());
  const isRight = members.length > 0 && members.length <= MAX_CREW && starts[0] === 0 &&
    members.every(({ slot }) => slot < SLOTS) &&
    starts.every((start, i) => start < (starts[i + 1] ?? members.length)) &&
    memory instanceof SharedArrayBuffer && memory.byteLength === sizeOf(members.length);
  if (!isRight) throw new CorruptFrameError("a crew that cannot be");
  return { members, starts, memory };
}
