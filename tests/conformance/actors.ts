/** The actors of the conformance suite. A worker loads this module again: no tests in here. */

import { Actor, type ActorHandle, getSync, method, ObjectRef, put, remote } from "@manta/ray";
import { block, countOf, type Fence, reached, signal } from "./fence.ts";

@remote
export class Echo extends Actor {
  echo(value: unknown): unknown {
    return value;
  }
  echoAll(...values: unknown[]): unknown[] {
    return values;
  }
  /** What stands at the top level, and what in an array. */
  seen(top: unknown, nested: readonly unknown[]): string[] {
    return [top, nested[0]].map((value) => value instanceof ObjectRef ? "ref" : typeof value);
  }
  asRef(value: unknown): unknown {
    return put(value);
  }
  nothing(): void {}
  concat(a: string, b: string): string {
    return a + b;
  }
}

@remote
export class AsyncEcho extends Actor {
  // deno-lint-ignore require-await -- async makes it an async actor
  async echo(value: unknown): Promise<unknown> {
    return value;
  }
  async sum(refs: readonly ObjectRef<number>[]): Promise<number> {
    let sum = 0;
    for (const ref of refs) sum += await ref;
    return sum;
  }
  /** Says "begun" in cell 0, and answers once cell 1 was signalled. */
  async after(fence: Fence, value: unknown): Promise<unknown> {
    signal(fence, 0);
    await reached(fence, 1);
    return value;
  }
  async failAfter(fence: Fence, message: string): Promise<unknown> {
    signal(fence, 0);
    await reached(fence, 1);
    throw new RangeError(message);
  }
}

@remote
export class Counter extends Actor {
  #count: number;
  static made = 0;
  static compare(a: number, b: number): number {
    return a - b;
  }
  readonly label = "field";
  constructor(start = 0) {
    super();
    Counter.made++;
    this.#count = start;
  }
  get current(): number {
    return this.#count;
  }
  set current(count: number) {
    this.#count = count;
  }
  #secret(): number {
    return this.#count;
  }
  add(amount = 1): number {
    this.#count += amount;
    return this.#secret();
  }
}

@remote
export class Log extends Actor {
  readonly #entries: unknown[] = [];
  append(entry: unknown): void {
    this.#entries.push(entry);
  }
  appendAll(...entries: unknown[]): void {
    this.#entries.push(...entries);
  }
  entries(): unknown[] {
    return this.#entries;
  }
  fail(): void {
    throw new RangeError("failed on purpose");
  }
  /** A promise, of a method that is not async. */
  slow(fence: Fence): Promise<void> {
    signal(fence, 0);
    return (async () => {
      for (let turn = 0; countOf(fence, 1) === 0; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        signal(fence, 2);
        if (turn > 20_000) throw new Error("Cell 1 was not signalled");
      }
      this.#entries.push("slow");
    })();
  }
}

@remote
export class AsyncLog extends Actor {
  readonly #entries: unknown[] = [];
  // deno-lint-ignore require-await -- async makes it an async actor
  async append(entry: unknown): Promise<void> {
    this.#entries.push(entry);
  }
  entries(): unknown[] {
    return this.#entries;
  }
}

/** Counts the calls in progress at once. */
@remote({ concurrencyGroups: { io: 2, solo: 1 } })
export class Busy extends Actor {
  #running = 0;
  #most = 0;
  readonly #order: unknown[] = [];
  /** Cell 0 counts those that have begun; ends once cell 1 was signalled. */
  async enter(fence: Fence, name: unknown = 0): Promise<unknown> {
    this.#running++;
    this.#most = Math.max(this.#most, this.#running);
    this.#order.push(`+${name}`);
    signal(fence, 0);
    await reached(fence, 1);
    this.#order.push(`-${name}`);
    this.#running--;
    return name;
  }
  @method({ concurrencyGroup: "io" })
  enterIo(fence: Fence, name: unknown = 0): Promise<unknown> {
    return this.enter(fence, name);
  }
  @method({ concurrencyGroup: "solo" })
  async enterSolo(fence: Fence): Promise<unknown> {
    return await this.enter(fence);
  }
  most(): number {
    return this.#most;
  }
  order(): unknown[] {
    return this.#order;
  }
}

/** A sync actor with groups. */
@remote({ concurrencyGroups: { io: 1 } })
export class GroupLog extends Log {
  @method({ concurrencyGroup: "io" })
  appendIo(entry: unknown): void {
    this.append(entry);
  }
}

/** Calls others: from its own thread, so that they have two callers. */
@remote
export class Caller extends Actor {
  #kept: ActorHandle<Log> | undefined;
  constructor(readonly log?: ActorHandle<Log>) {
    super();
  }
  keep(holder: { deep: Map<string, ActorHandle<Log>[]> }): void {
    this.#kept = holder.deep.get("log")![0];
  }
  async append(entry: unknown): Promise<void> {
    await (this.#kept ?? this.log!).append.remote(entry);
  }
  async appendMany(from: number, to: number): Promise<void> {
    const refs = [];
    for (let i = from; i < to; i++) refs.push(this.log!.append.remote(i));
    for (const ref of refs) await ref;
  }
  handles(): { made: ActorHandle<Counter>; log: ActorHandle<Log> | undefined } {
    return { made: Counter.remote(10), log: this.log };
  }
  async idOf(handle: ActorHandle<Counter>): Promise<string> {
    await handle.add.remote(1);
    return handle.actorId;
  }
}

/** A sync actor that blocks on the next of a chain. */
@remote
export class Link extends Actor {
  #next: ActorHandle<Link> | undefined;
  constructor(next?: ActorHandle<Link>) {
    super();
    this.#next = next;
  }
  depth(): number {
    return this.#next === undefined ? 1 : 1 + getSync(this.#next.depth.remote());
  }
  idle(): number {
    return 7;
  }
  /** Blocks on itself. */
  onSelf(self: ActorHandle<Link>): number {
    return getSync(self.idle.remote());
  }
  hold(fence: Fence): void {
    signal(fence, 0);
    block(fence, 1);
  }
  read(refs: readonly ObjectRef<unknown>[]): unknown[] {
    return [...getSync(refs)];
  }
}

/** Reads, in a timer and by blocking, the ref of a call that it made before. */
@remote
export class LateReader extends Actor {
  /** Says in cell 2 that the timer runs, and in cell 3 that the value was there; `AsyncEcho.after` uses 0 and 1. */
  start(echo: ActorHandle<AsyncEcho>, fence: Fence): void {
    const ref = echo.after.remote(fence, 7);
    setTimeout(() => {
      signal(fence, 2);
      if (getSync(ref) === 7) signal(fence, 3);
    }, 20);
  }
  ping(): string {
    return "pong";
  }
}

/** Makes calls until it may make no more. */
@remote
export class Flood extends Actor {
  /** How many calls were made, and the name of the error of the next one. */
  flood(busy: ActorHandle<Busy>, fence: Fence, tries: number): [number, string] {
    for (let made = 0; made < tries; made++) {
      try {
        busy.enter.remote(fence, made);
      } catch (error) {
        return [made, (error as Error).name];
      }
    }
    return [tries, ""];
  }
}
