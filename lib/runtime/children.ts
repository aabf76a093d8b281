/**
 * The worker threads that this thread started: it hears of their ends, and ends them with itself.
 *
 * @module
 */

import { deadline } from "@std/async/deadline";
import { Hold } from "../base/hold.ts";
import type { Amounts } from "../define/demand.ts";
import { deno } from "../base/platform.ts";
import { describeThrown } from "../base/task_error.ts";
import { Bridged, type BridgeKind } from "../transport/claim_slot.ts";
import type { Board } from "../transport/board.ts";
import { SLOTS } from "../transport/board_layout.ts";
import { type DeathNote, DRIVER, type ThreadAddress } from "../transport/thread_address.ts";
import { ProcessTable } from "../transport/process_table.ts";
import { isLinkEnd, type LinkEnd, makeLink } from "../transport/link_end.ts";
import type { PeerLink } from "../transport/peer.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { exitNote } from "./death.ts";
import type { Peers } from "./peers.ts";
import { SpareThread } from "./spare_thread.ts";
import { killProcess } from "./process_start.ts";
import type { StartedWorker, WorkerDetails } from "./worker_start.ts";
import { startNodeWorker } from "./worker_node.ts";
import { startWebWorker } from "./worker_web.ts";

/** A worker that is being made: frames can be written to it already. */
export interface NewWorker {
  /** Where it will be. */
  readonly address: ThreadAddress;
  /** The link to it. */
  readonly link: PeerLink;
  /** Starts it. */
  start(): void;
  /** Has the driver start it, so that it outlives this thread; from now on, if all frames that make its actor are written. */
  startDetached(isComplete: boolean): void;
  /** Gives it up before the start. */
  discard(): void;
}

/** How long a thread may take to end, in milliseconds, until whoever waits for that is told. */
const PATIENCE = 30_000;
/** How long one may take that ends itself, in milliseconds, until it is terminated when the program ends. */
const OWN_END_PATIENCE = 3_000;

/** A worker that was started. */
interface Child {
  readonly address: ThreadAddress;
  readonly worker: StartedWorker;
  /** True for a bridge: it has to see to it that its process ends first, and runs no code of the program's that could keep it. */
  readonly endsItself: boolean;
}

/** The workers of one thread. */
export class Children {
  readonly #board: Board;
  readonly #self: ThreadAddress;
  readonly #peers: Peers;
  readonly #names: SharedArrayBuffer;
  readonly #totals: Amounts;
  readonly #processes: ProcessTable;
  readonly #workers = new Map<number, Child>();
  #onEmpty: (() => void)[] = [];
  /** Where threads for actors come from. */
  readonly spare: SpareThread = new SpareThread(this);
  /** Told of each worker that has really ended. */
  onEnded: () => void = () => {};

  /**
   * @param board The board.
   * @param self This thread.
   * @param peers Its links.
   * @param names The memory of the table of names.
   * @param totals The resources that the program has.
   */
  constructor(
    board: Board,
    self: ThreadAddress,
    peers: Peers,
    names: SharedArrayBuffer,
    totals: Amounts,
  ) {
    this.#board = board;
    this.#self = self;
    this.#peers = peers;
    this.#names = names;
    this.#totals = totals;
    this.#processes = new ProcessTable(board);
  }

