/**
 * Remote functions. Whoever has tasks borrows workers from the driver's pool, sends them tasks directly, one at a time, and
 * gives them back when there are no more.
 *
 * @module
 */

import { now } from "../base/clock.ts";
import { WorkerCrashedError } from "../base/lost_errors.ts";
import type { RetryRule } from "../base/retry_rule.ts";
import type { FunctionDefinition } from "../define/definitions.ts";
import { Queue } from "../exec/queue.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { type CancelHow, PENDING, Ref, type RefSource } from "../objects/ref.ts";
import { cancelSent } from "../transport/link_target.ts";
import { RetriedRef } from "../objects/retried_ref.ts";
import { armRetries } from "../supervise/retries.ts";
import type { PeerLink } from "../transport/peer.ts";
import { PLAIN_CALL, writeCallSettings } from "../wire/call_settings.ts";
import { Frame } from "../wire/frames.ts";
import { runScheduledTask } from "./scheduled_task.ts";
import { whenReady } from "./when_ready.ts";
import { TaskPool } from "./task_pool.ts";
import type { Thread } from "./thread.ts";

/** A task that waits for a worker. */
interface WaitingTask {
  readonly definition: FunctionDefinition;
  readonly args: readonly unknown[];
  readonly ref: Ref;
  /** The worker that runs it. */
  worker?: PeerLink | undefined;
  /** Its id, if somebody looks; else `""`. */
  readonly taskId: string;
}

/** At most so many workers are asked for at a time. */
const MAX_WANTED = 64;

