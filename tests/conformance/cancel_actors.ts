import {
  Actor,
  type ActorHandle,
  cancel,
  get,
  getSync,
  getWithTimeout,
  type ObjectRef,
  remote,
  runtimeContext,
} from "@manta/ray";
import { block, type Fence, reached, signal } from "./fence.ts";

/** Answers. */
@remote
export class Answerer extends Actor {
  answer(): string {
    return "answer";
  }
}

/** Waits for its signal; counts the ends of its calls in cell 1. */
@remote
export class Waiter extends Actor {
  #ran: string[] = [];
  /** Ends by the signal alone. */
  async untilAborted(fence: Fence, name = ""): Promise<string> {
    const { signal: aborted } = runtimeContext();
    this.#ran.push(name);
    signal(fence);
    await new Promise<void>((resolve) => aborted.addEventListener("abort", () => resolve(), { once: true }));
    signal(fence, 1);
    return "swallowed";
  }
  /** Ends when another actor answers, or it is cancelled; then it goes on until cell 2 says so. */
  async untilAnswered(
    fence: Fence,
    other: ActorHandle<Waiter>,
    how: "await" | "get" | "timeout",
  ): Promise<void> {
    const ref = other.untilAborted.remote(fence, "child");
    signal(fence, 3);
    try {
      if (how === "await") await ref;
      else if (how === "get") await get([ref]);
      else await getWithTimeout(ref, 1e8);
    } finally {
      signal(fence, 4);
      await reached(fence, 2);
      // What cleans up may wait for refs.
      await other.ran.remote();
      signal(fence, 5);
    }
  }
  /** Is cancelled while it waits for something that is no ref; its next wait for a ref ends. */
  async laterAwait(fence: Fence, other: ActorHandle<Waiter>): Promise<void> {
    signal(fence);
    await reached(fence, 2);
    try {
      await other.untilAborted.remote(fence);
    } catch {
      signal(fence, 5);
    }
  }
  /** Hears of its end in a listener, which blocks until another actor has answered. */
  async listensAndBlocks(fence: Fence, other: ActorHandle<Answerer>): Promise<void> {
    const { signal: aborted } = runtimeContext();
    const heard = new Promise<void>((resolve) => {
      aborted.addEventListener("abort", () => {
        this.#ran.push(getSync(other.answer.remote()));
        resolve();
      });
    });
    signal(fence);
    await heard;
  }
  async ran(): Promise<string[]> {
    return await Promise.resolve(this.#ran);
  }
  async throwsAfter(fence: Fence): Promise<void> {
    signal(fence);
    await reached(fence, 2);
    throw new RangeError("after the cancel");
  }
  /** The name, id and signal that each of many interleaved calls sees, before and after an await. */
  async seen(fence: Fence, count: number): Promise<[string, string, boolean]> {
    const before = runtimeContext();
    const first = `${before.taskName} ${before.taskId}`;
    if (signal(fence) === count) signal(fence, 2);
    await reached(fence, 2);
    const after = runtimeContext();
    return [first, `${after.taskName} ${after.taskId}`, after.signal === before.signal];
  }
}

/** One call at a time, without any await. */
@remote
export class Looper extends Actor {
  #ran: string[] = [];
  loop(fence: Fence): string {
    const { signal: aborted } = runtimeContext();
    signal(fence);
    while (!aborted.aborted);
    signal(fence, 1);
    return "value";
  }
  hold(fence: Fence, name: string): string {
    this.#ran.push(name);
    signal(fence);
    block(fence, 2);
    // Longer than the slice after which a thread reads what has come.
    for (const end = performance.now() + 3; performance.now() < end;);
    return name;
  }
  ran(): string[] {
    return this.#ran;
  }
  /** Blocks until its child's child has been cancelled: its own call has then been, too. */
  blockOn(fence: Fence, other: ActorHandle<Waiter>): string {
    const ref = other.untilAborted.remote(fence);
    try {
      getSync(ref);
      return "answered";
    } catch (error) {
      signal(fence, 4);
      return (error as Error).name;
    }
  }
}

/** Its constructor waits for an argument. */
@remote
export class SlowStart extends Actor {
  #asked = 0;
  constructor(readonly label: unknown) {
    super();
  }
  name(): string {
    return `${this.label}, asked ${++this.#asked} times`;
  }
}

/** Holds refs of others, and cancels them. */
@remote
export class Canceller extends Actor {
  cancel([ref]: ObjectRef<unknown>[]): void {
    cancel(ref);
  }
}

export const waitTask = remote(async function waitTask(fence: Fence): Promise<void> {
  const { signal: aborted } = runtimeContext();
  signal(fence);
  await new Promise((_, reject) => aborted.addEventListener("abort", () => reject(aborted.reason)));
});

export const spinTask = remote(function spinTask(fence: Fence): void {
  signal(fence);
  // Deno's terminate() does not stop a loop that never waits: it would take a core from all tests that follow.
  const nobodys = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(nobodys, 0, 0, 5);
});

export const parentTask = remote(async function parentTask(fence: Fence): Promise<void> {
  await waitTask.remote(fence);
});

export const quickTask = remote(function quickTask(value: unknown, fence: Fence): unknown {
  signal(fence, 1);
  return value;
});
