/**
 * The pool of workers that remote functions run on: kept by the driver, lent to whoever has tasks and the resources for them.
 *
 * @module
 */

import type { Demand } from "../define/demand.ts";
import type { Claim, Ledger } from "../registry/ledger.ts";
import type { PeerLink } from "../transport/peer.ts";
import { DRIVER } from "../transport/thread_address.ts";

/** Who borrows workers. */
export interface Borrower {
  /** The thread's number. */
  readonly thread: number;
  /** Its number for this wish. */
  readonly request: number;
  /** What each task needs that is to run on the worker. */
  readonly demand: Demand;
  /** Takes a worker that is lent. */
  lent(worker: PeerLink): void;
}

/** Lends workers to whoever has tasks. */
export interface WorkerPool {
  /** Lends a worker: now, or when there is one, and what its tasks need. */
  borrow(borrower: Borrower): void;
  /** A thread does not wait any more. */
  withdraw(thread: number, request: number): void;
  /** A worker is given back. */
  giveBack(thread: number): void;
  /** A thread has died: it may have been a worker, or had some. Those it had are ended, for nobody knows what they do. */
  died(thread: number): void;
  /** Lends nothing any more, and starts no worker. */
  close(): void;
  /** What those wait for that need this, in words. */
  describe(demand: Demand): string;
}

/** Starts and ends the pool's workers. */
export interface WorkerSource {
  /** Starts a worker. */
  start(): PeerLink;
  /** Ends one. */
  end(worker: PeerLink): void;
  /** True if the task that one runs has been waiting for a while. */
  rests(worker: PeerLink): boolean;
  /** True for a thread that has resources itself. */
  isHolder(thread: number): boolean;
  /** A demand in words. */
  describe(demand: Demand): string;
}

/** So many workers are lent at a time, at most, but for those that nested tasks need; with more CPUs, as many. */
export const MAX_LENT = 64;

/** Lends workers. */
export class TaskPool implements WorkerPool {
  readonly #source: WorkerSource;
  readonly #size: number;
  readonly #ledger: Ledger;
  readonly #workers = new Map<number, PeerLink>();
  readonly #idle: PeerLink[] = [];
  /** Who has which worker. */
  readonly #lent = new Map<number, Lease>();
  /** How many workers each thread has, if it has any. */
  readonly #counts = new Map<number, number>();
  readonly #waiting = new Set<Lease>();
  #isClosed = false;

  /**
   * @param source Starts and ends workers.
   * @param size How many are kept.
   * @param ledger The resources.
   */
  constructor(source: WorkerSource, size: number, ledger: Ledger) {
    this.#source = source;
    this.#size = size;
    this.#ledger = ledger;
  }

  /** {@inheritDoc WorkerPool.describe} */
  describe(demand: Demand): string {
    return this.#source.describe(demand);
  }

  /** True if some workers are lent. */
  get hasLent(): boolean {
    return this.#lent.size > 0;
  }

  /** True for a worker that is lent. */
  isLent(thread: number): boolean {
    return this.#lent.has(thread);
  }

  /** {@inheritDoc WorkerPool.borrow} */
  borrow(borrower: Borrower): void {
    if (this.#isClosed) return;
    const lease = new Lease(this, borrower);
    this.#waiting.add(lease);
    this.#ledger.ask(lease);
  }

  /** {@inheritDoc WorkerPool.withdraw} */
  withdraw(thread: number, request: number): void {
    for (const lease of this.#waiting) {
      if (lease.borrower.thread !== thread || lease.borrower.request !== request) continue;
      this.#waiting.delete(lease);
      return this.#ledger.release(lease);
    }
  }

  /** {@inheritDoc WorkerPool.giveBack} */
  giveBack(thread: number): void {
    const lease = this.#lent.get(thread);
    const worker = this.#workers.get(thread);
    if (worker !== undefined && !this.#idle.includes(worker)) this.#idle.push(worker);
    if (lease !== undefined) this.#end(lease);
    const index = worker === undefined ? -1 : this.#idle.indexOf(worker);
    if (index < 0 || this.#workers.size <= this.#size) return;
    this.#idle.splice(index, 1);
    this.#workers.delete(thread);
    this.#source.end(worker!);
  }

  /** {@inheritDoc WorkerPool.died} */
  died(thread: number): void {
    this.#workers.delete(thread);
    const idle = this.#idle.findIndex((worker) => worker.peer.id === thread);
    if (idle >= 0) this.#idle.splice(idle, 1);
    for (const lease of [...this.#waiting]) {
      if (lease.borrower.thread !== thread) continue;
      this.#waiting.delete(lease);
      this.#ledger.release(lease);
    }
    for (const [worker, lease] of [...this.#lent]) {
      if (worker !== thread && lease.borrower.thread !== thread) continue;
      const link = this.#workers.get(worker);
      this.#workers.delete(worker);
      this.#end(lease);
      if (link !== undefined) this.#source.end(link);
    }
  }

  /** Sees which tasks wait, and need no CPU meanwhile. */
  look(): void {
    for (const lease of this.#lent.values()) this.#ledger.rest(lease, this.#source.rests(lease.worker!));
  }

  /** {@inheritDoc WorkerPool.close} */
  close(): void {
    this.#isClosed = true;
    this.#waiting.clear();
  }

  /** True for a thread that has tasks and no worker, and is no driver: its task may be what all others wait for. */
  isNeedy(thread: number): boolean {
    return thread !== DRIVER && !this.#counts.has(thread);
  }

  /** True for a thread that has resources itself. */
  isHolder(thread: number): boolean {
    return this.#source.isHolder(thread);
  }

  /** True if one more worker may be lent to a thread. */
  mayLend(thread: number): boolean {
    return !this.#isClosed && (this.#lent.size < Math.max(MAX_LENT, this.#size) || this.isNeedy(thread));
  }

  /** There is what a lease's tasks need. */
  granted(lease: Lease): void {
    const { thread } = lease.borrower;
    this.#waiting.delete(lease);
    try {
      lease.worker = this.#idle.pop() ?? this.#source.start();
    } catch (error) {
      this.#ledger.release(lease);
      throw error;
    }
    this.#workers.set(lease.worker.peer.id, lease.worker);
    this.#lent.set(lease.worker.peer.id, lease);
    this.#counts.set(thread, (this.#counts.get(thread) ?? 0) + 1);
    lease.borrower.lent(lease.worker);
  }

  #end(lease: Lease): void {
    const { thread } = lease.borrower;
    const count = this.#counts.get(thread)! - 1;
    if (count === 0) this.#counts.delete(thread);
    else this.#counts.set(thread, count);
    this.#lent.delete(lease.worker!.peer.id);
    this.#ledger.release(lease);
  }
}

/** A worker for a borrower's tasks, from the wish to its return. */
class Lease implements Claim {
  readonly isTask = true;
  readonly borrower: Borrower;
  /** The worker, once it is lent. */
  worker: PeerLink | undefined = undefined;
  readonly #pool: TaskPool;

  constructor(pool: TaskPool, borrower: Borrower) {
    this.#pool = pool;
    this.borrower = borrower;
  }

  get demand(): Demand {
    return this.borrower.demand;
  }
  get isOfHolder(): boolean {
    return this.#pool.isHolder(this.borrower.thread);
  }
  get mayOverdraw(): boolean {
    return this.#pool.isNeedy(this.borrower.thread);
  }
  get canBegin(): boolean {
    return this.#pool.mayLend(this.borrower.thread);
  }
  granted(): void {
    this.#pool.granted(this);
  }
}
