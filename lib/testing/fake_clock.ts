/**
 * Time by hand, for tests of what times out.
 *
 * @module
 */

import { afterIo } from "../base/platform.ts";
import { show } from "../define/show.ts";
import type { Clock } from "../base/clock.ts";
import { useClock } from "../runtime/current.ts";
import { ManualClock } from "./manual_clock.ts";

/** The clock of a `FakeClock`, which a schedule's is not. */
class FakeTime extends ManualClock {}

/**
 * Replaces the clock of this thread's runtime, whether it has begun or begins later, until it is disposed of: the timeouts of
 * `get`, `wait`, queues and pools pass when the test says so. Waits that have begun before keep the real clock; those that are
 * left at the end go on by it.
 *
 * Only the runtime's own timers: for `setTimeout` there is `FakeTime` of `@std/testing/time`. Blocking waits (`getSync`) and other
 * threads have their own time.
 *
 * @example A timeout without the wait
 * ```ts
 * import { Actor, get, GetTimeoutError, remote, shutdown } from "@manta/ray";
 * import { FakeClock } from "@manta/ray/testing";
 * import { assertRejects } from "@std/assert";
 *
 * @remote({ placement: "inline", module: import.meta.url })
 * class Sloth extends Actor {
 *   sleep(): Promise<void> {
 *     return new Promise(() => {});
 *   }
 * }
 *
 * {
 *   using clock = new FakeClock();
 *   const value = get(Sloth.remote().sleep.remote(), { timeout: 60_000 });
 *   const rejected = assertRejects(() => value, GetTimeoutError, "within 60000 ms");
 *   clock.tick(60_000);
 *   await rejected;
 * }
 * await shutdown();
 * ```
 */
export class FakeClock implements Disposable {
  readonly #time = new FakeTime();
  readonly #before: Clock;
  #isDisposed = false;

  /**
   * Stops the time.
   *
   * @throws {Error} If another one is in use.
   */
  constructor() {
    this.#before = useClock(this.#time);
    if (!(this.#before instanceof FakeTime)) return;
    useClock(this.#before);
    throw new Error("Cannot use a second FakeClock in this thread: one is in use, dispose of it first");
  }

  /** The time, in milliseconds since the epoch. */
  get now(): number {
    return this.#time.now();
  }

  /**
   * Lets time pass at once: the timers that are due run in their order. Code that awaits them goes on when the caller awaits.
   *
   * @param milliseconds How much.
   * @throws {RangeError} If that is negative or no number.
   */
  tick(milliseconds: number): void {
    const end = this.#endOf(milliseconds);
    while (this.#time.fire(end));
  }

  /**
   * The same; after each timer the code that awaits it goes on, and the timers that it sets run too if they are due.
   *
   * @param milliseconds How much.
   * @throws {RangeError} If that is negative or no number.
   */
  async tickAsync(milliseconds: number): Promise<void> {
    const end = this.#endOf(milliseconds);
    do await turn(); while (this.#time.fire(end));
    await turn();
  }

  /** Gives the runtime its clock back. Waits that are left go on by that. */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    useClock(this.#before);
    this.#time.letGo(this.#before);
  }

  #endOf(milliseconds: number): number {
    if (this.#isDisposed) throw new Error("Cannot let time pass: this FakeClock was disposed of");
    if (typeof milliseconds === "number" && milliseconds >= 0 && milliseconds !== Infinity) {
      return this.#time.now() + milliseconds;
    }
    throw new RangeError(
      `Cannot let ${show(milliseconds)} pass: expected milliseconds as a number from 0 on`,
    );
  }
}

/** Fulfilled when all code has gone on that could. */
function turn(): Promise<void> {
  return new Promise((resolve) => afterIo(resolve));
}
