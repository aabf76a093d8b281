/**
 * A thread's loop: the microtask scheduler. Frames written in one turn of the event loop are published by one microtask;
 * then the thread looks whether an answer is there before it parks, since a look costs a hundredth of a sleep. After a
 * millisecond or two of such microtasks, timers and I/O get their turn.
 *
 * @module
 */

import { afterIo } from "../base/platform.ts";
import { type Board, DEATH_BIT, LINK_BITS } from "./board.ts";
import type { ThreadAddress } from "./thread_address.ts";
import type { Link } from "./link.ts";

/** What the loop serves. */
export interface LoopClient {
  /** Delivers what `link` has received. MUST NOT throw. */
  drain(link: Link): void;
  /** Runs user code that is ready, for a millisecond or two. True if some is left. MUST NOT throw. */
  run(): boolean;
  /** True if `run` has something to run. */
  readonly hasWork: boolean;
  /** Some thread has died. */
  deaths(): void;
  /** The thread had nothing to do for a moment. */
  rested(): void;
}

/** How often a thread looks, when looking has paid lately: some 10 µs. */
const HOT_ROUNDS = 2_000;
/** How often it looks to find out whether looking pays: longer than a sleeping thread takes to wake, some 100 µs. */
const PROBE_ROUNDS = 20_000;
/** After misses, so many waits go without a look, at most. */
const MAX_SKIPPED = 63;
/** Microtasks that a settled promise may need until the code that awaits it goes on. */
const CONTINUATION_HOPS = 8;
/** Turns in a row before the clock is asked, and between two looks at the clock. */
const TURNS = 64;
/** After so many awaits of settled refs, timers and I/O come first. */
const SETTLED_AWAITS = 1_024;
/** After so many milliseconds in microtasks, timers and I/O come first. */
const SLICE = 1;
/** A blocked thread looks at the board at least this often, in milliseconds. */
const LONGEST_SLEEP = 1_000;

/** One thread's loop. */
export class Loop {
  /** This thread. */
  readonly self: ThreadAddress;
  readonly #board: Board;
  readonly #client: LoopClient;
  readonly #links: Link[][] = Array.from({ length: LINK_BITS }, () => []);
  readonly #dirty: Link[] = [];
  #backlog: Link[] = [];

  #waits = 0;
  #always = false;
  #scheduled = false;
  #afterIo = false;
  #yielding = false;
  #turns = 0;
  #sliceStart = 0;
  #hops = 0;
  #armed = false;
  #parked = false;
  #closed = false;
  #settledAwaits = 0;
  #hold: ReturnType<typeof setInterval> | undefined;

  #licensed = false;
  #hot = false;
  #skip = 0;
  #misses = 0;

  readonly #turn = (): void => this.#takeTurn();

  /**
   * @param board The board.
   * @param self This thread.
   * @param client What is served.
   */
  constructor(board: Board, self: ThreadAddress, client: LoopClient) {
    this.#board = board;
    this.self = self;
    this.#client = client;
  }

  /** Serves a link from now on. */
  add(link: Link): void {
    this.#links[31 - Math.clz32(link.bit)].push(link);
    // What came before is found in the next turn; now, a frame of another link may be half read.
    this.#board.ring(this.self, link.bit);
    this.schedule();
  }

  /** Serves a link no more. */
  remove(link: Link): void {
    const links = this.#links[31 - Math.clz32(link.bit)];
    const index = links.indexOf(link);
    if (index >= 0) links.splice(index, 1);
  }

  /** Publishes `link` at the end of this turn. */
  dirty(link: Link): void {
    this.#dirty.push(link);
    this.schedule();
  }

