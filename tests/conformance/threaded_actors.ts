import {
  Actor,
  type ActorHandle,
  exitActor,
  getSync,
  method,
  type ObjectRef,
  put,
  remote,
  runtimeContext,
  serializable,
  shared,
  updateShared,
} from "@manta/ray";
import process from "node:process";
import { block, countOf, draw, type Fence, reached, signal } from "./fence.ts";

/** Blocks its threads. Each has fields of its own. */
@remote({ maxConcurrency: 2 })
export class Gang extends Actor {
  readonly place: number;
  #calls = 0;

  /** Counts the instances in cell 7. With `failing`, the one of that number throws. */
  constructor(readonly fence?: Fence, failing = -1, readonly bytes?: Uint8Array) {
    super();
    this.place = fence === undefined ? 0 : draw(fence, 7);
    if (this.place === failing) throw new RangeError(`thread ${failing} of the gang`);
  }
  /** Signals cell 0, and holds its thread until cell 1 says so. */
  hold<T>(fence: Fence, value?: T): T | undefined {
    signal(fence);
    block(fence, 1);
    return value;
  }
  /** The same without a thread: its promise is pending. */
  wait(fence: Fence): Promise<number> {
    signal(fence);
    return reached(fence, 1).then(() => this.place);
  }
  /** Signals cell 2 for ever. */
  loop(fence: Fence): void {
    signal(fence);
    const ready = put(0);
    // Code that waits for nothing at all ends late on Deno, whatever kind of actor it is.
    for (;;) signal(fence, 2 + getSync(ready));
  }
  echo<T>(value: T): T {
    return value;
  }
  count(): [place: number, calls: number] {
    return [this.place, ++this.#calls];
  }
  size(): number | undefined {
    return this.bytes?.byteLength;
  }
  /** Writes down when it began. */
  begin(fence: Fence): number {
    return signal(fence);
  }
  useless(): () => void {
    return () => {};
  }
  /** Waits for a call of its own, which another thread must run. */
  nested([self]: ActorHandle<Gang>[]): unknown {
    return getSync(self.echo.remote("nested"));
  }
  self([self]: ActorHandle<Gang>[]): ActorHandle<Gang>[] {
    return [self];
  }
  /** What each of its threads says of the actor. */
  context(fence: Fence): [id: string | undefined, self: unknown] {
    signal(fence);
    block(fence, 0, 2);
    const { actorId, currentActor } = runtimeContext();
    return [actorId, currentActor];
  }
  leave(): void {
    exitActor();
  }
  crash(): void {
    setTimeout(() => {
      throw new RangeError("out of the gang");
    });
  }
  exit(): void {
    process.exit(3);
  }
}

@remote({ concurrencyGroups: { io: 2, disk: 1 } })
export class Grouped extends Actor {
  hold(fence: Fence): void {
    signal(fence);
    block(fence, 1);
  }
  @method({ concurrencyGroup: "io" })
  io(fence: Fence): void {
    this.hold(fence);
  }
  @method({ concurrencyGroup: "disk" })
  disk(fence: Fence): void {
    this.hold(fence);
  }
}

/** Calls a gang from a thread of its own. */
@remote
export class Caller extends Actor {
  #held: ObjectRef<unknown>[] = [];

