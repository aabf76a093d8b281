/**
 * The worker threads that this thread started: it hears of their ends, and ends them with itself.
 *
 * @module
 */

import { deadline } from "@std/async/deadline";
import { Hold } from "../base/hold.ts";
import { deno } from "../base/platform.ts";
import { describeThrown } from "../base/task_error.ts";
import type { Board } from "../transport/board.ts";
import { type DeathNote, DRIVER, type ThreadAddress } from "../transport/thread_address.ts";
import { ProcessTable } from "../transport/process_table.ts";
import { makeLink } from "../transport/link.ts";
import type { PeerLink } from "../transport/peer.ts";
import { Frame } from "../wire/frames.ts";
import type { Peers } from "./peers.ts";
import { killProcess } from "./process_start.ts";
import type { StartedWorker, WorkerStart } from "./worker_start.ts";
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
  /** Gives it up before the start. */
  discard(): void;
}

/** How long a thread may take to end, in milliseconds, until whoever waits for that is told. */
const PATIENCE = 30_000;

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
  readonly #processes: ProcessTable;
  readonly #workers = new Map<number, Child>();
  #onEmpty: (() => void)[] = [];

  /**
   * @param board The board.
   * @param self This thread.
   * @param peers Its links.
   */
  constructor(board: Board, self: ThreadAddress, peers: Peers) {
    this.#board = board;
    this.#self = self;
    this.#peers = peers;
    this.#processes = new ProcessTable(board);
  }

  /**
   * Makes a worker that loads `module`; `""` for one that runs what is of any module. `at` is its place, if it has one; of
   * `restarted`, its actor has lived before.
   */
  make(
    module: string,
    more: Pick<WorkerStart, "id" | "isBridge" | "restarted"> & { at?: ThreadAddress } = {},
  ): NewWorker {
    const board = this.#board;
    const address = more.at ?? board.claim(this.#self, more.isBridge);
    const [ours, theirs] = makeLink(board, this.#self, address);
    const link = this.#peers.add(ours);
    this.#introduceDriver(link);
    return {
      address,
      link,
      start: () => {
        const start = deno === undefined ? startWebWorker : startNodeWorker;
        const worker = start(
          { board: board.memory, self: address, link: theirs, module, ...more },
          ({ error, code }) => {
            this.#workers.delete(address.id);
            // What the worker wrote itself, or whoever ended it, holds; this is for ends that nobody announced.
            board.markDead(
              address,
              error === undefined
                ? { ending: "exited", text: `with code ${code ?? 0}` }
                : { ending: "crashed", text: describeThrown(error) },
            );
            board.markGone(address);
            if (this.#workers.size === 0) { for (const callback of this.#onEmpty.splice(0)) callback(); }
          },
        );
        this.#workers.set(address.id, { address, worker, endsItself: more.isBridge === true });
      },
      discard: () => {
        board.markDead(address, { ending: "killed", text: "" });
        board.markGone(address);
        this.#peers.remove(link);
      },
    };
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
      if (deno !== undefined && this.#board.deathNote(address).ending === "exited") continue;
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
    const ended = deadline(gone, PATIENCE).catch(() => {
      throw new Error(`Cannot end all threads: ${this.#workers.size} of them still run after ${PATIENCE} ms`);
    }).finally(() => hold.release());
    for (const { address } of this.#workers.values()) this.#board.markDead(address, note);
    this.reap();
    return ended;
  }
}
