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

// The memory: 128 words of bits, a summary of them, and the holders.
const SUMMARY = SLOTS / 32;
const HOLDERS = SUMMARY + 16;

const FREE = -1;
/** Held by nobody, and not free: its constructor has not run. */
const STARTING = 0;

const SLOT_BITS = Math.log2(SLOTS);
const ID_MASK = (1 << (31 - SLOT_BITS)) - 1;

/** Makes the memory of a crew. */
export function makeCrewMemory(members: number): SharedArrayBuffer {
  return new SharedArrayBuffer((HOLDERS + members) * 4);
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

  /** Takes a free thread of a group; -1 if there is none. The first ones come first: who ran last is awake. */
  take(group: number): number {
    const { starts, members } = this.#crew;
    const words = this.#words;
    const end = starts[group + 1] ?? members.length;
    for (let member = starts[group]; member < end; member++) {
      const at = HOLDERS + member;
      if (Atomics.load(words, at) !== FREE) continue;
      if (Atomics.compareExchange(words, at, FREE, this.#mark) !== FREE) continue;
      if (this.#board.isAlive(this.#self)) return member;
      this.give(member);
      return -1;
    }
    return -1;
  }

  /** Says that a thread is free, and wakes all who wait. */
  give(member: number): void {
    const words = this.#words;
    Atomics.store(words, HOLDERS + member, FREE);
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

  /** True if whoever holds a thread has died. */
  isAbandoned(member: number): boolean {
    const holder = Atomics.load(this.#words, HOLDERS + member);
    if (holder === FREE || holder === STARTING) return false;
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
    memory instanceof SharedArrayBuffer && memory.byteLength === (HOLDERS + members.length) * 4;
  if (!isRight) throw new CorruptFrameError("a crew that cannot be");
  return { members, starts, memory };
}
