/**
 * A thread's lookout: it looks at the rings that had something lately, so that their writers need not ring; and before the
 * thread parks it looks for a while, since a look costs a hundredth of a sleep.
 *
 * @module
 */

import type { Board } from "./board.ts";
import type { Link } from "./link.ts";
import type { ThreadAddress } from "./thread_address.ts";

/** Rings looked at, at most: an actor that is called by one thread and calls two others is served by looking alone. */
const MAX_WATCHED = 4;
/** How often a thread looks before it parks: longer than a sleeping thread takes to wake, some 150 to 200 µs. */
const ROUNDS = 5_000;
/** So much longer when looks have paid lately: as long as the other side may take over a batch of answers. */
const HOT = 4;
/** A look that pays saves two sleeps, one that does not costs some: so many of the one kind make up for one of the other. */
const MISS = 32;
/** What looks that paid can save up: so many in vain in a row are nothing to think of. */
const MAX_CREDIT = 16 * MISS;
/** With nothing saved up, so many waits go without a look, at most. */
const MAX_SKIPPED = 63;
/** Looking may have been as quick as a sleep of so many milliseconds: */
const SHORT_SLEEP = 0.15;
/** then so many waits less go without a look. Not all: where two threads share a core, it is the sleep that lets the other run. */
const HASTE = 4;

/** Tells the core that this is a loop that waits, where the runtime can. */
const pause: () => void = (Atomics as { pause?: () => void }).pause ?? (() => {});

/** One thread's lookout. */
export class Lookout {
  readonly #board: Board;
  readonly #self: ThreadAddress;
  /** True while the thread sleeps, or lets its event loop do so. */
  isParked = false;
  #watched: readonly Link[] = [];
  #bits = 0;
  #licensed = false;
  #credit = 0;
  #skip = 0;
  #misses = 0;
  #parkedAt = 0;

  /**
   * @param board The board.
   * @param self The thread.
   */
  constructor(board: Board, self: ThreadAddress) {
    this.#board = board;
    this.#self = self;
  }

  /** The links looked at. */
  get watched(): readonly Link[] {
    return this.#watched;
  }

  /** Looks at a link from now on, whose bit no other link has. Returns the one that it replaces, to be looked at once more. */
  add(link: Link): Link | undefined {
    if (this.#watched.includes(link)) return undefined;
    const isFull = this.#watched.length === MAX_WATCHED;
    const replaced = isFull ? this.#watched[0] : undefined;
    this.#set([...this.#watched.slice(isFull ? 1 : 0), link]);
    return replaced;
  }

  /** Looks at a link no more. True if it was looked at: then look once more. */
  remove(link: Link): boolean {
    if (!this.#watched.includes(link)) return false;
    this.#set(this.#watched.filter((other) => other !== link));
    return true;
  }

  #set(links: readonly Link[]): void {
    this.#watched = links;
    this.#bits = links.reduce((bits, link) => bits | link.bit, 0);
    if (!this.isParked) this.wake();
  }

  /** Says that the thread is awake. */
  wake(): void {
    if (this.isParked) {
      this.isParked = false;
      if (performance.now() - this.#parkedAt < SHORT_SLEEP) this.#skip = Math.max(0, this.#skip - HASTE);
    }
    this.#board.watch(this.#self, this.#bits);
  }

  /** Looks for a while, if that has paid lately. True if something came. */
  look(): boolean {
    if (this.#skip > 0) {
      this.#skip--;
      return false;
    }
    if (!this.#licensed && !(this.#licensed = this.#board.takeLicence())) return false;
    const isHot = this.#credit >= HOT * MISS;
    if (this.#see(isHot ? HOT * ROUNDS : ROUNDS)) {
      if (this.#credit < MAX_CREDIT) this.#credit++;
      this.#misses = 0;
      return true;
    }
    this.#credit -= isHot ? HOT * MISS : MISS;
    if (this.#credit >= 0) return false;
    this.#credit = 0;
    this.#skip = Math.min(2 ** this.#misses++ - 1, MAX_SKIPPED);
    return false;
  }

  #see(rounds: number): boolean {
    const links = this.#watched;
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < links.length; i++) if (links[i].seemsReady()) return true;
      if ((round & 15) === 0 && this.#board.isRung(this.#self)) return true;
      pause();
    }
    return false;
  }

  /** Says that the thread is about to sleep. False if something has come: then it must not. */
  park(): boolean {
    this.#returnLicence();
    if (this.#board.park(this.#self) && !this.#watched.some((link) => link.isReady)) {
      this.isParked = true;
      this.#parkedAt = performance.now();
      return true;
    }
    this.wake();
    return false;
  }

  /** Looks no more. */
  close(): void {
    this.#returnLicence();
  }

  #returnLicence(): void {
    if (!this.#licensed) return;
    this.#licensed = false;
    this.#board.returnLicence();
  }
}
