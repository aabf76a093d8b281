/**
 * The actor of `bench/cluster.ts`, as its Python counterpart is in `tests/cluster/python/manta_fixtures.py`.
 *
 * @module
 */

import { Actor, remote } from "../mod.ts";

/** Numbers come from 0 upwards, in order. */
@remote
export class Echo extends Actor {
  #last = 0;

  /** Gives a number back. */
  same(value: number): number {
    if (value !== 0 && value !== this.#last + 1) {
      throw new RangeError("out of order");
    }
    this.#last = value;
    return value;
  }

  /** Gives bytes back. */
  bytes(value: Uint8Array): Uint8Array {
    return value;
  }
}