  /** Has calls on the way, and then nothing to do with its thread until cell `cell` says so. */
  blockWith([gang]: ActorHandle<Gang>[], calls: number, fence: Fence, cell: number): void {
    this.callOnly([gang], calls, fence);
    signal(fence, cell);
    block(fence, cell, 2);
  }
  callOnly([gang]: ActorHandle<Gang>[], calls: number, fence: Fence): void {
    for (let i = 0; i < calls; i++) this.#held.push(gang.begin.remote(fence));
  }
  hold([gang]: ActorHandle<Gang>[], fence: Fence): void {
    this.#held.push(gang.hold.remote(fence));
  }
  getSync([gang]: ActorHandle<Gang>[]): unknown {
    return getSync(gang.echo.remote("blocking"));
  }
  async flood([gang]: ActorHandle<Gang>[], calls: number): Promise<number> {
    const refs = Array.from({ length: calls }, (_, i) => gang.echo.remote([i]) as ObjectRef<number[]>);
    let sum = 0;
    for (const ref of refs) sum += (await ref)[0];
    return sum;
  }
  make(fence: Fence): ActorHandle<Gang>[] {
    return [Gang.remote(fence)];
  }
}

@serializable
export class Point {
  constructor(readonly x: number) {}
}

export class Base extends Actor {
  @shared
  accessor value: unknown = Math.random();
}

let made = 0;

@remote
export class Board extends Base {
  @shared
  accessor count = 0;
  @shared
  accessor list: number[] = [];
  @shared
  accessor made = ++made;
  constructor(first?: number) {
    super();
    if (first !== undefined) updateShared(this, "count", (count) => count + first);
  }
  get(): unknown {
    return this.value;
  }
  set(value: unknown): void {
    this.value = value;
  }
  /** Sets what cannot be an argument. */
  setOdd(kind: "function" | "handle" | "shared" | "promise" | "huge", handles: ActorHandle<Board>[]): void {
    const values = {
      function: () => ({ deep: [() => {}] }),
      handle: () => ({ deep: handles }),
      shared: () => ({ deep: [new SharedArrayBuffer(8)] }),
      promise: () => Promise.resolve(1),
      huge: () => new Uint8Array(65 * 1024 * 1024),
    };
    this.value = values[kind]();
  }
  setHold(value: unknown, fence: Fence): void {
    this.value = value;
    signal(fence);
    block(fence, 1);
  }
  reads(): [boolean, boolean] {
    const list = this.list;
    list.push(-1);
    return [this.list === this.list, this.list.includes(-1)];
  }
  getCount(): number {
    return this.count;
  }
  getList(): number[] {
    return this.list;
  }
  getMade(): number {
    return this.made;
  }
  /** Counts up, after a handshake with the other threads. */
  countUp(times: number, fence: Fence, threads: number): void {
    signal(fence);
    block(fence, 0, threads);
    for (let i = 0; i < times; i++) {
      updateShared(this, "count", (count) => count + 1);
      if (i % 50 === 0) updateShared(this, "list", (list: number[]) => [...list, i]);
    }
  }
  /** Writes values whose parts belong together. */
  writePairs(times: number, fence: Fence): void {
    for (let i = 0; i < times; i++) this.value = { a: i, text: "x".repeat((i * 37) % 5_000), b: i };
    signal(fence, 1);
  }
  /** Reads them until cell 1 says so; how many did not. */
  readPairs(fence: Fence): number {
    let torn = 0;
    while (countOf(fence, 1) === 0) {
      const { a, text, b } = this.value as { a: number; text: string; b: number };
      if (a !== b || text.length !== (a * 37) % 5_000) torn++;
    }
    return torn;
  }
  nested(): number {
    return updateShared(this, "count", (count) => updateShared(this, "count", (inner) => inner + count));
  }
  failing(): void {
    updateShared(this, "count", (): number => {
      throw new RangeError("no new value");
    });
  }
  unknown(): void {
    updateShared(this as unknown as { nothing: number }, "nothing", (value: number) => value);
  }
  /** Holds one accessor, meets the other thread, and wants the other one. */
  cross(first: "count" | "value", second: "count" | "value", fence: Fence): string {
    const self = this as Record<"count" | "value", unknown>;
    return String(updateShared(self, first, () => {
      signal(fence);
      block(fence, 0, 2);
      updateShared(self, second, (value: unknown) => value);
      return first as unknown;
    }));
  }
  /** Others can read, but not write, until cell 1 says so. */
  holdLock(fence: Fence): number {
    return updateShared(this, "count", (count) => {
      signal(fence);
      block(fence, 1);
      return count + 1;
    });
  }
  /** Ends its thread with the lock. */
  dieWithLock(fence: Fence): void {
    updateShared(this, "count", () => {
      signal(fence);
      block(fence, 1);
      process.exit(4);
      return 0;
    });
  }
  wantLock(fence: Fence): number {
    signal(fence, 2);
    return updateShared(this, "count", (count) => count);
  }
  /** An object that is no actor, made where one is. */
  local(): [boolean, number] {
    const other = new Board();
    other.value = this;
    other.count = 7;
    return [other.value === this, this.count];
  }
}
