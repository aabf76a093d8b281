/**
 * The board: one `SharedArrayBuffer` that every thread of a program sees, with a slot for each thread. A slot holds the
 * thread's doorbell, whether it lives, why it ended, and what it is busy with, so that anyone can wake anyone, and learn
 * of anyone's death, without a message and without an event loop.
 *
 * @module
 */

import {
  BEGUN,
  BELL,
  boardLayout,
  BRIDGE,
  BUSY_ACTOR,
  BUSY_METHOD,
  BUSY_SINCE,
  CORES,
  DEATH_BIT,
  ENDING,
  GONE,
  HEAD_WORDS,
  HIGH_SLOT,
  LAST_LINK,
  LOOKERS,
  NOTE,
  NOTE_BYTES,
  NOTE_LENGTH,
  OBSERVED,
  OWNER,
  PARENT,
  PARENT_SLOT,
  PARKED,
  RUNNING,
  SLOT_WORDS,
  SLOTS,
  STATE,
} from "./board_layout.ts";
import { BusySlot } from "./busy_slot.ts";
import { Bridged, type BridgeKind, claimSlot, findSlot } from "./claim_slot.ts";
import { type Activity, type DeathNote, DRIVER, endings, type ThreadAddress } from "./thread_address.ts";

/** One view of the board; each thread makes its own over the same memory. */
export class Board {
  /** The memory, to hand to another thread. */
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #bytes: Uint8Array;

  /** @param memory The memory of an existing board; without it, a new one is made for `cores` cores. */
  constructor(memory?: SharedArrayBuffer, cores = 1) {
    // Behind the slots stands the table of the pool's threads: see `PoolTable`.
    this.memory = memory ?? new SharedArrayBuffer((boardLayout.words + SLOTS) * 4);
    this.#words = new Int32Array(this.memory);
    this.#floats = new Float64Array(this.memory);
    this.#bytes = new Uint8Array(this.memory);
    if (memory === undefined) this.#words[CORES] = cores;
  }

  /** Whether a thread passes on what comes to it to another process. */
  bridgeOf(thread: ThreadAddress): BridgeKind {
    return this.#words[this.#at(thread) + BRIDGE] as BridgeKind;
  }

