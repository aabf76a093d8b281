/**
 * Admission, as one thread sees it: its new actors that need resources wait here until the driver lets them begin.
 *
 * @module
 */

import { type Amounts, CPU, type Demand, describeDemand, excessOf, readDemand } from "../define/demand.ts";
import { type ActorAddress, idAt, isRestartable, threadsOf } from "../supervise/actor_address.ts";
import type { PeerLink } from "../transport/peer.ts";
import { ResourceTable } from "../transport/resource_table.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { readThread } from "./children.ts";
import { type NewActor, ResourceDesk } from "./resource_desk.ts";
import type { Thread } from "./thread.ts";

// What is so of an actor.
const ENDS_WITH_THREAD = 1;
const DETACHED = 2;

/** An actor that waits. */
interface Waiting {
  readonly demand: Demand;
  /** The threads that were made for it and are not started yet. */
  readonly threads: readonly ThreadAddress[];
  begin(): void;
}

/** A blocked thread looks at the board at least this often, in milliseconds. */
const LONGEST_SLEEP = 1_000;
/** The driver does so while others wait for what functions have. */
const SHORT_SLEEP = 20;

/** The actors of one thread that wait for resources. */
export class Admission {
  /** What the program has. */
  readonly totals: Amounts;
  /** Where it is given out, in the driver. */
  readonly desk: ResourceDesk | undefined;
  /** True in a worker for functions. */
  runsTasks = false;
  readonly #thread: Thread;
  readonly #table: ResourceTable;
  readonly #waiting = new Map<string, Waiting>();
  #isResting = false;

  /**
   * @param thread The thread.
   * @param totals What the program has.
   */
  constructor(thread: Thread, totals: Amounts) {
    this.#thread = thread;
    this.totals = totals;
    this.#table = new ResourceTable(thread.board);
    if (!thread.isWorker) this.desk = new ResourceDesk(thread, totals);
  }

  /** Throws a `RangeError` if a demand is more than the program has: it would wait for ever. */
  refuseExcess(demand: Demand, verb: string): void {
    const excess = excessOf(demand, this.totals);
    if (excess === undefined) return;
    const { name, needed, total } = excess;
    const isCpu = name === CPU;
    throw new RangeError(
      `Cannot ${verb} with ${
        isCpu ? `"numCpus" ${needed}` : `${needed} of resource "${name}"`
      }: this program has ${total} ` +
        `in all, need less, or say more with init(${
          isCpu ? "{ numCpus }" : `{ resources: { ${JSON.stringify(name)}: ${needed} } }`
        })`,
    );
  }

