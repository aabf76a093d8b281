/**
 * The pool of workers that remote functions run on, of a program that is on a Ray cluster: each is a bridge to a process on a node,
 * which has what its functions need. The cluster says who may begin; what is counted here only keeps a program from asking for
 * many more processes than there is room for.
 *
 * @module
 */

import { idleTimer } from "../base/platform.ts";
import { type Amounts, type Demand, describeDemand } from "../define/demand.ts";
import type { PeerLink } from "../transport/peer.ts";
import { type Borrower, MAX_LENT, type WorkerPool } from "./task_pool.ts";

/** Starts and ends the pool's workers, and knows the cluster. */
export interface FarWorkerSource {
  /** Starts a worker for functions that need that. */
  start(demand: Demand): PeerLink;
  /** Ends one. */
  end(worker: PeerLink): void;
  /** Calls `told` when it is known what the cluster has in all. */
  totals(told: (totals: Amounts) => void): void;
}

/** How long a worker is kept that nobody wants, in milliseconds: it has its CPU meanwhile, and a new one takes a second to start. */
const KEPT = 1_000;
/** So often it is asked what the cluster has while somebody waits, in milliseconds: it may grow. */
const LOOK = 5_000;

/** A worker that runs. */
interface Worker {
  readonly link: PeerLink;
  readonly demand: Demand;
  /** Who has it; nobody while it is idle. */
  borrower: Borrower | undefined;
  /** Keeps it from being ended for being idle. */
  keep: () => void;
}

/** Lends workers. */
export class FarTaskPool implements WorkerPool {
  readonly #source: FarWorkerSource;
  readonly #workers = new Map<number, Worker>();
  readonly #waiting = new Set<Borrower>();
  #totals: Amounts = [];
  #stopLooking: (() => void) | undefined = undefined;
  #isClosed = false;

  /** @param source Starts and ends workers. */
  constructor(source: FarWorkerSource) {
    this.#source = source;
  }

  /** {@inheritDoc WorkerPool.borrow} */
  borrow(borrower: Borrower): void {
    if (this.#isClosed) return;
    this.#waiting.add(borrower);
    this.#serve();
    if (this.#waiting.size > 0) this.#look();
  }

  /** {@inheritDoc WorkerPool.withdraw} */
  withdraw(thread: number, request: number): void {
    for (const borrower of this.#waiting) {
      if (borrower.thread === thread && borrower.request === request) this.#waiting.delete(borrower);
    }
  }

  /** {@inheritDoc WorkerPool.giveBack} */
  giveBack(thread: number): void {
    const worker = this.#workers.get(thread);
    if (worker?.borrower === undefined) return;
    worker.borrower = undefined;
    worker.keep = idleTimer(() => this.#end(worker), KEPT);
    this.#serve();
  }

  /** {@inheritDoc WorkerPool.died} */
  died(thread: number): void {
    this.#workers.get(thread)?.keep();
    const isOurs = this.#workers.delete(thread);
    for (const borrower of this.#waiting) if (borrower.thread === thread) this.#waiting.delete(borrower);
    for (const worker of this.#workers.values()) if (worker.borrower?.thread === thread) this.#end(worker);
    if (isOurs) this.#serve();
  }

  /** {@inheritDoc WorkerPool.close} */
  close(): void {
    this.#isClosed = true;
    this.#waiting.clear();
    this.#stopLooking?.();
    for (const worker of this.#workers.values()) worker.keep();
  }

  /** {@inheritDoc WorkerPool.describe} */
  describe(demand: Demand): string {
    return `${describeDemand(demand, this.#totals)} of the cluster`;
  }

  /** Ends the workers that nobody has: others want what they have. */
  makeRoom(): void {
    for (const worker of this.#workers.values()) if (worker.borrower === undefined) this.#end(worker);
  }

  #end(worker: Worker): void {
    worker.keep();
    this.#workers.delete(worker.link.peer.id);
    this.#source.end(worker.link);
    this.#serve();
  }

  #serve(): void {
    for (const borrower of this.#waiting) {
      const { demand } = borrower;
      const worker = this.#idle(demand) ?? (this.#hasRoom(demand) ? this.#start(demand) : undefined);
      if (worker === undefined) continue;
      this.#waiting.delete(borrower);
      worker.keep();
      worker.borrower = borrower;
      borrower.lent(worker.link);
    }
  }

  #idle({ key }: Demand): Worker | undefined {
    for (const worker of this.#workers.values()) {
      if (worker.borrower === undefined && worker.demand.key === key) return worker;
    }
    return undefined;
  }

  /** One of each kind is asked for in any case: the cluster may grow when it hears of that. */
  #hasRoom(demand: Demand): boolean {
    const workers = [...this.#workers.values()];
    if (!workers.some(({ demand: { key } }) => key === demand.key)) return true;
    if (workers.length >= MAX_LENT) return false;
    return demand.amounts.every(([name, units]) => units <= this.#free(name));
  }

  #free(name: string): number {
    const amount = (amounts: Amounts): number => amounts.find(([other]) => other === name)?.[1] ?? 0;
    let free = amount(this.#totals);
    for (const { demand } of this.#workers.values()) free -= amount(demand.amounts);
    return free;
  }

  #start(demand: Demand): Worker {
    // What is idle and of another kind may have what this one needs.
    this.makeRoom();
    const worker: Worker = { link: this.#source.start(demand), demand, borrower: undefined, keep: () => {} };
    this.#workers.set(worker.link.peer.id, worker);
    return worker;
  }

  #look(): void {
    if (this.#stopLooking !== undefined) return;
    this.#stopLooking = idleTimer(() => {
      this.#stopLooking = undefined;
      if (this.#waiting.size > 0) this.#look();
    }, LOOK);
    this.#source.totals((totals) => {
      this.#totals = totals;
      this.#serve();
    });
  }
}
