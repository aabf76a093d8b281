import {
  Actor,
  type ActorHandle,
  getSync,
  type ObjectRef,
  put,
  remote,
  type RemoteFunction,
} from "@manta/ray";
import type { Log } from "./actors.ts";
import { block, type Fence, reached, signal } from "./fence.ts";

export const add = remote(function add(a: number, b: number): number {
  return a + b;
});

export const addLater = remote(async function addLater(a: number, b: number): Promise<number> {
  await Promise.resolve();
  return a + b;
});

/** Has this worker wait while it loads `slow_module.ts`. */
export const prepareSlow = remote(function prepareSlow(fence: Fence): void {
  (globalThis as { poolFence?: Fence }).poolFence = fence;
});

export const fail = remote(function fail(message: string): number {
  throw new RangeError(message);
});

const echoValue = (value: unknown): unknown => value;
export const echo = remote(echoValue, { module: import.meta.url });

export const unsendable = remote(function unsendable(): unknown {
  return { deep: [() => {}] };
});

/** Waits, awaiting, for tasks that wait for tasks. */
export const tree: RemoteFunction<(depth: number) => Promise<number>> = remote(
  async function treeTask(depth: number): Promise<number> {
    if (depth === 0) return 1;
    const [left, right] = [tree.remote(depth - 1), tree.remote(depth - 1)];
    return await left + await right;
  },
);

/** The same, blocking. */
export const treeSync: RemoteFunction<(depth: number) => number> = remote(
  function treeSyncTask(depth: number): number {
    if (depth === 0) return 1;
    return getSync(treeSync.remote(depth - 1)) + getSync(treeSync.remote(depth - 1));
  },
);

export const sumOf = remote(async function sumOf(refs: readonly ObjectRef<number>[]): Promise<number> {
  let sum = 0;
  for (const ref of refs) sum += await ref;
  return sum;
});

export const asRef = remote(function asRef(value: number): ObjectRef<number> {
  return put(value);
});

export const appendTo = remote(async function appendTo(log: ActorHandle<Log>, entry: string): Promise<void> {
  await log.append.remote(entry);
});

export const after = remote(async function after(fence: Fence, value: number): Promise<number> {
  signal(fence, 0);
  await reached(fence, 1);
  return value;
});

/** Holds its worker until all of `count` are running at once. */
export const meet = remote(function meet(fence: Fence, count: number): void {
  signal(fence, 0);
  block(fence, 0, count);
});

let calls = 0;
/** Which run in its worker it is. */
export const countRuns = remote(function countRuns(): number {
  return ++calls;
});

export const outliveInlineFailure = remote(async function outliveInlineFailure(): Promise<string> {
  const failing = Unmakeable.options({ placement: "inline" }).remote();
  const failure = await failing.ping.remote().then(() => "no error", (error) => (error as Error).name);
  return `${failure}, and the worker goes on`;
});

export const dieLater = remote(async function dieLater(fence: Fence): Promise<void> {
  signal(fence, 0);
  setTimeout(() => {
    throw new Error("out of a timer");
  }, 0);
  await new Promise(() => {});
});

@remote
export class Tasker extends Actor {
  async viaTask(a: number, b: number): Promise<number> {
    return await add.remote(a, b);
  }
  async tree(depth: number): Promise<number> {
    return await tree.remote(depth);
  }
}

@remote
export class SyncTasker extends Actor {
  viaTask(a: number, b: number): number {
    return getSync(add.remote(a, b));
  }
}

@remote
export class Unmakeable extends Actor {
  constructor() {
    super();
    throw new RangeError("never");
  }
  ping(): number {
    return 1;
  }
}
