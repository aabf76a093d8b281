/**
 * A thread that is ready before its actor is made, for programs that make one actor of a module after the other: a worker takes
 * tens of milliseconds to start.
 *
 * @module
 */

import type { Children, NewWorker } from "./children.ts";

/** A thread that was started for an actor of a module, or is to be. */
interface Started {
  readonly module: string;
  readonly worker: NewWorker;
}

/** The spare thread of a program: the driver has one at most. */
export class SpareThread {
  readonly #children: Children;
  #latest: Started | undefined = undefined;
  #spare: Started | undefined = undefined;
  #isWanted = false;

  /** @param children What starts threads. */
  constructor(children: Children) {
    this.#children = children;
  }

  /** A thread for an actor of `module` that is made now. */
  take(module: string): NewWorker {
    const spare = this.#spare;
    const isFit = spare?.module === module && this.#children.isAlive(spare.worker);
    const worker = isFit ? this.#use(spare) : this.#children.make(module);
    if (!this.#children.areDrivers) return worker;
    // It is worth its memory from the second actor on.
    this.#isWanted = this.#latest?.module === module;
    this.#latest = { module, worker };
    return worker;
  }

  /** It has loaded the module, or is about to, and waits for the frames that make its actor. */
  #use(spare: Started): NewWorker {
    this.#spare = undefined;
    const { address, link } = spare.worker;
    const start = (): void => {};
    return { address, link, start, startDetached: start, discard: () => void (this.#spare = spare) };
  }

  /** The driver is about to rest: if a spare is wanted, and nothing that was asked for is still starting, now is the time. */
  prepare(): void {
    if (!this.#isWanted || this.#latest === undefined) return;
    const { module, worker } = this.#latest;
    if (this.#children.isStarting(worker)) return;
    this.#isWanted = false;
    if (this.#spare !== undefined && this.#children.isAlive(this.#spare.worker)) {
      if (this.#spare.module === module) return;
      this.#children.end(this.#spare.worker);
    }
    this.#spare = undefined;
    try {
      const worker = this.#children.make(module);
      worker.start();
      this.#spare = { module, worker };
    } catch { /* the next actor that is made says what is wrong */ }
  }
}