/** The tasks that one thread has made. */
export class Tasks {
  readonly #thread: Thread;
  readonly #pool: TaskPool | undefined;
  readonly #queue = new Queue<WaitingTask>();
  /** Borrowed workers, and the ref of the task that each runs. */
  readonly #workers = new Map<PeerLink, Ref | undefined>();
  /** Where a task's value comes from: some worker. */
  readonly #source: RefSource = {
    actorId: undefined,
    activity: () => undefined,
    fulfiller: () => 0,
    answered: () => {},
    cancel: (ref, how) => this.#cancel(ref, how),
  };
  /** Tasks whose arguments are not there yet. */
  readonly #incomplete = new Set<Ref>();
  #wanted = 0;
  #isClosed = false;

  /**
   * @param thread The thread.
   * @param poolSize The number of workers to keep; 0 in a thread that borrows from the driver.
   */
  constructor(thread: Thread, poolSize: number) {
    this.#thread = thread;
    if (poolSize === 0) return;
    this.#pool = new TaskPool(
      {
        start: () => {
          const worker = thread.children.make("");
          worker.start();
          return worker.link;
        },
        end: (worker) => thread.board.markDead(worker.peer, { ending: "shut down", text: "" }),
      },
      poolSize,
      thread.self.id,
    );
  }

  /** Makes a task. */
  submit(definition: FunctionDefinition, args: unknown[], rule: RetryRule | undefined): Ref {
    const { observation: { events, watch }, schedule } = this.#thread;
    const taskId = events.isOn ? events.nextTask() : "";
    const time = taskId === "" ? 0 : now();
    const ref = rule === undefined || schedule !== undefined
      ? new Ref(this.#thread, definition.name, this.#source)
      : new RetriedRef(this.#thread, definition.name, this.#source);
    ref.parent = this.#thread.caller();
    ref.callSite = this.#thread.callSites.capture();
    if (schedule !== undefined) return runScheduledTask(this.#thread, definition, args, ref);
    // What may run again keeps its arguments.
    const idle = ref instanceof RetriedRef ? undefined : this.#idleWorker();
    if (idle !== undefined && this.#queue.length === 0 && !args.some((arg) => arg instanceof Ref)) {
      this.#send(idle, { definition, args, ref, taskId });
      if (taskId !== "") watch.submitted(taskId, ref, "", false, time);
      return ref;
    }
    const copies = this.#thread.values.copyArgs(args);
    if (taskId !== "") watch.submitted(taskId, ref, "", true, time);
    this.#incomplete.add(ref);
    whenReady(copies, {
      ready: (values) => {
        if (!this.#incomplete.delete(ref)) return;
        const task: WaitingTask = { definition, args: values, ref, taskId };
        if (ref instanceof RetriedRef) this.#arm(ref, rule!, task);
        this.#add(task);
      },
      failed: (error) => {
        this.#incomplete.delete(ref);
        ref.reject(error);
      },
    });
    return ref;
  }

  #arm(ref: RetriedRef, rule: RetryRule, task: WaitingTask): void {
    armRetries(ref, rule, () => this.#repeat(task), {
      isOfClass: (thrown, ids) => this.#thread.definitions.isOfClass(thrown, ids),
      attempted: (attempt) => this.#thread.attempted(attempt),
    });
  }

  #add(task: WaitingTask): void {
    this.#queue.push(task);
    this.#serve();
  }

  #repeat(task: WaitingTask): void {
    this.#free(task);
    this.#add(task);
  }

  /** The worker of a task that has ended is idle. */
  #free({ worker, ref }: WaitingTask): void {
    if (worker === undefined || this.#workers.get(worker) !== ref) return;
    if (worker.isClosed) this.#workers.delete(worker);
    else this.#workers.set(worker, undefined);
  }

  /** The driver: another thread wants a worker. */
  leaseWanted(link: PeerLink): void {
    this.#pool?.borrow({
      thread: link.peer.id,
      lent: (worker) => {
        if (link.isClosed) return this.#pool!.giveBack(worker.peer.id);
        const introduction = link.acquainted.has(worker.peer.id)
          ? undefined
          : this.#thread.peers.introduce(link, worker.peer.id);
        link.open(Frame.leaseGranted).u32(worker.peer.id);
        if (introduction === undefined) return link.seal();
        link.seal([introduction.end], [introduction.end.port]);
        introduction.announce();
      },
    });
  }

  /** A worker is lent to this thread. */
  leaseGranted(worker: number): void {
    const link = this.#thread.peers.find(worker);
    if (link === undefined) {
      this.#wanted--;
      return this.#serve();
    }
    this.#lent(link);
  }

  /** The driver: a worker is given back. */
  leaseReturned(link: PeerLink, worker: number): void {
    if (!link.isClosed) this.#pool?.giveBack(worker);
  }

  /** A link was closed: its other end may have been a worker. */
  linkClosed(link: PeerLink): void {
    this.#workers.delete(link);
    this.#pool?.died(link.peer.id);
    this.#serve();
  }

  /** The error of a task whose worker has died; `undefined` if `ref` is none. */
  lostError(ref: Ref, reason: string): Error | undefined {
    if (ref.source !== this.#source) return undefined;
    return new WorkerCrashedError(`Cannot finish "${ref.taskName}": its worker has ended, ${reason}`);
  }

  /** The refs of tasks that no worker has yet. */
  waitingRefs(): Ref[] {
    return [...this.#incomplete, ...this.#queue.items().map(({ ref }) => ref)];
  }

  #cancel(ref: Ref, { recursive, force }: CancelHow): void {
    if (ref instanceof RetriedRef) ref.disarm();
    const worker = [...this.#workers].find(([, running]) => running === ref)?.[0];
    if (worker === undefined) {
      this.#incomplete.delete(ref);
      return ref.reject(cancelledError(ref.taskName));
    }
    cancelSent(worker, 0, ref, recursive);
    if (force) this.#thread.board.markDead(worker.peer, { ending: "killed", text: "" });
  }

  /** Rejects the tasks that wait. */
  close(reason: string): void {
    this.#isClosed = true;
    this.#pool?.close();
    for (const ref of this.#workers.values()) if (ref instanceof RetriedRef) ref.disarm();
    for (const { ref } of this.#queue.clear()) {
      if (ref instanceof RetriedRef) ref.disarm();
      ref.reject(new WorkerCrashedError(`Cannot run "${ref.taskName}": ${reason}`));
    }
  }

  #idleWorker(): PeerLink | undefined {
    for (const [worker, ref] of this.#workers) if (ref === undefined) return worker;
    return undefined;
  }

  /** Sends tasks to idle workers, asks for more, or gives back those that are not needed. */
  #serve(): void {
    if (this.#isClosed) return;
    while (this.#queue.length > 0) {
      const worker = this.#idleWorker();
      if (worker === undefined) break;
      const task = this.#queue.shift()!;
      if (task.ref.status !== PENDING) continue;
      try {
        this.#send(worker, task);
        if (task.taskId !== "") this.#thread.observation.watch.sent(task.taskId);
      } catch (error) {
        task.ref.reject(error);
      }
    }
    while (this.#wanted < Math.min(this.#queue.length, MAX_WANTED)) this.#want();
    if (this.#queue.length > 0) return;
    for (const [worker, ref] of this.#workers) if (ref === undefined) this.#giveBack(worker);
  }

  #want(): void {
    this.#wanted++;
    if (this.#pool !== undefined) {
      return this.#pool.borrow({ thread: this.#thread.self.id, lent: (worker) => this.#lent(worker) });
    }
    const driver = this.#thread.driverLink;
    if (driver === undefined) return;
    driver.open(Frame.leaseWanted);
    driver.seal();
  }

  #lent(worker: PeerLink): void {
    this.#wanted--;
    this.#workers.set(worker, undefined);
    this.#serve();
  }

  #giveBack(worker: PeerLink): void {
    this.#workers.delete(worker);
    if (this.#pool !== undefined) return this.#pool.giveBack(worker.peer.id);
    const driver = this.#thread.driverLink;
    if (driver === undefined) return;
    driver.open(Frame.leaseReturned).u32(worker.peer.id);
    driver.seal();
  }

  #send(worker: PeerLink, task: WaitingTask): void {
    const { definition, args, ref, taskId } = task;
    const { values } = this.#thread;
    const out = worker.open(Frame.task);
    const slot = worker.calls.add(ref);
    out.u32(slot);
    out.string(definition.module);
    out.string(definition.name);
    writeCallSettings(out, taskId === "" ? PLAIN_CALL : { ...PLAIN_CALL, taskId });
    out.varint(args.length);
    try {
      values.finish(worker, "args", args);
    } catch (error) {
      worker.calls.take(slot);
      throw error;
    }
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
