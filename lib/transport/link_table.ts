/**
 * The links of a thread by their bits: many links share the few bits of a doorbell.
 *
 * @module
 */

import { LINK_BITS } from "./board_layout.ts";
import type { Link } from "./link.ts";

/** A thread's links. */
export class LinkTable {
  readonly #links: Link[][] = Array.from({ length: LINK_BITS }, () => []);

  /** Adds a link; returns all that have its bit. */
  add(link: Link): readonly Link[] {
    const links = this.#links[indexOf(link.bit)];
    links.push(link);
    return links;
  }

  /** Removes a link. */
  remove(link: Link): void {
    const links = this.#links[indexOf(link.bit)];
    const index = links.indexOf(link);
    if (index >= 0) links.splice(index, 1);
  }

  /** All links. */
  all(): readonly Link[] {
    return this.#links.flat();
  }

  /** The links that have a bit. */
  of(bit: number): readonly Link[] {
    return this.#links[indexOf(bit)];
  }
}

function indexOf(bit: number): number {
  return 31 - Math.clz32(bit);
}
