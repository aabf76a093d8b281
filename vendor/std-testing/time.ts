// jsr:@std/testing/time for a checkout without JSR, on both runtimes. Not published.
import { install } from "@sinonjs/fake-timers";

const realSetTimeout = globalThis.setTimeout;

/** Puts `Date` and the timers under the test's control until {@linkcode FakeTime.restore}. */
export class FakeTime implements Disposable {
  readonly #clock: ReturnType<typeof install>;
  readonly start: number;

  constructor(start?: number | string | Date | null) {
    this.start = start === undefined || start === null ? Date.now() : new Date(start).getTime();
    if (Number.isNaN(this.start)) throw new TypeError(`Cannot fake time: "${start}" is not a date`);
    this.#clock = install({
      now: this.start,
      toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
    });
  }

  get now(): number {
    return this.#clock.now;
  }

  /** Runs every timer that is due within the next `ms`, one after the other. */
  tick(ms = 0): void {
    this.#clock.tick(ms);
  }

  /** As {@linkcode FakeTime.tick}, with room for promise callbacks before each timer and at the end. */
  async tickAsync(ms = 0): Promise<void> {
    await this.#clock.tickAsync(ms);
  }

  /** Goes to the next timer and runs it; false if there is none. */
  next(): boolean {
    if (this.#clock.countTimers() === 0) return false;
    this.#clock.next();
    return true;
  }

  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  runAll(): void {
    this.#clock.runAll();
  }

  async runAllAsync(): Promise<void> {
    await this.#clock.runAllAsync();
  }

  /** Lets pending promise callbacks run: one turn of the real event loop. */
  runMicrotasks(): Promise<void> {
    return new Promise((resolve) => realSetTimeout(resolve, 0));
  }

  restore(): void {
    this.#clock.uninstall();
  }

  [Symbol.dispose](): void {
    this.restore();
  }
}
