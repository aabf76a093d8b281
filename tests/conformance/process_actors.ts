import {
  Actor,
  type ActorHandle,
  exitActor,
  getSync,
  kill,
  type ObjectRef,
  put,
  remote,
  runtimeContext,
  serializable,
} from "@manta/ray";
import process from "node:process";

export class Point {
  constructor(readonly x: number, readonly y: number) {}
  get sum(): number {
    return this.x + this.y;
  }
}
serializable(Point, { module: import.meta.url });

export class Money {
  readonly #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  get cents(): number {
    return this.#cents;
  }
}
serializable(Money, {
  module: import.meta.url,
  encode: (money) => ({ cents: money.cents }),
  decode: ({ cents }: { cents: number }) => new Money(cents),
});

@remote
export class Store extends Actor {
  #next = 0;
  next(): number {
    return this.#next++;
  }
}

@remote({ placement: "process", maxConcurrency: 1 })
export class Apart extends Actor {
  #log: unknown[] = [];
  constructor(readonly given?: unknown) {
    super();
    if (given === "throw") throw new RangeError("not like that", { cause: new TypeError("inner") });
  }
  pid(): number {
    return process.pid;
  }
  echo<T>(value: T): T {
    return value;
  }
  read(): unknown {
    return this.given;
  }
  append(value: unknown): void {
    this.#log.push(value);
  }
  log(): unknown[] {
    return this.#log;
  }
  sumOf(point: Point, money: Money): number {
    return point.sum + money.cents;
  }
  fail(): never {
    throw new RangeError("out of range", { cause: new Error("inner") });
  }
  shared(): unknown {
    return { deep: [new SharedArrayBuffer(8)] };
  }
  /** The body of the seed's `TaskExecutor`: a loop that blocks on each task of a store elsewhere. */
  run(store: ActorHandle<Store>, count: number): number {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += getSync(store.next.remote());
    return sum;
  }
  sync(refs: ObjectRef<unknown>[]): unknown {
    return getSync(refs[0]);
  }
  own(): ObjectRef<unknown>[] {
    return [put({ from: "apart" }), put(new Uint8Array(200_000).fill(5))];
  }
  ids(handle: ActorHandle<Store>, refs: ObjectRef<unknown>[]): string[] {
    return [handle.actorId, refs[0].id];
  }
  make(): { thread: ActorHandle<Store>; inline: ActorHandle<Store> } {
    return { thread: Store.remote(), inline: Store.options({ placement: "inline" }).remote() };
  }
  calls(other: ActorHandle<AsyncApart>): ObjectRef<unknown>[] {
    return [other.untilCancelled.remote()];
  }
  nested(): ActorHandle<Apart> {
    return Apart.remote();
  }
  exit(code: number): void {
    process.exit(code);
  }
  throwLater(): Promise<void> {
    setTimeout(() => {
      throw new RangeError("out of a timer");
    });
    return new Promise(() => {});
  }
  spin(): void {
    for (;;);
  }
  print(): void {
    console.log("printed to stdout");
    console.error("printed to stderr");
  }
  exhaust(): number {
    let kept: unknown;
    for (let i = 0;; i++) kept = { kept, i };
  }
}

@remote({ placement: "process" })
export class AsyncApart extends Actor {
  #hasBegun = false;
  #wasCancelled = false;
  async twice(store: ActorHandle<Store>): Promise<number[]> {
    return [await store.next.remote(), await store.next.remote()];
  }
  async delayed(ref: ObjectRef<unknown>[]): Promise<unknown> {
    return await ref[0];
  }
  async untilCancelled(): Promise<string> {
    const { signal } = runtimeContext();
    this.#hasBegun = true;
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    this.#wasCancelled = true;
    return "swallowed";
  }
  async hasBegun(): Promise<boolean> {
    while (!this.#hasBegun) await new Promise((resolve) => setTimeout(resolve, 1));
    return true;
  }
  async wasCancelled(): Promise<boolean> {
    while (!this.#wasCancelled) await new Promise((resolve) => setTimeout(resolve, 1));
    return true;
  }
  async finish(): Promise<void> {
    await undefined;
    exitActor();
  }
  context(): [string | undefined, string | undefined, ActorHandle<AsyncApart> | undefined] {
    const { actorId, placement, currentActor } = runtimeContext<AsyncApart>();
    return [actorId, placement, currentActor];
  }
  async end(handle: ActorHandle<Store>): Promise<void> {
    await kill(handle);
  }
}

@remote
export class Owner extends Actor {
  make(): ActorHandle<Apart> {
    return Apart.remote();
  }
}

@remote({ placement: "process" })
export class SelfCaller extends Actor {
  wait(self: ActorHandle<SelfCaller>): void {
    getSync(self.ping.remote());
  }
  ping(): void {}
}