  /** Calls `begin` when an actor that this thread has made may begin: now, or when it has what it needs. */
  begin(address: ActorAddress, demand: Demand, isDetached: boolean, begin: () => void): void {
    const actor: NewActor = {
      actorId: idAt(address),
      demand,
      thread: address.thread,
      endsWithThread: !isRestartable(address),
      isDetached,
    };
    const threads = address.ownsThread ? threadsOf(address) : [];
    this.#mark(threads, true);
    this.#waiting.set(actor.actorId, { demand, threads, begin });
    if (this.desk !== undefined) {
      return this.desk.want(actor, this.#thread.self, {
        admitted: () => this.#admitted(actor.actorId),
        over: () => this.#drop(actor.actorId),
      });
    }
    const driver = this.#thread.driverLink;
    if (driver === undefined) return;
    const out = driver.open(Frame.admissionWanted);
    out.u32(address.thread.id);
    out.u32(address.thread.slot);
    out.u8((actor.endsWithThread ? ENDS_WITH_THREAD : 0) | (isDetached ? DETACHED : 0));
    out.string(actor.actorId);
    out.string(demand.key);
    driver.seal();
  }

  /** An actor starts again: if it waits since its first start, `begin` is put off until it may. False if it does not wait. */
  putOff(id: string, threads: readonly ThreadAddress[], begin: () => void): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return false;
    this.#drop(id);
    this.#mark(threads, true);
    this.#waiting.set(id, { demand: waiting.demand, threads, begin });
    return true;
  }

  /** An actor of this thread's making, which the driver does not see the end of, has ended. */
  over(id: string): void {
    this.#drop(id);
    if (this.desk !== undefined) return this.desk.over(id);
    const driver = this.#thread.driverLink;
    if (driver === undefined) return;
    driver.open(Frame.admissionOver).string(id);
    driver.seal();
  }

  /** The driver: another thread has made an actor that needs resources. */
  wanted(link: PeerLink, reader: Reader): void {
    const thread = readThread(reader);
    const flags = reader.u8();
    const id = reader.string();
    const demand = readDemand(reader.string());
    const tell = (frame: typeof Frame.admitted | typeof Frame.admissionOver): void => {
      if (link.isClosed) return;
      link.open(frame).string(id);
      link.seal();
    };
    this.desk?.want(
      {
        actorId: id,
        demand,
        thread,
        endsWithThread: (flags & ENDS_WITH_THREAD) !== 0,
        isDetached: (flags & DETACHED) !== 0,
      },
      link.peer,
      { admitted: () => tell(Frame.admitted), over: () => tell(Frame.admissionOver) },
    );
  }

  /** The driver lets an actor begin. */
  admitted(reader: Reader): void {
    this.#admitted(reader.string());
  }

  /** An actor needs nothing any more: told to the driver, or by it. */
  ended(reader: Reader): void {
    const id = reader.string();
    if (this.desk !== undefined) this.desk.over(id);
    else this.#drop(id);
  }

  #admitted(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    // One of its threads has been ended, and this one has not heard of it yet.
    if (waiting.threads.some((thread) => !this.#thread.board.isAlive(thread))) return this.#drop(id);
    this.#waiting.delete(id);
    this.#mark(waiting.threads, false);
    waiting.begin();
  }

  /** An actor waits no more, and never begins. */
  #drop(id: string): void {
    const { board } = this.#thread;
    const threads = this.#waiting.get(id)?.threads ?? [];
    this.#waiting.delete(id);
    for (const thread of threads) {
      board.markDead(thread, { ending: "killed", text: "" });
      // Nobody else would say so: it was never started.
      board.markGone(thread);
    }
  }

  #mark(threads: readonly ThreadAddress[], isPostponed: boolean): void {
    for (const thread of threads) this.#table.postpone(thread, isPostponed);
  }

  /** What an actor waits for before it begins, in words; `undefined` if it does not, as far as can be seen from here. */
  waitOf(address: ActorAddress): string | undefined {
    const id = idAt(address);
    const demand = this.#waiting.get(id)?.demand ?? this.desk?.waiting(id)?.demand;
    if (demand !== undefined) return describeDemand(demand, this.totals);
    return address.ownsThread && this.isPostponed(address.thread) ? "resources" : undefined;
  }

  /** True if this thread has made an actor that waits. */
  waits(address: ActorAddress): boolean {
    return this.#waiting.has(idAt(address));
  }

  /** True for a thread that is not started yet, for its actor waits. */
  isPostponed(thread: ThreadAddress): boolean {
    return this.#table.isPostponed(thread);
  }

  /** True if a worker is to go back after each task. */
  get isContended(): boolean {
    return this.#table.isContended;
  }

  /** How long this thread may sleep while it blocks. */
  get patience(): number {
    return this.desk?.isLooking ? SHORT_SLEEP : LONGEST_SLEEP;
  }

  /** A worker for functions waits, or goes on. */
  rest(isResting: boolean): void {
    if (!this.runsTasks || this.#isResting === isResting) return;
    this.#isResting = isResting;
    this.#table.rest(this.#thread.self, isResting);
  }

  /** Some thread has died, or a blocked driver looks at the board. */
  deaths(): void {
    const { board, restarts } = this.#thread;
    for (const [id, { threads }] of this.#waiting) {
      // Its next run takes its place.
      if (restarts.own.find(id)?.isRestarting) continue;
      if (threads.some((thread) => !board.isAlive(thread))) this.#drop(id);
    }
    if (this.desk === undefined) return;
    this.desk.deaths();
    this.desk.look();
  }

  /** Nobody begins any more. */
  close(): void {
    this.#waiting.clear();
    this.desk?.close();
  }
}
