import {
  Actor,
  type ActorHandle,
  getSync,
  type ObjectRef,
  put,
  remote,
  runtimeContext,
  serializable,
} from "@manta/ray";
import process from "node:process";
import { pid } from "./functions.ts";

export class Point {
  constructor(readonly x: number, readonly y: number) {}
  get sum(): number {
    return this.x + this.y;
  }
}
serializable(Point, { module: import.meta.url });

@remote
export class Store extends Actor {
  #next = 0;
  next(): number {
    return this.#next++;
  }
}

@remote
export class Far extends Actor {
  #log: unknown[] = [];
  constructor(readonly given?: unknown) {
    super();
    if (given === "throw") throw new RangeError("not like that", { cause: new TypeError("inner") });
  }
  pid(): number {
    return process.pid;
  }
  place(): string {
    return import.meta.url;
  }
  variable(name: string): string | undefined {
    return process.env[name];
  }
  echo(value: unknown): unknown {
    return value;
  }
  given_(): unknown {
    return this.given;
  }
  append(item: unknown): unknown[] {
    this.#log.push(item);
    return this.#log;
  }
  sum(point: Point): number {
    return point.sum;
  }
  double({ x, y }: Point): Point {
    return new Point(2 * x, 2 * y);
  }
  fail(text: string): never {
    throw new RangeError(text);
  }
  refs(): { later: ObjectRef<string>; nested: ObjectRef<number>[] } {
    return { later: put("later"), nested: [put(1), put(2)] };
  }
  /** Asks another actor, and blocks until it has answered. */
  ask(store: ActorHandle<Store>, times: number): number[] {
    return Array.from({ length: times }, () => getSync(store.next.remote()));
  }
  /** Asks a function where it runs. */
  run(): number {
    return getSync(pid.remote());
  }
  crash(): void {
    process.kill(process.pid, "SIGKILL");
  }
  spin(): void {
    for (;;);
  }
}

@remote
export class Teller extends Actor {
  #told = 0;
  *count(end: number): Generator<number> {
    for (let i = 0; i < end; i++) {
      this.#told = i;
      yield i;
    }
  }
  told(): number {
    return this.#told;
  }
}

@remote
export class AsyncFar extends Actor {
  readonly #open = Promise.withResolvers<string>();
  readonly #cancelled = Promise.withResolvers<boolean>();
  async wait(): Promise<string> {
    return await this.#open.promise;
  }
  async untilCancelled(): Promise<void> {
    const { signal } = runtimeContext();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    this.#cancelled.resolve(true);
  }
  async sawCancel(): Promise<boolean> {
    return await this.#cancelled.promise;
  }
  async about(): Promise<unknown[]> {
    await Promise.resolve();
    const { actorId, actorName, taskName, wasReconstructed } = runtimeContext();
    return [actorId, actorName, taskName, wasReconstructed];
  }
  open(value: string): void {
    this.#open.resolve(value);
  }
  async asks(store: ActorHandle<Store>, times: number): Promise<number[]> {
    return await Promise.all(Array.from({ length: times }, () => store.next.remote()));
  }
}
