/**
 * The actor behind a queue: the items, and who waits for one or for room.
 *
 * @module
 */

import { runtimeContext } from "../api/context.ts";
import { remote } from "../api/remote.ts";
import { refOwner } from "../base/ids.ts";
import { Queue } from "../exec/queue.ts";
import { currentThread } from "../runtime/current.ts";

/** An item as it travels: in an array, so that a ref stays one. @internal */
export type Box = [item: unknown];

/** Calls in progress, that is, waits: without limit, for a call that is held back could be what ends them. */
const UNLIMITED = 2 ** 32 - 1;
/** From so many waits on, those of dead threads are looked for. */
const SWEEP_FROM = 64;

/** Somebody who waits. */
interface Waiter {
  /** What is to be put; `undefined` for who waits to get. */
  readonly box: Box | undefined;
  /** Ends the wait: with an item, with `[]` for one that was put, or with `null` for nothing. */
  readonly end: (outcome: Box | [] | null) => void;
}

/** Waits in the order of their beginnings, by their numbers. */
class Waiters {
  readonly #waiters = new Map<number, Waiter>();
  #sweepAt = SWEEP_FROM;

  /** How many there are; the dead are no waiters. */
  get size(): number {
    this.#sweep();
    return this.#waiters.size;
  }

  /** Waits from now on. */
  add(wait: number, box?: Box): Promise<Box | [] | null> {
    if (this.#waiters.size >= this.#sweepAt) {
      this.#sweep();
      this.#sweepAt = Math.max(SWEEP_FROM, 2 * this.#waiters.size);
    }
    const { signal } = runtimeContext();
    signal.addEventListener("abort", () => this.withdraw(wait), { once: true });
    return new Promise((end) => this.#waiters.set(wait, { box, end }));
  }

  /** Ends a wait with nothing, if it goes on. */
  withdraw(wait: number): void {
    const waiter = this.#waiters.get(wait);
    this.#waiters.delete(wait);
    waiter?.end(null);
  }

  /** Takes the first who waits in a thread that lives. */
  shift(): Waiter | undefined {
    for (const [wait, waiter] of this.#waiters) {
      if (!isAlive(wait)) {
        this.withdraw(wait);
        continue;
      }
      this.#waiters.delete(wait);
      return waiter;
    }
    return undefined;
  }

  #sweep(): void {
    for (const wait of this.#waiters.keys()) if (!isAlive(wait)) this.withdraw(wait);
  }
}

/** True if the thread lives that a wait is of. The number tells it, as that of a ref does. */
function isAlive(wait: number): boolean {
  const thread = currentThread();
  const id = refOwner(wait);
  if (thread === undefined || id === thread.self.id) return true;
  // Its calls came over a link.
  const link = thread.peers.find(id);
  return link !== undefined && thread.board.isAlive(link.peer);
}

/**
 * Holds the items of one queue. No two of these are ever so: items and room for waiting putters, items and waiting getters.
 * @internal
 */
export class QueueActor {
  readonly #maxSize: number;
  readonly #items = new Queue<Box>();
  readonly #getters = new Waiters();
  readonly #putters = new Waiters();
  #onIdle: (() => void)[] = [];

  constructor(maxSize: number) {
    this.#maxSize = maxSize === 0 ? Infinity : maxSize;
  }

  /** The next item: now, or when there is one; `null` if the wait is withdrawn before. */
  get(wait: number): Box | Promise<Box | [] | null> {
    return this.take() ?? this.#getters.add(wait);
  }

  /** The next item, if there is one. */
  take(): Box | null {
    if (this.size() === 0) return null;
    return this.#shift();
  }

  /** The next items, if there are so many. */
  takeAll(count: number): Box[] | number {
    const size = this.size();
    return count > size ? size : Array.from({ length: count }, () => this.#shift());
  }

  /** Adds an item: now, or when there is room; `null` if the wait is withdrawn before. */
  put(wait: number, box: Box): [] | Promise<Box | [] | null> {
    return this.add([box]) === true ? [] : this.#putters.add(wait, box);
  }

  /** Adds items, if there is room for all; else says how many there are. */
  add(boxes: readonly Box[]): true | number {
    const size = this.size();
    if (boxes.length > this.#maxSize - size) return size;
    for (const box of boxes) this.#push(box);
    return true;
  }

  /** Ends a wait with nothing. */
  withdraw(wait: number): void {
    this.#getters.withdraw(wait);
    this.#putters.withdraw(wait);
    this.#ended();
  }

  /** The number of items. */
  size(): number {
    return this.#items.length;
  }

  /** True if there is no room. */
  isFull(): boolean {
    return this.size() >= this.#maxSize;
  }

  /** Fulfilled when nobody waits. That it is async makes all of this an async actor. */
  async idle(): Promise<void> {
    if (this.#waiting > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #push(box: Box): void {
    const getter = this.#getters.shift();
    if (getter === undefined) this.#items.push(box);
    else {
      getter.end(box);
      this.#ended();
    }
  }

  #shift(): Box {
    const box = this.#items.shift()!;
    const putter = this.#putters.shift();
    if (putter !== undefined) {
      this.#items.push(putter.box!);
      putter.end([]);
      this.#ended();
    }
    return box;
  }

  get #waiting(): number {
    return this.#getters.size + this.#putters.size;
  }

  /** A wait has ended. */
  #ended(): void {
    if (this.#onIdle.length === 0 || this.#waiting > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}

/**
 * Never called. It makes what the worker loads a part of the program's module graph, so that it is fetched with the rest.
 * @internal
 */
export const workerInGraph = (): Promise<unknown> => import("./queue_worker.ts");

remote(QueueActor, {
  maxConcurrency: UNLIMITED,
  module: new URL("./queue_worker.ts", import.meta.url).href,
});
