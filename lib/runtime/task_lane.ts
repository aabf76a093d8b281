/**
 * The tasks of one thread that need the same resources: those that wait, and the workers that it has borrowed for them.
 *
 * @module
 */

import type { Demand } from "../define/demand.ts";
import { Queue } from "../exec/queue.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { type CancelHow, PENDING, type Ref, type RefSource } from "../objects/ref.ts";
import { RetriedRef } from "../objects/retried_ref.ts";
import { cancelSent } from "../transport/link_target.ts";
import type { PeerLink } from "../transport/peer.ts";
import { sendTask, type SentTask } from "./task_frames.ts";
import type { Thread } from "./thread.ts";

/** A task that waits for a worker. */
export interface WaitingTask extends SentTask {
  /** The worker that runs it. */
  worker?: PeerLink | undefined;
}

/** Where workers come from. */
export interface Lender {
  /** A number for a wish. */
  nextRequest(): number;
  /** Wants a worker; `lent` may be called before this returns. */
  want(lane: TaskLane, request: number): void;
  /** Does not want it any more. */
  unwant(request: number): void;
  /** Gives one back. */
  giveBack(worker: PeerLink): void;
  /** What tasks wait for that need this, in words. */
  describe(demand: Demand): string;
}

/** At most so many workers are asked for at a time. */
const MAX_WANTED = 64;

/** Tasks of one kind. */
export class TaskLane implements RefSource {
  // A task's value comes from some worker.
  readonly actorId = undefined;
  /** What each of them needs. */
  readonly demand: Demand;
  readonly #thread: Thread;
  readonly #lender: Lender;
  readonly #queue = new Queue<WaitingTask>();
  /** How many tasks in the queue have been cancelled. */
  #cancelled = 0;
  /** Borrowed workers, and the ref of the task that each runs. */
  readonly #workers = new Map<PeerLink, Ref | undefined>();
  /** Tasks whose arguments are not there yet. */
  readonly #incomplete = new Set<Ref>();
  readonly #wishes = new Set<number>();
  #isClosed = false;

  /**
   * @param thread The thread.
   * @param demand What each task needs.
   * @param lender Where workers come from.
   */
  constructor(thread: Thread, demand: Demand, lender: Lender) {
    this.#thread = thread;
    this.demand = demand;
    this.#lender = lender;
  }

  /** True if there is nothing here. */
  get isIdle(): boolean {
    return this.#queue.length + this.#workers.size + this.#incomplete.size + this.#wishes.size === 0;
  }

  /** {@inheritDoc RefSource.activity} */
  activity(): undefined {
    return undefined;
  }
  /** {@inheritDoc RefSource.fulfiller} */
  fulfiller(): number {
    return 0;
  }
  /** {@inheritDoc RefSource.answered} */
  answered(): void {}

