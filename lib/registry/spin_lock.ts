/**
 * A lock in shared memory for what takes a few microseconds. Whoever dies while it has the lock locks nobody out.
 *
 * @module
 */

import type { Board } from "../transport/board.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";

/** So often the lock is asked for before the thread sleeps in between. */
const SPINS = 200;
/** A sleep, in milliseconds. */
const PAUSE = 0.05;
/** A thread that was marked dead may run for a moment yet; so long it may keep the lock, in milliseconds. */
const GRACE = 20;
/** The bytes that a lock takes; it stands at a multiple of 8. */
export const LOCK_BYTES = 16;

/** One thread's view of a lock. */
export class SpinLock {
  /** Who has it: the number and the slot of a thread; 0 for nobody. */
  readonly #holder: BigInt64Array;
  /** Never written: what a pause waits for. */
  readonly #nothing: Int32Array;
  readonly #board: Board;
  readonly #mine: bigint;

  /**
   * @param memory The memory that it stands in.
   * @param at Where, in bytes.
   * @param board Says who lives.
   * @param self This thread.
   */
  constructor(memory: SharedArrayBuffer, at: number, board: Board, self: ThreadAddress) {
    this.#holder = new BigInt64Array(memory, at, 1);
    this.#nothing = new Int32Array(memory, at + 8, 1);
    this.#board = board;
    this.#mine = (BigInt(self.id) << 32n) | BigInt(self.slot);
  }

  /** Runs `work`, which MUST be short and MUST NOT wait, while nobody else has the lock. */
  hold<T>(work: () => T): T {
    this.acquire();
    try {
      return work();
    } finally {
      this.release();
    }
  }

  /** Takes the lock. */
  acquire(): void {
    let since = 0;
    let suspect = 0n;
    for (let tries = 0;; tries++) {
      const holder = Atomics.compareExchange(this.#holder, 0, 0n, this.#mine);
      if (holder === 0n) return;
      if (tries < SPINS) continue;
      if (this.#lives(holder)) suspect = 0n;
      else if (suspect !== holder) {
        suspect = holder;
        since = performance.now();
      } else if (performance.now() - since > GRACE) {
        if (Atomics.compareExchange(this.#holder, 0, holder, this.#mine) === holder) return;
      }
      Atomics.wait(this.#nothing, 0, 0, PAUSE);
    }
  }

  /** Gives the lock back, unless it was taken away. */
  release(): void {
    Atomics.compareExchange(this.#holder, 0, this.#mine, 0n);
  }

  #lives(holder: bigint): boolean {
    return this.#board.isAlive({ id: Number(holder >> 32n), slot: Number(holder & 0xffff_ffffn) });
  }
}