  /** Takes a turn as a microtask. */
  schedule(): void {
    if (this.#scheduled || this.#yielding || this.#closed) return;
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
    else if (this.#waits === 0) this.#release();
  }

  /** Looks before parking even when nobody here waits: a worker does, whose work comes from outside. */
  serveAlways(): void {
    this.#always = true;
  }

  /** Called for each await of a settled ref: now and then a promise to wait for, so that timers and I/O get their turn. */
  pause(): Promise<void> | undefined {
    if (++this.#settledAwaits < SETTLED_AWAITS || this.#closed) return undefined;
    this.#settledAwaits = 0;
    return new Promise((resolve) => afterIo(resolve));
  }

  /** Blocks the thread until `done()`, serving all but user code. False if `timeout` milliseconds passed before. */
  block(done: () => boolean, timeout: number): boolean {
    const deadline = timeout === Infinity ? Infinity : performance.now() + timeout;
    this.#board.unpark(this.self);
    this.#parked = false;
    for (;;) {
      while (this.#service() && !done());
      if (done()) return true;
      const left = deadline === Infinity ? LONGEST_SLEEP : deadline - performance.now();
      if (left <= 0) return false;
      if (this.#look()) continue;
      this.#returnLicence();
      if (this.#board.park(this.self)) {
        this.#board.sleep(this.self, Math.min(left, LONGEST_SLEEP));
        this.#board.unpark(this.self);
      }
      this.#client.deaths();
    }
  }

  /** Ends the loop. */
  close(): void {
    this.flush();
    this.#closed = true;
    // Ends the promise that waits for the bell, and with it what that keeps in memory.
    this.#board.ring(this.self, DEATH_BIT);
    this.#release();
    this.#returnLicence();
  }

  /** Publishes all that is written. */
  flush(): void {
    for (let link = this.#dirty.pop(); link !== undefined; link = this.#dirty.pop()) {
      link.isDirty = false;
      if (!link.flush()) this.#backlog.push(link);
    }
  }

  #takeTurn(): void {
    this.#scheduled = false;
    if (this.#closed) return;
    if (this.#parked) {
      this.#parked = false;
      this.#board.unpark(this.self);
    }
    if (++this.#turns >= TURNS && this.#mustYield()) return;
    // While promises are on their way to the code that awaits them, there is nothing to do but to let them pass.
    if (this.#hops > 0 && this.#dirty.length === 0 && !this.#client.hasWork) {
      this.#hops--;
      return this.schedule();
    }
    // The code that was waited for has gone on, and made calls: their answers are what to look for now.
    if (this.#dirty.length > 0) this.#hops = 0;
    const served = this.#service();
    const more = this.#client.run();
    this.flush();
    if (more || this.#hops > 0) return this.schedule();
    if ((this.#waits > 0 || this.#always) && this.#look()) return this.schedule();
    if (served) return this.schedule();
    this.#park();
  }

  /** Publishes and delivers. True if something came. */
  #service(): boolean {
    this.flush();
    if (this.#backlog.length > 0) {
      const links = this.#backlog;
      this.#backlog = [];
      for (const link of links) if (!link.flush()) this.#backlog.push(link);
    }
    const bits = this.#board.takeBits(this.self);
    if (bits === 0) return false;
    for (let rest = bits & ~DEATH_BIT; rest !== 0;) {
      const bit = 31 - Math.clz32(rest);
      rest &= ~(1 << bit);
      const links = this.#links[bit];
      for (let i = 0; i < links.length; i++) this.#client.drain(links[i]);
    }
    if ((bits & DEATH_BIT) !== 0) this.#client.deaths();
    return true;
  }

  /** After a slice of microtasks, leaves the rest for after timers and I/O. */
  #mustYield(): boolean {
    if (!this.#afterIo) {
      this.#afterIo = true;
      this.#sliceStart = performance.now();
      afterIo(() => {
        this.#afterIo = false;
        this.#turns = 0;
        if (!this.#yielding) return;
        this.#yielding = false;
        this.#takeTurn();
      });
    } else if (this.#turns % 16 === 0 && performance.now() - this.#sliceStart > SLICE) {
      this.#yielding = true;
      this.flush();
      return true;
    }
    return false;
  }

  #look(): boolean {
    if (this.#skip > 0) {
      this.#skip--;
      return false;
    }
    if (!this.#licensed && !(this.#licensed = this.#board.takeLicence())) return false;
    if (this.#board.look(this.self, this.#hot ? HOT_ROUNDS : PROBE_ROUNDS)) {
      this.#hot = true;
      this.#misses = 0;
      return true;
    }
    this.#hot = false;
    this.#skip = Math.min(2 ** this.#misses++ - 1, MAX_SKIPPED);
    return false;
  }

  #returnLicence(): void {
    if (!this.#licensed) return;
    this.#licensed = false;
    this.#board.returnLicence();
  }

  #park(): void {
    this.#returnLicence();
    this.#client.rested();
    if (this.#waits > 0) this.#hold ??= setInterval(() => {}, 2 ** 30);
    else this.#release();
    if (!this.#board.park(this.self)) return this.schedule();
    this.#parked = true;
    if (this.#armed) return;
    const bell = this.#board.sleepAsync(this.self);
    if (bell === undefined) return this.schedule();
    this.#armed = true;
    bell.then(() => {
      this.#armed = false;
      this.#turns = 0;
      if (!this.#scheduled && !this.#yielding) this.#takeTurn();
    });
  }

  #release(): void {
    if (this.#hold === undefined) return;
    clearInterval(this.#hold);
    this.#hold = undefined;
  }
}
