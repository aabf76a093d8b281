/**
 * Actors of the cluster's tests.
 *
 * @module
 */

import { Actor, type ActorHandle, getActor, remote, runtimeContext, serializable } from "@manta/ray";
import process from "node:process";

/** An instance that crosses with its class. */
export class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}
serializable(Money, { module: import.meta.url });

@remote
export class Counter extends Actor {
  #count: number;

  constructor(start = 0) {
    super();
    if (start < 0) throw new RangeError(`Cannot count from ${start}`);
    this.#count = start;
  }

  add(more: number): number {
    return this.#count += more;
  }

  echo(value: unknown): unknown {
    return value;
  }

  fail(): never {
    throw new RangeError("it failed");
  }

  crash(): void {
    process.kill(process.pid, "SIGKILL");
  }

  where(): { node: string; pid: number; host: number; folder: string } {
    return {
      node: process.env.RAY_NODE_ID ?? "",
      pid: process.pid,
      host: process.ppid,
      folder: process.cwd(),
    };
  }

  context(): { id: string; task: string; namespace: string } {
    const { actorId, taskName, namespace } = runtimeContext();
    return { id: actorId ?? "", task: taskName ?? "", namespace };
  }
}

/** Async: its calls interleave. */
@remote({ concurrencyGroups: { one: 1 } })
export class Gate extends Actor {
  readonly #open = Promise.withResolvers<string>();
  #running = 0;

  async wait(): Promise<string> {
    this.#running++;
    const { signal } = runtimeContext();
    const aborted = new Promise<never>((_, reject) => {
      signal!.addEventListener("abort", () => reject(signal!.reason));
    });
    try {
      return await Promise.race([this.#open.promise, aborted]);
    } finally {
      this.#running--;
    }
  }

  async running(atLeast: number, atMost = Infinity): Promise<number> {
    while (this.#running < atLeast || this.#running > atMost) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.#running;
  }

  open(word: string): void {
    this.#open.resolve(word);
  }
}

/** Calls others: on the cluster, wherever they are. */
@remote
export class Caller extends Actor {
  readonly #counter: ActorHandle<Counter>;

  constructor(counter: ActorHandle<Counter>) {
    super();
    this.#counter = counter;
  }

  async addAll(times: number): Promise<number> {
    let last = 0;
    for (let i = 0; i < times; i++) last = await this.#counter.add.remote(1);
    return last;
  }

  async make(start: number): Promise<ActorHandle<Counter>> {
    const made = Counter.remote(start);
    await made.add.remote(1);
    return made;
  }

  counter(): ActorHandle<Counter> {
    return this.#counter;
  }

  async byName(name: string): Promise<number> {
    return await (await getActor<Counter>(name)).add.remote(1);
  }

  /** Goes on after its maker has ended. */
  run(): void {
    const next = async (): Promise<void> => {
      await this.#counter.add.remote(1);
      setTimeout(next, 10);
    };
    void next();
  }
}

/** Its module is not where it says. */
export class Missing extends Actor {
  ping(): string {
    return "pong";
  }
}
remote(Missing, { module: new URL("./not_there.ts", import.meta.url).href });
