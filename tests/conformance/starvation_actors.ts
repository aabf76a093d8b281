import { Actor, type ActorHandle, get, type ObjectRef, put, remote, wait } from "@manta/ray";
import { countOf, type Fence, signal } from "./fence.ts";

/** What a round of each loop awaits; `ready` is a ref that has its value. */
const LOOPS = {
  "a call": async (_ready, next) => await next.next.remote(),
  "put": async () => await put(1),
  "a ready ref": async (ready) => await ready,
  "get": async (ready) => await get(ready),
  "get of several": async (ready) => await get([ready, put(2)]),
  "wait": async (ready) => await wait([ready]),
} satisfies Record<string, (ready: ObjectRef<number>, next: ActorHandle<Next>) => Promise<unknown>>;

export type Loop = keyof typeof LOOPS;
export const LOOP_NAMES = Object.keys(LOOPS) as Loop[];

@remote
export class Next extends Actor {
  #count = 0;
  next(): number {
    return ++this.#count;
  }
}

/** Loops until a timer has ticked often enough in the same thread; returns the number of rounds. */
export async function loopUntilTicks(loop: Loop, ticks: number, next: ActorHandle<Next>): Promise<number> {
  let seen = 0;
  const timer = setInterval(() => seen++, 1);
  let rounds = 0;
  const step = LOOPS[loop];
  const ready = put(1);
  await ready;
  const end = performance.now() + 10_000;
  while (seen < ticks) {
    await step(ready, next);
    rounds++;
    if (rounds % 1_000 === 0 && performance.now() > end) throw new Error(`"${loop}" starves timers`);
  }
  clearInterval(timer);
  return rounds;
}

@remote
export class Looper extends Actor {
  async loop(loop: Loop, ticks: number, next: ActorHandle<Next>): Promise<number> {
    return await loopUntilTicks(loop, ticks, next);
  }
  /** Never ends by itself. */
  async forever(next: ActorHandle<Next>, fence: Fence): Promise<void> {
    while (countOf(fence, 1) === 0) {
      await next.next.remote();
      signal(fence);
    }
  }
  ping(): string {
    return "pong";
  }
}
