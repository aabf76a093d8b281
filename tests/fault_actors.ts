import { Actor, type ActorHandle, getSync, remote } from "@manta/ray";
import process from "node:process";
import { block, type Fence, signal } from "./conformance/fence.ts";

/** The ways in which a thread can end itself. */
const WAYS = {
  "an error out of a timer": () =>
    void setTimeout(() => {
      throw new RangeError("out of a timer");
    }, 0),
  "an error out of a microtask": () =>
    queueMicrotask(() => {
      throw new RangeError("out of a microtask");
    }),
  "an unhandled rejection": () => void Promise.reject(new RangeError("nobody cares")),
  "process.exit(3)": () => process.exit(3),
  "process.exit(0)": () => process.exit(0),
  "process.exit(3) from a timer": () => void setTimeout(() => process.exit(3), 0),
  "self.close()": () => (globalThis as unknown as { close(): void }).close(),
  "Deno.exit(4)": () => (globalThis as unknown as { Deno: { exit(code: number): void } }).Deno.exit(4),
} satisfies Record<string, () => void>;

export type Way = keyof typeof WAYS;

/** `bun test` takes the uncaught errors of workers for itself: programs/deaths.ts sees what a program sees. */
const isBun = "Bun" in globalThis;
const uncaught = (text: string): string => isBun ? "its thread" : text;

/** What the message of the error says of it, where the way exists in a worker of this runtime. */
export const REASONS: Partial<Record<Way, string>> = {
  "an error out of a timer": uncaught("RangeError: out of a timer"),
  "an error out of a microtask": uncaught("RangeError: out of a microtask"),
  "an unhandled rejection": uncaught("RangeError: nobody cares"),
  "process.exit(3)": "code 3",
  "process.exit(0)": "code 0",
  "process.exit(3) from a timer": "code 3",
  // Bun's workers have no close().
  ...(isBun ? {} : { "self.close()": "close()", "Deno.exit(4)": "code 4" }),
};

/** Those that exist in a worker of this runtime. */
export const WAY_NAMES = Object.keys(REASONS) as Way[];

@remote
export class Mortal extends Actor {
  // deno-lint-ignore require-await -- async makes it an async actor
  async ping(): Promise<string> {
    return "pong";
  }
  /** Answers in the very turn. */
  pong(): string {
    return "pong";
  }
  /** Says "begun" in cell 0, and never answers. */
  async hang(fence: Fence): Promise<void> {
    signal(fence, 0);
    await new Promise(() => {});
  }
  /** Ends the thread when cell 1 was signalled; the thread is blocked till then. */
  async dieWhenTold(way: Way, fence: Fence): Promise<void> {
    signal(fence, 2);
    block(fence, 1);
    WAYS[way]();
    await new Promise(() => {});
  }
  /** Ends the thread at once. */
  async die(way: Way): Promise<void> {
    WAYS[way]();
    await new Promise(() => {});
  }
  child(): ActorHandle<Mortal> {
    return Mortal.remote();
  }
  inlineChild(): ActorHandle<Mortal> {
    return Mortal.options({ placement: "inline" }).remote();
  }
}

/** Waits for a mortal in its own thread. */
@remote
export class Waiter extends Actor {
  async waitFor(mortal: ActorHandle<Mortal>, fence: Fence): Promise<void> {
    await mortal.hang.remote(fence);
  }
}

/** Waits, blocking. */
@remote
export class BlockedWaiter extends Actor {
  waitFor(mortal: ActorHandle<Mortal>, fence: Fence): void {
    getSync(mortal.hang.remote(fence));
  }
}

/** Its thread ends while its class is made, or its module was loaded. */
@remote
export class DiesAtBirth extends Actor {
  constructor(way: Way) {
    super();
    WAYS[way]();
  }
  ping(): string {
    return "pong";
  }
}
