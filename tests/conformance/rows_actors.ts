/** The actors of rows_test.ts. */

import { Actor, getSync, put, remote, runtimeContext } from "@manta/ray";
import process from "node:process";
import { AsyncEcho } from "./actors.ts";
import { block, type Fence, signal } from "./fence.ts";

/** Blocks its thread until another one has come as well. */
@remote
export class Meeter extends Actor {
  meet(fence: Fence, mine: number, other: number): number {
    signal(fence, mine);
    block(fence, other);
    return mine;
  }
}

/** Says whether it was started again, as its constructor saw it and as a method does. */
@remote
export class Reborn extends Actor {
  readonly #inConstructor = runtimeContext().wasReconstructed;
  was(): boolean[] {
    return [this.#inConstructor, runtimeContext().wasReconstructed];
  }
  crash(): void {
    process.exit(3);
  }
}

/** Has only sync methods of its own, and is an async actor by what it inherits. */
@remote
export class Heir extends AsyncEcho {
  pong(): string {
    return "pong";
  }
}

/** Blocks in an async method, again and again. */
@remote({ placement: "inline" })
export class Blocker extends Actor {
  // deno-lint-ignore require-await -- async makes it an async actor
  async block(times: number): Promise<number> {
    let sum = 0;
    for (let i = 0; i < times; i++) sum += getSync(put(1));
    return sum;
  }
}
