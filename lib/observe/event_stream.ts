/**
 * One reader's events: kept until they are read, up to a limit.
 *
 * @module
 */

import type { RayEvent, RayEventType } from "./events.ts";

/** So many events wait for a reader; then the oldest are given up. */
export const MAX_UNREAD_EVENTS = 10_000;

type Result = IteratorResult<RayEvent, undefined>;

/** An iterator over events. It ends with `return()`, with its owner, or by `end`. */
export class EventStream implements AsyncIterableIterator<RayEvent, undefined> {
  readonly #kinds: ReadonlySet<RayEventType> | undefined;
  readonly #onEnd: (stream: EventStream) => void;
  #buffer: RayEvent[] = [];
  #head = 0;
  #dropped = 0;
  #waiting: ((result: Result) => void)[] = [];
  #isOver = false;

  /**
   * @param kinds Which events; all unless given.
   * @param onEnd Told once when it ends.
   */
  constructor(kinds: ReadonlySet<RayEventType> | undefined, onEnd: (stream: EventStream) => void) {
    this.#kinds = kinds;
    this.#onEnd = onEnd;
  }

  /** Takes an event. */
  push(event: RayEvent): void {
    if (this.#isOver || this.#kinds?.has(event.type) === false) return;
    const reader = this.#waiting.shift();
    if (reader !== undefined) return reader({ done: false, value: event });
    this.#buffer.push(event);
    if (this.#buffer.length - this.#head > MAX_UNREAD_EVENTS) {
      this.#head++;
      this.#dropped++;
    }
    if (this.#head < MAX_UNREAD_EVENTS) return;
    this.#buffer.splice(0, this.#head);
    this.#head = 0;
  }

  /** The next event. */
  next(): Promise<Result> {
    const value = this.#take();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the iterator; what is unread is forgotten. */
  return(): Promise<Result> {
    this.#buffer = [];
    this.#head = this.#dropped = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** No more events come; those that are there can be read. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const reader of this.#waiting.splice(0)) reader({ done: true, value: undefined });
    this.#onEnd(this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): RayEvent | undefined {
    const first = this.#buffer[this.#head];
    if (first === undefined) return undefined;
    if (this.#dropped > 0) {
      const count = this.#dropped;
      this.#dropped = 0;
      // In the place, and at the time, of what is missing.
      return { type: "events-dropped", time: first.time, thread: first.thread, count };
    }
    this.#head++;
    return first;
  }
}
