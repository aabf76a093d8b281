/**
 * Who waits here until a dead thread has really ended.
 *
 * @module
 */

import type { Board } from "../transport/board.ts";
import type { Loop } from "../transport/loop.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";

/** The waits of one thread. */
export class DeathWatch {
  readonly #board: Board;
  readonly #loop: Loop;
  readonly #checks = new Set<() => void>();
  #isClosed = false;

  /**
   * @param board The board.
   * @param loop The thread's loop.
   */
  constructor(board: Board, loop: Loop) {
    this.#board = board;
    this.#loop = loop;
  }

  /** Fulfilled when a thread is dead, though it may not have ended. */
  untilDead(address: ThreadAddress): Promise<void> {
    return this.#until(() => !this.#board.isAlive(address));
  }

  /** Fulfilled when a dead thread has really ended. */
  untilGone(address: ThreadAddress): Promise<void> {
    return this.#until(() => this.#board.isGone(address));
  }

  async #until(isSo: () => boolean): Promise<void> {
    this.#loop.wait(1);
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (!this.#isClosed && !isSo()) return;
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
    this.#loop.wait(-1);
  }

  /** Some thread has died, or has really ended. */
  look(): void {
    for (const check of this.#checks) check();
  }

  /** Nobody rings for a closed thread: `shutdown` waits for the workers that were waited for. */
  close(): void {
    this.#isClosed = true;
    this.look();
  }
}
