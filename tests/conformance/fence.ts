/** Handshakes between threads and processes that do not go through the library under test. */

import { appendFileSync, statSync, writeFileSync } from "node:fs";

/** Cells that count up: of shared memory, or, for actors of another process, files that grow. */
export type Fence = SharedFence | { readonly files: string };
export type SharedFence = Int32Array<SharedArrayBuffer>;

/** How long a handshake may take before it is called a hang. */
const LIMIT = 30_000;

export function newFence(cells = 8): SharedFence {
  return new Int32Array(new SharedArrayBuffer(4 * cells));
}

/** Counts a cell up; returns the new count. */
export function signal(fence: Fence, cell = 0): number {
  if ("files" in fence) {
    appendFileSync(fence.files + cell, ".");
    return countOf(fence, cell);
  }
  const now = Atomics.add(fence, cell, 1) + 1;
  Atomics.notify(fence, cell);
  return now;
}

/** Counts a cell up; of all who do that in this way, each gets a number of its own. (Two who append see both.) */
export function draw(fence: Fence, cell = 0): number {
  if (!("files" in fence)) return signal(fence, cell);
  for (let number = 1;; number++) {
    try {
      writeFileSync(`${fence.files}${cell}-${number}`, "", { flag: "wx" });
    } catch (error) {
      if ((error as { code?: string }).code === "EEXIST") continue;
      throw error;
    }
    signal(fence, cell);
    return number;
  }
}

/** How far a cell has counted. */
export function countOf(fence: Fence, cell = 0): number {
  if ("files" in fence) return statSync(fence.files + cell, { throwIfNoEntry: false })?.size ?? 0;
  return Atomics.load(fence, cell);
}

/** Fulfilled when a cell has counted to `goal`. (Bun has no `Atomics.waitAsync`, so it looks again and again.) */
export async function reached(fence: Fence, cell = 0, goal = 1): Promise<void> {
  const end = performance.now() + LIMIT;
  while (countOf(fence, cell) < goal) {
    if (performance.now() > end) throw new Error(`Cell ${cell} has not reached ${goal} in ${LIMIT} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Blocks the thread until a cell has counted to `goal`. */
export function block(fence: Fence, cell = 0, goal = 1): void {
  const end = performance.now() + LIMIT;
  const [words, at, step] = "files" in fence ? [new Int32Array(NOBODYS), 0, 1] : [fence, cell, LIMIT];
  for (;;) {
    const now = countOf(fence, cell);
    if (now >= goal) return;
    if (performance.now() > end) throw new Error(`Cell ${cell} has not reached ${goal} in ${LIMIT} ms`);
    Atomics.wait(words, at, "files" in fence ? 0 : now, step);
  }
}

/** Nobody writes there: what waits for it sleeps. */
const NOBODYS = new SharedArrayBuffer(4);

/** Lets the timers of this thread tick `count` times, counting each in a cell. */
export async function ticks(count: number, fence?: Fence, cell = 0): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (fence !== undefined) signal(fence, cell);
  }
}

/** What a promise rejects with. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`Expected a rejection, got ${String(value)}`);
}

/** Handles that tests go on needing although they no longer use them. */
const kept: object[] = [];

/** Keeps an actor alive, and what it has made: it ends with its last handle, which engines let go of after its last use. */
export function keep<T extends object>(handle: T): T {
  kept.push(handle);
  return handle;
}

/** Fails if a promise is not settled in time: for what must not hang. */
export async function within<T>(milliseconds: number, what: string, promise: PromiseLike<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not settled in ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
