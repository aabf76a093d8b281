/**
 * The actors of a thread, by their numbers.
 *
 * @module
 */

import type { ActorHost } from "./actor_host.ts";

/** So many numbers stand on a page, a power of two: what one actor that lives on costs when all around it have ended. */
const PAGE = 64;

/** A page of the table. */
interface Page {
  readonly actors: (ActorHost | undefined)[];
  count: number;
}

/** A table by numbers that are given out in their order: a fifth of a `Map`'s memory, for there may be very many actors. */
export class ActorTable {
  readonly #pages = new Map<number, Page>();
  /** The page that was written last. */
  #last: Page = { actors: [], count: 0 };
  #lastNumber = -1;

  /** The actor of that number. */
  get(local: number): ActorHost | undefined {
    return this.#pages.get(Math.floor(local / PAGE))?.actors[local % PAGE];
  }

  /** Adds an actor, or puts it in place of the one with its number. */
  set(actor: ActorHost): void {
    const { actors } = this.#open(Math.floor(actor.local / PAGE));
    if (actors[actor.local % PAGE] === undefined) this.#last.count++;
    actors[actor.local % PAGE] = actor;
  }

  /** Takes an actor out. */
  delete(local: number): void {
    const number = Math.floor(local / PAGE);
    const page = this.#pages.get(number);
    if (page?.actors[local % PAGE] === undefined) return;
    page.actors[local % PAGE] = undefined;
    if (--page.count > 0) return;
    this.#pages.delete(number);
    if (number === this.#lastNumber) this.#lastNumber = -1;
  }

  /** All of them. */
  *values(): IterableIterator<ActorHost> {
    for (const { actors } of this.#pages.values()) {
      for (const actor of actors) if (actor !== undefined) yield actor;
    }
  }

  #open(number: number): Page {
    if (number === this.#lastNumber) return this.#last;
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = { actors: new Array(PAGE).fill(undefined), count: 0 };
      this.#pages.set(number, page);
    }
    this.#lastNumber = number;
    return this.#last = page;
  }
}
