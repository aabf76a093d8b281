import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  Actor,
  type ActorHandle,
  events,
  listActors,
  listTasks,
  type Placement,
  remote,
  runtimeContext,
  summarize,
} from "@manta/ray";
import { Log } from "./actors.ts";
import { block, type Fence, rejection, signal } from "./fence.ts";

/** Its constructor says in cell 0 that it runs, and ends once cell 1 was signalled. */
@remote
export class SlowStarter extends Actor {
  constructor(fence: Fence) {
    super();
    signal(fence, 0);
    block(fence, 1);
  }
  ping(): string {
    return "pong";
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

/** Makes calls of its own. */
@remote
export class Boss extends Actor {
  #log: ActorHandle<Log> | undefined;
  make(placement: Placement | undefined): ActorHandle<Log> {
    return this.#log = Log.options({ placement }).remote();
  }
  async append(entry: string): Promise<void> {
    await this.#log!.append.remote(entry);
  }
  /** The id by which this call's own method knows it. */
  taskId(): string | undefined {
    return runtimeContext().taskId;
  }
  /** Makes a call that fails, and forgets it. */
  dropFailure(): void {
    this.#log!.fail.remote();
  }
  collect(): void {
    collect();
  }
  /** What the functions of the driver say here. */
  async refused(): Promise<string[]> {
    const errors = [
      await rejection(listActors()),
      await rejection(listTasks()),
      await rejection(summarize()),
      await rejection(Promise.resolve().then(() => events())),
    ];
    return errors.map((error) => (error as Error).message);
  }
}

/** Has what nobody holds collected. */
export function collect(): void {
  const { Bun } = globalThis as { Bun?: { gc(isSync: boolean): void } };
  if (Bun !== undefined) return Bun.gc(true);
  // Deno's collector needs a flag, which may come late: a context made after it has the function.
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}
