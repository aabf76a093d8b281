/**
 * Restarts that wait until threads have ended. A dead thread takes memory until it has really ended; where ends are slower than
 * deaths (a worker of Bun's takes seconds on a busy machine), restarts without limit would pile threads up.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";

/** While so many threads that were replaced have not ended, the next restart waits. */
export const MAX_ENDING = 8;
/** A thread that has not ended so many milliseconds after its death may never do: no restart waits for it. */
export const ENDING_PATIENCE = 10_000;

interface DeadThread {
  readonly thread: ThreadAddress;
  /** When it is given up. */
  readonly until: number;
}

/** The restarts of the actors that one thread has made. */
export class RestartQueue {
  readonly #isGone: (thread: ThreadAddress) => boolean;
  readonly #clock: Clock;
  /** Threads that were replaced. */
  #ending: DeadThread[] = [];
  readonly #waiting: { readonly dead: DeadThread; readonly id: string; readonly start: () => void }[] = [];
  #isBlocked = false;
  #timer: unknown;

  /**
   * @param isGone Tells whether a dead thread has ended.
   * @param clock The clock.
   */
  constructor(isGone: (thread: ThreadAddress) => boolean, clock: Clock) {
    this.#isGone = isGone;
    this.#clock = clock;
  }

  /** A thread has died: `start` replaces it for the actor `id`, now or when there is room. It MUST NOT throw. */
  add(thread: ThreadAddress, id: string, start: () => void): void {
    this.#waiting.push({ dead: { thread, until: this.#clock.now() + ENDING_PATIENCE }, id, start });
    this.proceed();
  }

  /** Threads may have ended: starts what there is room for. */
  proceed(): void {
    const now = this.#clock.now();
    const takesRoom = ({ thread, until }: DeadThread): boolean => now < until && !this.#isGone(thread);
    this.#ending = this.#ending.filter(takesRoom);
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      // Many actors may have lived there.
      const isEnding = takesRoom(next.dead) && !this.#isCounted(next.dead);
      if (isEnding && this.#ending.length >= MAX_ENDING && !this.#isBlocked) break;
      this.#waiting.shift();
      if (isEnding) this.#ending.push(next.dead);
      next.start();
    }
    this.#arm(now);
  }

  /** True while something waits. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * Says whether the thread blocks: then it hears of no thread's end, and no restart waits for one. Returns what was said before.
   */
  blocked(isBlocked: boolean): boolean {
    const before = this.#isBlocked;
    this.#isBlocked = isBlocked;
    if (isBlocked && this.isWaiting) this.proceed();
    return before;
  }

  /** The actor `id` does not start again. */
  withdraw(id: string): void {
    const index = this.#waiting.findIndex((waiting) => waiting.id === id);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    if (!this.isWaiting) this.#disarm();
  }

  /** The runtime ends: nothing starts again. */
  close(): void {
    this.#waiting.length = 0;
    this.#disarm();
  }

  #isCounted({ thread }: DeadThread): boolean {
    return this.#ending.some((dead) => dead.thread.id === thread.id);
  }

  /** Sees to it that a thread that never ends is given up. */
  #arm(now: number): void {
    this.#disarm();
    if (!this.isWaiting) return;
    const first = Math.min(...this.#ending.map(({ until }) => until));
    this.#timer = this.#clock.setTimer(() => this.proceed(), first - now);
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
