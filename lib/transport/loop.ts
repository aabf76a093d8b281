/**
 * A thread's loop: the microtask scheduler. Frames written in one turn of the event loop are published by one microtask;
 * then the thread looks whether an answer is there before it parks. After a millisecond or two of such microtasks, timers and
 * I/O get their turn.
 *
 * @module
 */

import { Hold } from "../base/hold.ts";
import { afterIo } from "../base/platform.ts";
import type { Board } from "./board.ts";
import { DEATH_BIT, VACANT_BIT } from "./board_layout.ts";
import type { ThreadAddress } from "./thread_address.ts";
import type { Link } from "./link.ts";
import { LinkTable } from "./link_table.ts";
import type { LoopClient } from "./loop_client.ts";
import { Lookout } from "./lookout.ts";
import { Slice } from "./slice.ts";

/** Microtasks that a settled promise may need until the code that awaits it goes on. */
const CONTINUATION_HOPS = 8;
/** After so many awaits of settled refs, timers and I/O come first. */
const SETTLED_AWAITS = 1_024;

/** One thread's loop. */
export class Loop {
  readonly self: ThreadAddress;
  readonly #board: Board;
  readonly #client: LoopClient;
  readonly #lookout: Lookout;
  readonly #links = new LinkTable();
  readonly #dirty: Link[] = [];
  readonly #hold = new Hold();
  readonly #slice: Slice;
  #backlog: Link[] = [];
  #waits = 0;
  #always = false;
  #scheduled = false;
  #hops = 0;
  #armed = false;
  #closed = false;
  #isStopped = false;
  #settledAwaits = 0;
  readonly #turn = (): void => {
    this.#scheduled = false;
    this.#takeTurn();
  };

  /**
   * @param board The board.
   * @param self This thread.
   * @param client What is served.
   */
  constructor(board: Board, self: ThreadAddress, client: LoopClient) {
    this.#board = board;
    this.self = self;
    this.#client = client;
    this.#lookout = new Lookout(board, self);
    this.#slice = new Slice((hasYielded) => {
      client.resumed();
      if (hasYielded) this.#takeTurn();
    });
  }

  /** Serves a link from now on. */
  add(link: Link): void {
    // A bit that is rung for two says nothing to a sender that asks whether it needs to ring.
    for (const other of this.#links.add(link)) this.#lookout.remove(other);
    // What came before is found in the next turn; now, a frame of another link may be half read.
    this.#board.ring(this.self, link.bit);
    this.schedule();
  }

  /** Serves a link no more. */
  remove(link: Link): void {
    this.#links.remove(link);
    this.#lookout.remove(link);
  }

  /** Publishes `link` at the end of this turn. */
  dirty(link: Link): void {
    this.#dirty.push(link);
    this.schedule();
  }

  /** Takes a turn as a microtask. */
  schedule(): void {
    if (this.#scheduled || this.#slice.isYielding || this.#closed) return;
    this.#scheduled = true;
    queueMicrotask(this.#turn);
  }

  /** Promises were settled, or async methods begun: lets the code that awaits them go on before the thread looks. */
  expectContinuations(): void {
    this.#hops = CONTINUATION_HOPS;
    this.schedule();
  }

  /** Somebody here waits for another thread (+1), or no longer does (-1). While somebody waits the process stays alive. */
  wait(change: 1 | -1): void {
    this.#waits += change;
    if (change === 1) this.schedule();
    else if (this.#waits === 0) this.#hold.release();
  }

  /** Looks before parking even when nobody here waits: a worker does, whose work comes from outside. */
  serveAlways(): void {
    this.#always = true;
  }

  /** Called for each await of a settled ref: now and then a promise to wait for, so that timers and I/O get their turn. */
  pause(): Promise<void> | undefined {
    if (this.#isStopped) return new Promise(() => {});
    // The code that awaits goes on before the loop rests.
    if (this.#scheduled) this.#hops = CONTINUATION_HOPS;
    if (++this.#settledAwaits < SETTLED_AWAITS || this.#closed) return undefined;
    this.#settledAwaits = 0;
    return new Promise((resolve) => afterIo(resolve));
  }

  /** Blocks the thread until `done()`, serving all but user code. False if `timeout` milliseconds passed before. */
  block(done: () => boolean, timeout: number): boolean {
    const deadline = timeout === Infinity ? Infinity : performance.now() + timeout;
    // A thread that is awake has a turn to come, or is in one.
    if (this.#lookout.isParked) {
      this.#wake();
      this.schedule();
    }
    for (;;) {
      if (this.#isStopped) this.#client.refuseStopped();
      while (!done() && this.#service());
      if (done()) return true;
      const left = deadline === Infinity ? Infinity : deadline - performance.now();
      if (left <= 0) return false;
      if (this.#lookout.look()) continue;
      if (this.#lookout.park()) {
        this.#client.waits(true);
        this.#board.sleep(this.self, Math.min(left, this.#client.patience()));
        this.#wake();
      }
      this.#client.deaths();
    }
  }

  /** Delivers, if something has come. */
  admit(): void {
    const { watched } = this.#lookout;
    let hasNews = this.#board.hasBits(this.self);
    for (let i = 0; i < watched.length && !hasNews; i++) hasNews = watched[i].seemsReady();
    if (hasNews) this.poll();
  }

  /** Publishes and delivers, for code that does not rest; runs none of the program's. */
  poll(): void {
    if (!this.#closed) this.#service();
  }

  /** Ends the loop. */
  close(): void {
    this.flush();
    this.#closed = true;
    // Ends the promise that waits for the bell, and with it what that keeps in memory.
    this.#board.ring(this.self, DEATH_BIT);
    this.#hold.release();
    this.#lookout.close();
  }

  /** Ends the loop of a thread that is to end: code of the program's gets no further than to its next wait for a ref. */
  stop(): void {
    this.#isStopped = this.#closed = true;
    for (const link of this.#links.all()) link.isMuted = true;
    this.#lookout.close();
  }

  /** Publishes all that is written. */
  flush(): void {
    for (let link = this.#dirty.pop(); link !== undefined; link = this.#dirty.pop()) {
      link.isDirty = false;
      if (!link.flush()) this.#backlog.push(link);
    }
  }

  #takeTurn(): void {
    if (this.#closed) return;
    if (this.#lookout.isParked) this.#wake();
    // Until its end, whoever wants a turn has one.
    this.#scheduled = true;
    let isOver = false;
    try {
      isOver = this.#serve();
    } finally {
      this.#scheduled = false;
    }
    if (isOver) this.#park();
    else this.schedule();
  }

  /** One turn. True if there was nothing to do. */
  #serve(): boolean {
    for (;;) {
      if (this.#slice.isOver()) {
        this.flush();
        return false;
      }
      const hasCalls = this.#dirty.length > 0;
      // While promises are on their way to the code that awaits them, there is nothing to do but to let them pass.
      if (this.#hops > 0 && !hasCalls && !this.#client.hasWork()) {
        this.#hops--;
        return false;
      }
      // The code that was waited for has gone on, and made calls: their answers are what to look for now.
      if (hasCalls) this.#hops = 0;
      const served = this.#service();
      const hadWork = this.#client.hasWork();
      const more = this.#client.run();
      this.flush();
      if (hadWork) this.#client.answered();
      // Who made calls comes to await them next; code that ran may have left microtasks of its own.
      if (more || hadWork || hasCalls || this.#hops > 0) return false;
      if ((this.#waits > 0 || this.#always) && this.#lookout.look()) continue;
      return !served;
    }
  }

  /** Publishes and delivers. True if something came. */
  #service(): boolean {
    this.flush();
    if (this.#backlog.length > 0) this.#flushBacklog();
    let served = false;
    const { watched } = this.#lookout;
    for (let i = 0; i < watched.length; i++) {
      if (!watched[i].seemsReady()) continue;
      served = true;
      this.#client.drain(watched[i]);
    }
    const bits = this.#board.takeBits(this.self);
    if (bits === 0) return served;
    this.#serveBits(bits);
    return true;
  }

  #flushBacklog(): void {
    const links = this.#backlog;
    this.#backlog = [];
    for (const link of links) if (!link.flush()) this.#backlog.push(link);
  }

  #serveBits(bits: number): void {
    for (let rest = bits & ~(DEATH_BIT | VACANT_BIT); rest !== 0; rest &= rest - 1) {
      this.#serveLinks(this.#links.of(rest & -rest));
    }
    if ((bits & VACANT_BIT) !== 0) this.#client.vacant();
    if ((bits & DEATH_BIT) !== 0) this.#client.deaths();
  }

  #serveLinks(links: readonly Link[]): void {
    for (let i = 0; i < links.length; i++) {
      const link = links[i];
      this.#client.drain(link);
      if (link.isClosed) continue;
      if (link.isReady) this.#board.ring(this.self, link.bit);
      if (links.length > 1) continue;
      const replaced = this.#lookout.add(link);
      // What came into it before the thread said that it looks there no more.
      if (replaced !== undefined) this.#client.drain(replaced);
    }
  }

  #wake(): void {
    this.#lookout.wake();
    this.#client.waits(false);
    this.#client.resumed();
  }

  #park(): void {
    this.#client.rested();
    if (this.#waits > 0) this.#hold.keep();
    else this.#hold.release();
    if (!this.#lookout.park()) return this.schedule();
    if (this.#waits > 0) this.#client.waits(true);
    if (this.#armed) return;
    const bell = this.#board.sleepAsync(this.self);
    if (bell === undefined) return this.schedule();
    this.#armed = true;
    bell.then(() => {
      this.#armed = false;
      this.#slice.restart();
      this.#client.resumed();
      if (!this.#scheduled && !this.#slice.isYielding) this.#takeTurn();
    });
  }
}
