import { Actor, remote } from "@manta/ray";
import { block, type Fence, reached, signal } from "./fence.ts";

@remote
export class Waiter extends Actor {
  constructor(readonly fence?: Fence) {
    super();
  }
  /** Signals cell 0, and yields when cell 1 says so. */
  async *items(): AsyncGenerator<string> {
    if (this.fence === undefined) return;
    signal(this.fence, 0);
    await reached(this.fence, 1);
    yield "first";
    yield "second";
  }
}

@remote
export class Doubler extends Actor {
  double(n: number): number {
    return 2 * n;
  }
  /** Signals cell 0, and holds the thread until cell 1 says so. */
  hold(fence: Fence): void {
    signal(fence, 0);
    block(fence, 1);
  }
}
