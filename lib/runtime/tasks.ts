/**
 * Remote functions. Whoever has tasks borrows workers from the driver's pool, sends them tasks directly, one at a time, and
 * gives them back when there are no more.
 *
 * @module
 */

import { now } from "../base/clock.ts";
import { WorkerCrashedError } from "../base/lost_errors.ts";
import type { RetryRule } from "../base/retry_rule.ts";
import { type Demand, describeDemand, ONE_CPU, readDemand } from "../define/demand.ts";
import type { FunctionDefinition } from "../define/definitions.ts";
import { Ref } from "../objects/ref.ts";
import { RetriedRef } from "../objects/retried_ref.ts";
import { armRetries } from "../supervise/retries.ts";
import type { PeerLink } from "../transport/peer.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { FarTaskPool } from "./far_task_pool.ts";
import { farWorkers, refuseFarTask } from "./far_tasks.ts";
import type { ResourceDesk } from "./resource_desk.ts";
import { runScheduledTask } from "./scheduled_task.ts";
import { type Lender, TaskLane, type WaitingTask } from "./task_lane.ts";
import { whenReady } from "./when_ready.ts";
import { TaskPool, type WorkerPool, type WorkerSource } from "./task_pool.ts";
import type { Thread } from "./thread.ts";

/** How long a task waits until its CPUs are others', in milliseconds: a worker more costs more than a short wait. */
const REST = 20;

/** The tasks that one thread has made. */
export class Tasks implements Lender {
  /** The workers, in the driver. */
  readonly pool: WorkerPool | undefined;
  readonly #thread: Thread;
  /** Tasks that need one CPU: all, unless the program says otherwise. */
  readonly #usual: TaskLane;
  /** All others, by what they need. */
  readonly #lanes = new Map<string, TaskLane>();
  /** Who has which wish. */
  readonly #wishes = new Map<number, TaskLane>();
  #lastRequest = 0;

  /**
   * @param thread The thread.
   * @param poolSize The number of workers to keep; 0 in a thread that borrows from the driver.
   */
  constructor(thread: Thread, poolSize: number) {
    this.#thread = thread;
    this.#usual = new TaskLane(thread, ONE_CPU, this);
    const { desk } = thread.admission;
    if (desk === undefined) return;
    this.pool = thread.cluster === undefined
      ? new TaskPool(workersOf(thread, desk), poolSize, desk.ledger)
      : new FarTaskPool(farWorkers(thread));
  }

  /** The pool, where its workers are threads of this program. */
  get ownPool(): TaskPool | undefined {
    return this.pool instanceof TaskPool ? this.pool : undefined;
  }

  /** On a cluster: something is about to begin there, which idle workers may keep from that. */
  makeRoom(): void {
    if (this.pool instanceof FarTaskPool) this.pool.makeRoom();
  }

