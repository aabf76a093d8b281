/** A module that only declares needs no guard, and neither does other code at its top level. */

import { Actor, put, remote } from "@manta/ray";

@remote
export class Declared extends Actor {
  ping(): string {
    return "pong";
  }
}

export { put };
export const prepared: number = [1, 2, 3].reduce((a, b) => a + b);
