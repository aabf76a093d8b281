/**
 * A clock that stands still until it is told to go on.
 *
 * @module
 */

import { type Clock, systemClock } from "../base/clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  /** The timer in its place, once the clock goes on by itself. */
  successor?: unknown;
}

/** The runtime's clock, by hand. @internal */
export class ManualClock implements Clock {
  /** In the order of their making. */
  readonly #timers = new Set<Timer>();
  // Whole milliseconds, so that sums of them are exact.
  #now = Math.floor(systemClock.now());
  /** The clock that it follows since it was let go, and the time there at that moment. */
  #following: { clock: Clock; since: number } | undefined;

  /** {@inheritDoc Clock.now} */
  now(): number {
    const following = this.#following;
    return following === undefined ? this.#now : this.#now + following.clock.now() - following.since;
  }

  /** {@inheritDoc Clock.setTimer} */
  setTimer(callback: () => void, delay: number): unknown {
    if (this.#following !== undefined) return { successor: this.#following.clock.setTimer(callback, delay) };
    const timer: Timer = { at: this.#now + delay, callback };
    this.#timers.add(timer);
    return timer;
  }

  /** {@inheritDoc Clock.clearTimer} */
  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as Timer);
    const { successor } = timer as Timer;
    if (successor !== undefined) this.#following?.clock.clearTimer(successor);
  }

  /** Goes on to the first timer, not beyond `end`, and runs it. False if there is none; then the time is `end`. */
  fire(end: number): boolean {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
    if (first === undefined || first.at > end) {
      if (end !== Infinity) this.#now = end;
      return false;
    }
    this.#timers.delete(first);
    this.#now = Math.max(this.#now, first.at);
    first.callback();
    return true;
  }

  /** Goes on by itself from now on, as `clock` does; the timers too. */
  letGo(clock: Clock): void {
    if (this.#following !== undefined) return;
    this.#following = { clock, since: clock.now() };
    for (const timer of this.#timers) {
      timer.successor = clock.setTimer(timer.callback, Math.max(0, timer.at - this.#now));
    }
    this.#timers.clear();
  }
}
