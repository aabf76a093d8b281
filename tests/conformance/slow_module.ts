/** A module whose loading takes until a fence is open, in threads that were told of one. */

import { Actor, remote, serializable } from "@manta/ray";
import { reached, signal } from "./fence.ts";

const { poolFence } = globalThis as { poolFence?: Int32Array<SharedArrayBuffer> };
if (poolFence !== undefined) {
  signal(poolFence, 0);
  await reached(poolFence, 1);
}

@serializable
export class Amount {
  constructor(readonly units: number) {}
  double(): number {
    return this.units * 2;
  }
}

@remote
export class Slow extends Actor {
  readonly #start: number;
  constructor(start: Amount) {
    super();
    this.#start = start.double();
  }
  add(amount: Amount): number {
    return this.#start + amount.double();
  }
}

export const slowTask = remote(function slowTask(): string {
  return "slow";
});