  /** {@inheritDoc RefSource.waitsFor} */
  waitsFor(ref: Ref): string | undefined {
    if (this.#incomplete.has(ref) || this.#workerOf(ref) !== undefined) return undefined;
    return this.#lender.describe(this.demand) || "a worker";
  }

  /** {@inheritDoc RefSource.cancel} */
  cancel(ref: Ref, { recursive, force }: CancelHow): void {
    if (ref instanceof RetriedRef) ref.disarm();
    const worker = this.#workerOf(ref);
    if (worker === undefined) {
      if (!this.#incomplete.delete(ref)) this.#cancelled++;
      ref.reject(cancelledError(ref.taskName));
      return this.#serve();
    }
    cancelSent(worker, 0, ref, recursive);
    if (force) this.#thread.board.markDead(worker.peer, { ending: "killed", text: "" });
  }

  /** Sends a task to an idle worker; false if there is none, or others wait. */
  sendNow(task: WaitingTask): boolean {
    const idle = this.#idleWorker();
    if (idle === undefined || this.#queue.length > 0) return false;
    this.#send(idle, task);
    return true;
  }

  /** A task whose arguments are not there yet. */
  expect(ref: Ref): void {
    this.#incomplete.add(ref);
  }

  /** They are there, or one of them failed. False if the task was cancelled meanwhile. */
  expected(ref: Ref): boolean {
    return this.#incomplete.delete(ref);
  }

  /** Runs a task when there is a worker. */
  add(task: WaitingTask): void {
    this.#queue.push(task);
    this.#serve();
  }

  /** Runs it once more. */
  repeat(task: WaitingTask): void {
    this.#free(task);
    this.add(task);
  }

  /** A wish is fulfilled; without a worker if that has died. False if nobody has that wish. */
  lent(request: number, worker: PeerLink | undefined): boolean {
    if (!this.#wishes.delete(request)) return false;
    if (worker !== undefined) this.#workers.set(worker, undefined);
    this.#serve();
    return true;
  }

  /** A link was closed: its other end may have been a worker. */
  linkClosed(link: PeerLink): void {
    if (this.#workers.delete(link)) this.#serve();
  }

  /** The refs of tasks that no worker has yet. */
  waitingRefs(): Ref[] {
    return [...this.#incomplete, ...this.#queue.items().map(({ ref }) => ref)];
  }

  /** Runs nothing any more; returns the refs of the tasks that waited. */
  close(): Ref[] {
    this.#isClosed = true;
    for (const ref of this.#workers.values()) if (ref instanceof RetriedRef) ref.disarm();
    return this.#queue.clear().map(({ ref }) => ref);
  }

  #workerOf(ref: Ref): PeerLink | undefined {
    for (const [worker, running] of this.#workers) if (running === ref) return worker;
    return undefined;
  }

  #idleWorker(): PeerLink | undefined {
    for (const [worker, ref] of this.#workers) if (ref === undefined) return worker;
    return undefined;
  }

  /** The worker of a task that has ended is idle; it goes back if tasks that need something else wait for it. */
  #free({ worker, ref }: WaitingTask): void {
    if (worker === undefined || this.#workers.get(worker) !== ref) return;
    if (worker.isClosed) this.#workers.delete(worker);
    else this.#workers.set(worker, undefined);
    if (!worker.isClosed && this.#thread.admission.isContended) this.#giveBack(worker);
  }

  #giveBack(worker: PeerLink): void {
    this.#workers.delete(worker);
    this.#lender.giveBack(worker);
  }

  /** Sends tasks to idle workers, asks for more, or gives back those that are not needed. */
  #serve(): void {
    if (this.#isClosed) return;
    this.#sweep();
    while (this.#queue.length > 0) {
      const worker = this.#idleWorker();
      if (worker === undefined) break;
      const task = this.#queue.shift()!;
      if (task.ref.status !== PENDING) {
        if (this.#cancelled > 0) this.#cancelled--;
        continue;
      }
      try {
        this.#send(worker, task);
        if (task.taskId !== "") this.#thread.observation.watch.sent(task.taskId);
      } catch (error) {
        task.ref.reject(error);
      }
    }
    while (this.#wishes.size < this.#needed) this.#want();
    for (const request of this.#wishes) {
      if (this.#wishes.size <= this.#needed) break;
      this.#wishes.delete(request);
      this.#lender.unwant(request);
    }
    if (this.#queue.length > 0) return;
    for (const [worker, ref] of this.#workers) if (ref === undefined) this.#giveBack(worker);
  }

  get #needed(): number {
    return Math.min(this.#queue.length - this.#cancelled, MAX_WANTED);
  }

  #want(): void {
    const request = this.#lender.nextRequest();
    this.#wishes.add(request);
    this.#lender.want(this, request);
  }

  /** Forgets tasks that were cancelled, once they are most of the queue. */
  #sweep(): void {
    if (this.#cancelled * 2 <= this.#queue.length) return;
    this.#cancelled = 0;
    for (const task of this.#queue.clear()) if (task.ref.status === PENDING) this.#queue.push(task);
  }

  #send(worker: PeerLink, task: WaitingTask): void {
    sendTask(this.#thread, worker, task);
    const { ref } = task;
    this.#workers.set(worker, ref);
    const isFirst = task.worker === undefined;
    task.worker = worker;
    if (!isFirst) return;
    ref.observe({
      settled: () => {
        this.#free(task);
        this.#serve();
      },
    });
  }
}
