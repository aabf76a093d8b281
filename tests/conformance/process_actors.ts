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
} from "@manta/ray";
import process from "node:process";

@remote
export class Store extends Actor {
  #next = 0;
  next(): number {
    return this.#next++;
  }
}

@remote({ placement: "process", maxConcurrency: 1 })
export class Apart extends Actor {
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
  fail(): never {
    throw new RangeError("out of range");
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
  pid(): number {
    return process.pid;
  }
  async finish(): Promise<void> {
    await undefined;
    exitActor();
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
