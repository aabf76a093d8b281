/**
 * The pool of workers that remote functions run on: kept by the driver, lent to whoever has tasks.
 *
 * @module
 */

import type { PeerLink } from "../transport/peer.ts";

/** Who borrows workers. */
export interface Borrower {
  /** The thread's number. */
  readonly thread: number;
  /** Takes a worker that is lent. */
  lent(worker: PeerLink): void;
}

/** Starts and ends the pool's workers. */
export interface WorkerSource {
  /** Starts a worker. */
  start(): PeerLink;
  /** Ends one. */
  end(worker: PeerLink): void;
}

/** Lends workers. */
export class TaskPool {
  readonly #source: WorkerSource;
  readonly #size: number;
  readonly #driver: number;
  readonly #workers = new Map<number, PeerLink>();
  readonly #idle: PeerLink[] = [];
  /** Who has which worker. */
  readonly #lent = new Map<number, number>();
  readonly #waiting: Borrower[] = [];
  #isClosed = false;

  /**
   * @param source Starts and ends workers.
   * @param size How many there are, unless nested tasks need more.
   * @param driver The number of the driver's thread.
   */
  constructor(source: WorkerSource, size: number, driver: number) {
    this.#source = source;
    this.#size = size;
    this.#driver = driver;
  }

  /** Lends a worker: now, or when one is given back. */
  borrow(borrower: Borrower): void {
    this.#waiting.push(borrower);
    this.#serve();
  }

  /** A worker is given back. */
  giveBack(thread: number): void {
    const worker = this.#workers.get(thread);
    this.#lent.delete(thread);
    if (worker === undefined) return;
    if (this.#workers.size > this.#size && this.#waiting.length === 0) {
      this.#workers.delete(thread);
      this.#source.end(worker);
    } else this.#idle.push(worker);
    this.#serve();
  }

  /** A thread has died: it may have been a worker, or had some. Those it had are ended, for nobody knows what they do. */
  died(thread: number): void {
    this.#workers.delete(thread);
    this.#lent.delete(thread);
    const idle = this.#idle.findIndex((worker) => worker.peer.id === thread);
    if (idle >= 0) this.#idle.splice(idle, 1);
    for (let i = this.#waiting.length - 1; i >= 0; i--) {
      if (this.#waiting[i].thread === thread) this.#waiting.splice(i, 1);
    }
    for (const [worker, borrower] of [...this.#lent]) {
      if (borrower !== thread) continue;
      this.#lent.delete(worker);
      const link = this.#workers.get(worker);
      this.#workers.delete(worker);
      if (link !== undefined) this.#source.end(link);
    }
    this.#serve();
  }

  /** Lends nothing any more, and starts no worker. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  #serve(): void {
    while (!this.#isClosed && this.#waiting.length > 0) {
      const worker = this.#idle.pop() ?? this.#startFor(this.#waiting);
      if (worker === undefined) return;
      const borrower = this.#waiting.shift()!;
      this.#lent.set(worker.peer.id, borrower.thread);
      borrower.lent(worker);
    }
  }

  /**
   * A new worker, if there may be one. Beyond the pool's size there is one for a worker or an actor that has none: its task
   * may be what all others wait for.
   */
  #startFor(waiting: Borrower[]): PeerLink | undefined {
    if (this.#workers.size >= this.#size) {
      const holders = new Set(this.#lent.values());
      const needy = waiting.findIndex(({ thread }) => thread !== this.#driver && !holders.has(thread));
      if (needy < 0) return undefined;
      waiting.unshift(...waiting.splice(needy, 1));
    }
    const worker = this.#source.start();
    this.#workers.set(worker.peer.id, worker);
    return worker;
  }
}