  /** Makes a task. */
  submit(
    definition: FunctionDefinition,
    args: unknown[],
    rule: RetryRule | undefined,
    demand: Demand = definition.demand,
  ): Ref {
    const { observation: { events, watch }, schedule } = this.#thread;
    if (this.#isFar) refuseFarTask(this.#thread, definition);
    const lane = demand.key === "" ? this.#usual : this.#laneOf(demand, definition.name);
    const taskId = events.isOn ? events.nextTask() : "";
    const time = taskId === "" ? 0 : now();
    const ref = rule === undefined || schedule !== undefined
      ? new Ref(this.#thread, definition.name, lane)
      : new RetriedRef(this.#thread, definition.name, lane);
    ref.parent = this.#thread.caller();
    ref.callSite = this.#thread.callSites.capture();
    if (schedule !== undefined) return runScheduledTask(this.#thread, definition, args, ref);
    // What may run again keeps its arguments.
    if (!(ref instanceof RetriedRef) && !args.some((arg) => arg instanceof Ref)) {
      if (lane.sendNow({ definition, args, ref, taskId })) {
        if (taskId !== "") watch.submitted(taskId, ref, "", false, time);
        return ref;
      }
    }
    const copies = this.#thread.values.copyArgs(args);
    if (taskId !== "") watch.submitted(taskId, ref, "", true, time);
    lane.expect(ref);
    whenReady(copies, {
      ready: (values) => {
        if (!lane.expected(ref)) return;
        const task: WaitingTask = { definition, args: values, ref, taskId };
        if (ref instanceof RetriedRef) this.#arm(ref, rule!, lane, task);
        lane.add(task);
      },
      failed: (error) => {
        lane.expected(ref);
        ref.reject(error);
      },
    });
    return ref;
  }

  /** Runs a task of another process's, which keeps what it takes to make it again. */
  take(task: Omit<WaitingTask, "ref">): Ref {
    const ref = new Ref(this.#thread, task.definition.name, this.#usual);
    this.#usual.add({ ...task, ref });
    return ref;
  }

  get #isFar(): boolean {
    return this.#thread.cluster !== undefined && this.#thread.schedule === undefined;
  }

  #arm(ref: RetriedRef, rule: RetryRule, lane: TaskLane, task: WaitingTask): void {
    armRetries(ref, rule, () => lane.repeat(task), {
      isOfClass: (thrown, ids) => this.#thread.definitions.isOfClass(thrown, ids),
      attempted: (attempt) => this.#thread.attempted(attempt),
    });
  }

  #laneOf(demand: Demand, name: string): TaskLane {
    let lane = this.#lanes.get(demand.key);
    if (lane !== undefined) return lane;
    // A cluster may grow.
    if (!this.#isFar) this.#thread.admission.refuseExcess(demand, `run function "${name}"`);
    for (const [key, { isIdle }] of this.#lanes) if (isIdle) this.#lanes.delete(key);
    this.#lanes.set(demand.key, lane = new TaskLane(this.#thread, demand, this));
    return lane;
  }

  /** The driver: another thread wants a worker. */
  leaseWanted(link: PeerLink, reader: Reader): void {
    const request = reader.u32();
    const demand = readDemand(reader.string());
    this.pool?.borrow({
      thread: link.peer.id,
      request,
      demand,
      lent: (worker) => {
        if (link.isClosed) return this.pool!.giveBack(worker.peer.id);
        const introduction = link.acquainted.has(worker.peer.id)
          ? undefined
          : this.#thread.peers.introduce(link, worker.peer.id);
        const out = link.open(Frame.leaseGranted);
        out.u32(request);
        out.u32(worker.peer.id);
        if (introduction === undefined) return link.seal();
        link.seal([introduction.end], [introduction.end.port]);
        introduction.announce();
      },
    });
  }

  /** A worker is lent to this thread. */
  leaseGranted(reader: Reader): void {
    const [request, worker] = [reader.u32(), reader.u32()];
    const link = this.#thread.peers.find(worker);
    if (!this.#lent(request, link) && link !== undefined) this.giveBack(link);
  }

  /** The driver: a worker is given back. */
  leaseReturned(link: PeerLink, worker: number): void {
    if (!link.isClosed) this.pool?.giveBack(worker);
  }

  /** The driver: another thread does not want a worker any more. */
  leaseUnwanted(link: PeerLink, request: number): void {
    this.pool?.withdraw(link.peer.id, request);
  }

  /** A link was closed: its other end may have been a worker. */
  linkClosed(link: PeerLink): void {
    for (const lane of this.#all()) lane.linkClosed(link);
    this.pool?.died(link.peer.id);
  }

  /** The error of a task whose worker has died; `undefined` if `ref` is none. */
  lostError(ref: Ref, reason: string): Error | undefined {
    if (!(ref.source instanceof TaskLane)) return undefined;
    return new WorkerCrashedError(`Cannot finish "${ref.taskName}": its worker has ended, ${reason}`);
  }

  /** The refs of tasks that no worker has yet. */
  waitingRefs(): Ref[] {
    return this.#all().flatMap((lane) => lane.waitingRefs());
  }

  /** Rejects the tasks that wait. */
  close(reason: string): void {
    this.pool?.close();
    for (const ref of this.#all().flatMap((lane) => lane.close())) {
      if (ref instanceof RetriedRef) ref.disarm();
      ref.reject(new WorkerCrashedError(`Cannot run "${ref.taskName}": ${reason}`));
    }
  }

  #all(): TaskLane[] {
    return [this.#usual, ...this.#lanes.values()];
  }

  /** {@inheritDoc Lender.nextRequest} */
  nextRequest(): number {
    return this.#lastRequest = (this.#lastRequest + 1) >>> 0;
  }

  /** {@inheritDoc Lender.want} */
  want(lane: TaskLane, request: number): void {
    this.#wishes.set(request, lane);
    const { demand } = lane;
    if (this.pool !== undefined) {
      const lent = (worker: PeerLink): void => {
        if (!this.#lent(request, worker)) this.giveBack(worker);
      };
      return this.pool.borrow({ thread: this.#thread.self.id, request, demand, lent });
    }
    const driver = this.#thread.driverLink;
    if (driver === undefined) return;
    const out = driver.open(Frame.leaseWanted);
    out.u32(request);
    out.string(demand.key);
    driver.seal();
  }

  /** {@inheritDoc Lender.unwant} */
  unwant(request: number): void {
    this.#wishes.delete(request);
    if (this.pool !== undefined) return this.pool.withdraw(this.#thread.self.id, request);
    const driver = this.#thread.driverLink;
    if (driver === undefined) return;
    driver.open(Frame.leaseUnwanted).u32(request);
    driver.seal();
  }

  #lent(request: number, worker: PeerLink | undefined): boolean {
    const lane = this.#wishes.get(request);
    this.#wishes.delete(request);
    return lane?.lent(request, worker) === true;
  }

  /** {@inheritDoc Lender.describe} */
  describe(demand: Demand): string {
    return this.pool?.describe(demand) ?? describeDemand(demand, this.#thread.admission.totals);
  }

  /** {@inheritDoc Lender.giveBack} */
  giveBack(worker: PeerLink): void {
    if (this.pool !== undefined) return this.pool.giveBack(worker.peer.id);
    const driver = this.#thread.driverLink;
    if (driver === undefined) return;
    driver.open(Frame.leaseReturned).u32(worker.peer.id);
    driver.seal();
  }
}

/** Workers that are threads of this program. */
function workersOf(thread: Thread, desk: ResourceDesk): WorkerSource {
  return {
    start: () => {
      const worker = thread.children.make("");
      worker.start();
      return worker.link;
    },
    end: (worker) => thread.board.markDead(worker.peer, { ending: "shut down", text: "" }),
    rests: (worker) => desk.table.hasRested(worker.peer, REST),
    isHolder: (holder) => desk.isHolder(holder),
    describe: (demand) => describeDemand(demand, thread.admission.totals),
  };
}
