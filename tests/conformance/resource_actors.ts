import {
  Actor,
  type ActorHandle,
  type ClusterOptions,
  exitActor,
  get,
  getSync,
  kill,
  type ObjectRef,
  type Placement,
  remote,
} from "@manta/ray";
import { block, type Fence, reached, type SharedFence, signal } from "./fence.ts";

/** Has what it is given, from its constructor to its end. */
@remote
export class Holder extends Actor {
  constructor(fence?: Fence, fails = false) {
    super();
    if (fails) throw new RangeError("not made");
    if (fence !== undefined) signal(fence);
  }
  ping(): string {
    return "pong";
  }
  exit(): void {
    exitActor();
  }
  crash(): void {
    setTimeout(() => {
      throw new Error("out of a timer");
    }, 0);
  }
  async hold(fence: SharedFence): Promise<void> {
    signal(fence, 1);
    await reached(fence, 2);
  }
}

/** How many live at once, and how many at most. */
@remote
export class Counted extends Actor {
  readonly #fence: SharedFence;
  constructor(fence: SharedFence) {
    super();
    this.#fence = fence;
    const now = Atomics.add(fence, 0, 1) + 1;
    for (let most = Atomics.load(fence, 1); now > most; most = Atomics.load(fence, 1)) {
      Atomics.compareExchange(fence, 1, most, now);
    }
  }
  leave(): void {
    Atomics.sub(this.#fence, 0, 1);
    exitActor();
  }
}

export interface Wish {
  placement: Placement | undefined;
  numCpus?: number;
  resources?: Record<string, number>;
}

/** Makes actors that need resources, from another thread. */
@remote({ numCpus: 0 })
export class Maker extends Actor {
  make(wish: Wish, fence?: SharedFence): ActorHandle<Holder> {
    return Holder.options(wish).remote(fence);
  }
  makeDetached(name: string): void {
    Holder.options({ name, lifetime: "detached", numCpus: 1 }).remote();
  }
  async run(options: ClusterOptions, fence: SharedFence): Promise<number> {
    return await crowd.options(options).remote(fence);
  }
  ask(wish: Wish): string {
    const holder = Holder.options(wish).remote();
    const answer = getSync(holder.ping.remote());
    void kill(holder);
    return answer;
  }
}

/** The same, awaiting. */
@remote
export class Visitor extends Actor {
  async timeoutOf(holder: ActorHandle<Holder>): Promise<string> {
    return await get(holder.ping.remote(), { timeout: 30 }).catch(String);
  }
  async comeAndGo(wish: Wish, fence: SharedFence, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      const counted = Counted.options(wish).remote(fence);
      await counted.leave.remote().then(() => {}, () => {});
    }
  }
}

/** Waits for a ref, awaiting, and says so before. */
export const awaits = remote(async function awaits(fence: SharedFence, refs: readonly ObjectRef<number>[]) {
  signal(fence, 3);
  return await refs[0];
});

/** The same, blocking. */
export const blocks = remote(function blocks(fence: SharedFence, refs: readonly ObjectRef<number>[]): number {
  signal(fence, 3);
  return getSync(refs[0]);
});

/** Has its worker until it is let go. */
export const busy = remote(function busy(fence: SharedFence, begun = 0, end = 1): void {
  signal(fence, begun);
  block(fence, end);
});

/** Blocks until so many are at it at once. */
export const meet = remote(function meet(fence: SharedFence, count: number): void {
  signal(fence);
  block(fence, 0, count);
});

/** How many run at once, at most. */
export const crowd = remote(function crowd(fence: SharedFence): number {
  const now = Atomics.add(fence, 0, 1) + 1;
  for (let i = 0; i < 50_000; i++) Math.sqrt(i);
  Atomics.sub(fence, 0, 1);
  return now;
});

/** Runs `crowd`, and a function of the same kind before it ends. */
export const nested = remote(async function nested(fence: SharedFence): Promise<number> {
  return await crowd.options({ numCpus: 1 }).remote(fence);
}, { numCpus: 2 });
