/** Handshakes between threads that do not go through the library under test. */

export type Fence = Int32Array<SharedArrayBuffer>;

/** How long a handshake may take before it is called a hang. */
const LIMIT = 30_000;

export function newFence(cells = 8): Fence {
  return new Int32Array(new SharedArrayBuffer(4 * cells));
}

/** Counts a cell up; returns the new count. */
export function signal(fence: Fence, cell = 0): number {
  const count = Atomics.add(fence, cell, 1) + 1;
  Atomics.notify(fence, cell);
  return count;
}

/** Fulfilled when a cell has counted to `count`. (Bun has no `Atomics.waitAsync`, so it looks again and again.) */
export async function reached(fence: Fence, cell = 0, count = 1): Promise<void> {
  const end = performance.now() + LIMIT;
  while (Atomics.load(fence, cell) < count) {
    if (performance.now() > end) throw new Error(`Cell ${cell} has not reached ${count} in ${LIMIT} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Blocks the thread until a cell has counted to `count`. */
export function block(fence: Fence, cell = 0, count = 1): void {
  for (;;) {
    const now = Atomics.load(fence, cell);
    if (now >= count) return;
    if (Atomics.wait(fence, cell, now, LIMIT) === "timed-out") {
      throw new Error(`Cell ${cell} has not reached ${count} in ${LIMIT} ms`);
    }
  }
}

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

export const PLACEMENTS = ["thread", "inline", "pool"] as const;
export type TestPlacement = (typeof PLACEMENTS)[number];