  /** A thread that is alive, by its number. */
  find(id: number): ThreadAddress | undefined {
    return findSlot(this.#words, id);
  }

  /** Takes a slot for a new thread. Dead slots are used again only after all others. */
  claim(parent: ThreadAddress | undefined, bridge: BridgeKind = Bridged.none): ThreadAddress {
    return claimSlot(this.#words, parent, bridge);
  }

  /** Puts a thread below the driver: from now on it outlives the thread that made it, unless that has died already. */
  detach(thread: ThreadAddress): void {
    Atomics.store(this.#words, this.#at(thread) + PARENT, DRIVER);
  }

  /** A number for a new link, which both of its ends use to ring for it. */
  nextLink(): number {
    return Atomics.add(this.#words, LAST_LINK, 1) >>> 0;
  }

  /** True while that thread has not been marked dead. */
  isAlive(thread: ThreadAddress): boolean {
    return Atomics.load(this.#words, this.#at(thread) + OWNER) === thread.id;
  }

  /** The number of the thread that lives in a slot; not above 0 if none does. */
  ownerOf(slot: number): number {
    return Atomics.load(this.#words, HEAD_WORDS + slot * SLOT_WORDS + OWNER);
  }

  /** Wakes a thread, telling it where to look. */
  ring(thread: ThreadAddress, bits: number): void {
    this.#ringSlot(this.#at(thread), bits);
  }

  /** Says that a thread, whose module is loaded, takes what comes from now on. */
  begin(thread: ThreadAddress): void {
    Atomics.store(this.#words, this.#at(thread) + BEGUN, 1);
  }

  /** True once a thread takes what comes. */
  hasBegun(thread: ThreadAddress): boolean {
    return Atomics.load(this.#words, this.#at(thread) + BEGUN) === 1;
  }

  /** Tells a thread of words in the ring of a link, unless it looks there by itself. */
  ringLink(thread: ThreadAddress, bit: number): void {
    const at = this.#at(thread);
    if ((Atomics.load(this.#words, at + STATE) & bit) === 0) this.#ringSlot(at, bit);
  }

  /** Wakes whichever thread has a slot. */
  ringAt(slot: number, bits: number): void {
    this.#ringSlot(HEAD_WORDS + slot * SLOT_WORDS, bits);
  }

  #ringSlot(at: number, bits: number): void {
    const words = this.#words;
    Atomics.or(words, at + BELL, bits);
    if (
      Atomics.load(words, at + STATE) === PARKED &&
      Atomics.compareExchange(words, at + STATE, PARKED, 0) === PARKED
    ) {
      Atomics.notify(words, at + STATE);
    }
  }

  /** True if the bell seems to have been rung. */
  isRung(thread: ThreadAddress): boolean {
    return Atomics.load(this.#words, this.#at(thread) + BELL) !== 0;
  }

  /** True if some seem to have been rung for: the cheapest look. */
  hasBits(thread: ThreadAddress): boolean {
    return this.#words[this.#at(thread) + BELL] !== 0;
  }

  /** The bits rung for since the last time, which are cleared; 0 for none. */
  takeBits(thread: ThreadAddress): number {
    const at = this.#at(thread) + BELL;
    // A plain look first: a bit that it misses is found by the next one, and by `park` at the latest.
    return this.#words[at] === 0 ? 0 : Atomics.exchange(this.#words, at, 0);
  }

  /**
   * Says that the thread is about to sleep. False if the bell has been rung meanwhile: then it must not. Nor must it if there
   * is something in the rings that it has looked at by itself, where nobody rang before this call.
   */
  park(thread: ThreadAddress): boolean {
    const at = this.#at(thread);
    Atomics.store(this.#words, at + STATE, PARKED);
    return Atomics.load(this.#words, at + BELL) === 0;
  }

  /**
   * Says that the thread is awake, so that nobody pays for waking it, and looks by itself at the rings of the links with
   * these bits. Of those that it looked at before, it MUST look at each once more.
   */
  watch(thread: ThreadAddress, bits: number): void {
    Atomics.store(this.#words, this.#at(thread) + STATE, bits);
  }

  /** Blocks a parked thread until its bell rings, or for `timeout` milliseconds. */
  sleep(thread: ThreadAddress, timeout: number): void {
    Atomics.wait(this.#words, this.#at(thread) + STATE, PARKED, timeout);
  }

  /** The bell as a promise, for a thread with an event loop; `undefined` if it has rung already. */
  sleepAsync(thread: ThreadAddress): Promise<unknown> | undefined {
    const result = Atomics.waitAsync(this.#words, this.#at(thread) + STATE, PARKED);
    return result.async ? result.value : undefined;
  }

  /** Takes a licence to look before parking; there are as many as cores. */
  takeLicence(): boolean {
    const words = this.#words;
    if (Atomics.add(words, LOOKERS, 1) < words[CORES]) return true;
    Atomics.sub(words, LOOKERS, 1);
    return false;
  }

  /** Gives a licence back. */
  returnLicence(): void {
    Atomics.sub(this.#words, LOOKERS, 1);
  }

  /** Marks a thread dead, and all threads below it, and wakes everyone. The first note holds. */
  markDead(thread: ThreadAddress, note: DeathNote): void {
    if (!this.#mark(thread, note)) return;
    this.#eachLiving((child, parent) => {
      if (parent === 0 || this.#lives(child)) return;
      this.#mark(child, { ending: "owner ended", text: "" });
      // Who would see its end has ended.
      this.markGone(child);
    });
    this.#eachLiving((_, __, at) => this.#ringSlot(at, DEATH_BIT));
  }

  /** Says that a dead thread's memory and file handles are free as well. */
  markGone(thread: ThreadAddress): void {
    const at = this.#at(thread);
    if (Atomics.load(this.#words, at + OWNER) !== -thread.id) return;
    Atomics.store(this.#words, at + GONE, 1);
    this.#eachLiving((_, __, other) => this.#ringSlot(other, DEATH_BIT));
  }

  /** True once the thread has really ended, or its slot is in use again. */
  isGone(thread: ThreadAddress): boolean {
    const at = this.#at(thread);
    const owner = Atomics.load(this.#words, at + OWNER);
    if (owner === thread.id) return false;
    return owner !== -thread.id || Atomics.load(this.#words, at + GONE) === 1;
  }

  /** Why a thread ended. */
  deathNote(thread: ThreadAddress): DeathNote {
    const [at, words] = [this.#at(thread), this.#words];
    if (Atomics.load(words, at + OWNER) !== -thread.id) return { ending: "unknown", text: "" };
    const start = (at + NOTE) * 4;
    // TextDecoder refuses shared memory: slice() copies.
    const text = new TextDecoder().decode(this.#bytes.slice(start, start + words[at + NOTE_LENGTH]));
    return { ending: endings[words[at + ENDING]] ?? "unknown", text };
  }

  /** True while somebody looks at the program's calls. */
  get isObserved(): boolean {
    return Atomics.load(this.#words, OBSERVED) === 1;
  }

  /** Says whether somebody does; all threads look soon. */
  setObserved(isObserved: boolean): void {
    Atomics.store(this.#words, OBSERVED, isObserved ? 1 : 0);
    this.#eachLiving((_, __, at) => this.#ringSlot(at, DEATH_BIT));
  }

  /** Where a thread says what it is doing. */
  busySlot(thread: ThreadAddress): BusySlot {
    return new BusySlot(this.#words, this.#floats, this.#at(thread));
  }

  /** What a thread is doing, as it last said. */
  activity(thread: ThreadAddress): Activity {
    const at = this.#at(thread);
    return {
      actor: this.#words[at + BUSY_ACTOR],
      method: this.#words[at + BUSY_METHOD],
      since: this.#floats[(at + BUSY_SINCE) >> 1],
      running: this.#words[at + RUNNING],
    };
  }

  #at(thread: ThreadAddress): number {
    return HEAD_WORDS + thread.slot * SLOT_WORDS;
  }

  /** Writes the note and turns the owner negative, unless somebody did so before. */
  #mark(thread: ThreadAddress, note: DeathNote): boolean {
    const words = this.#words;
    const at = this.#at(thread);
    if (Atomics.load(words, at + OWNER) !== thread.id) return false;
    if (Atomics.compareExchange(words, at + ENDING, 0, endings.indexOf(note.ending)) !== 0) return false;
    const text = new TextEncoder().encode(note.text).subarray(0, NOTE_BYTES);
    this.#bytes.set(text, (at + NOTE) * 4);
    words[at + NOTE_LENGTH] = text.length;
    Atomics.store(words, at + OWNER, -thread.id);
    // Nobody terminates a bridge: it ends its process, and then itself.
    if (words[at + BRIDGE] !== Bridged.none) this.#ringSlot(at, DEATH_BIT);
    return true;
  }

  /** True if a living thread's ancestors all live. */
  #lives(thread: ThreadAddress): boolean {
    const words = this.#words;
    for (let at = this.#at(thread);;) {
      const id = Atomics.load(words, at + PARENT);
      if (id === 0) return true;
      // The driver is the first to claim a slot, so that it is one store to put a thread below it.
      const parent = { id, slot: id === DRIVER ? DRIVER % SLOTS : words[at + PARENT_SLOT] };
      if (!this.isAlive(parent)) return false;
      at = this.#at(parent);
    }
  }

  #eachLiving(visit: (thread: ThreadAddress, parent: number, at: number) => void): void {
    const high = Atomics.load(this.#words, HIGH_SLOT);
    for (let slot = 0; slot < high; slot++) {
      const at = HEAD_WORDS + slot * SLOT_WORDS;
      const id = Atomics.load(this.#words, at + OWNER);
      if (id > 0) visit({ id, slot }, this.#words[at + PARENT], at);
    }
  }
}