  /**
   * Makes a worker that loads `module`; `""` for one that runs what is of any module. `at` is its place, if it has one.
   */
  make(
    module: string,
    more: WorkerDetails & { at?: ThreadAddress } = {},
  ): NewWorker {
    const board = this.#board;
    const address = more.at ?? board.claim(this.#self, kindOf(more));
    const [ours, theirs] = makeLink(board, this.#self, address);
    const link = this.#peers.add(ours);
    this.#introduceDriver(link);
    return {
      address,
      link,
      start: () => this.#start(address, theirs, module, more),
      startDetached: (isComplete) => {
        if (this.#self.id === DRIVER) return this.#start(address, theirs, module);
        const driver = this.#peers.find(DRIVER);
        // Without it there is no program any more: this thread ends, and the new one with it.
        if (driver === undefined) return;
        const out = driver.open(Frame.startDetached);
        out.u32(address.id);
        out.u32(address.slot);
        out.string(module);
        driver.seal([{ end: theirs }], [theirs.port]);
        // What is published is read after this thread's death too. If not all is, the actor's thread detaches itself when it is.
        const isSent = driver.flush() && link.flush();
        if (isComplete && isSent) board.detach(address);
      },
      discard: () => {
        board.markDead(address, { ending: "killed", text: "" });
        board.markGone(address);
        this.#peers.remove(link);
      },
    };
  }

  /** True if this is the driver. */
  get areDrivers(): boolean {
    return this.#self.id === DRIVER;
  }

  /** True while a worker, started or not, has not been marked dead. */
  isAlive({ address }: NewWorker): boolean {
    return this.#board.isAlive(address);
  }

  /** True if a worker has not come so far as to look for what comes. */
  isStarting(worker: NewWorker): boolean {
    return this.isAlive(worker) && !this.#board.hasBegun(worker.address);
  }

  /** Ends a worker. */
  end({ address }: NewWorker): void {
    this.#board.markDead(address, { ending: "killed", text: "" });
    this.reap();
  }

  /** The driver: starts the worker of a detached actor for another thread, which may have ended meanwhile. */
  takeDetached(reader: Reader, items: readonly unknown[]): void {
    const address = readThread(reader);
    const module = reader.string();
    const end = (items[0] as { end?: unknown } | undefined)?.end;
    if (this.#self.id !== DRIVER || !isLinkEnd(end)) throw new CorruptFrameError("a thread without a link");
    if (this.#board.isAlive(address)) return this.#start(address, end, module);
    end.port.close();
    this.#board.markGone(address);
  }

  #start(
    address: ThreadAddress,
    link: LinkEnd,
    module: string,
    more: WorkerDetails = {},
  ): void {
    const board = this.#board;
    const start = deno === undefined ? startWebWorker : startNodeWorker;
    const worker = start(
      { board: board.memory, names: this.#names, totals: this.#totals, self: address, link, module, ...more },
      ({ error, code }) => {
        this.#workers.delete(address.id);
        // What the worker wrote itself, or whoever ended it, holds; this is for ends that nobody announced.
        board.markDead(
          address,
          error === undefined ? exitNote(code) : { ending: "crashed", text: describeThrown(error) },
        );
        board.markGone(address);
        this.onEnded();
        if (this.#workers.size === 0) { for (const callback of this.#onEmpty.splice(0)) callback(); }
      },
    );
    this.#workers.set(address.id, { address, worker, endsItself: more.isBridge === true });
  }

  /** A worker that a worker started needs the driver, who lends the workers for tasks. */
  #introduceDriver(link: PeerLink): void {
    if (this.#self.id === DRIVER) return;
    const introduction = this.#peers.introduce(link, DRIVER);
    if (introduction === undefined) return;
    link.open(Frame.introduce);
    link.seal([introduction.end], [introduction.end.port]);
    introduction.announce();
  }

  /** Stops the workers that were marked dead. */
  reap(): void {
    // A bridge that was terminated with the thread that made it cannot end its process.
    if (this.#self.id === DRIVER) this.#processes.takeOrphans().forEach(killProcess);
    for (const { address, worker, endsItself } of this.#workers.values()) {
      if (endsItself || this.#board.isAlive(address)) continue;
      // A worker that ends itself does so; on Deno, `terminate()` might keep it from doing so.
      if (deno !== undefined && isOwnEnd(this.#board.deathNote(address))) continue;
      worker.terminate();
    }
  }

  /** Ends all workers; fulfilled when they are gone. */
  endAll(note: DeathNote): Promise<void> {
    if (this.#workers.size === 0) return Promise.resolve();
    // The workers themselves do not keep the process alive until their ends are heard of.
    const hold = new Hold();
    hold.keep();
    const gone = new Promise<void>((resolve) => this.#onEmpty.push(resolve));
    // One that ends itself may have been kept from it.
    const late = setTimeout(() => {
      for (const { worker, endsItself } of this.#workers.values()) if (!endsItself) worker.terminate();
    }, OWN_END_PATIENCE);
    const ended = deadline(gone, PATIENCE).catch(() => {
      throw new Error(`Cannot end all threads: ${this.#workers.size} of them still run after ${PATIENCE} ms`);
    }).finally(() => {
      clearTimeout(late);
      hold.release();
    });
    for (const { address } of this.#workers.values()) this.#board.markDead(address, note);
    this.reap();
    return ended;
  }
}

function isOwnEnd({ ending }: DeathNote): boolean {
  return ending === "exited" || ending === "left";
}

/** The thread that a frame names. */
export function readThread(reader: Reader): ThreadAddress {
  const thread = { id: reader.u32(), slot: reader.u32() };
  if (thread.id === 0 || thread.slot >= SLOTS) throw new CorruptFrameError("a thread that cannot be");
  return thread;
}

function kindOf({ isBridge, far }: WorkerDetails): BridgeKind {
  if (!isBridge) return Bridged.none;
  return far === undefined ? Bridged.process : Bridged.cluster;
}
