import {
  Actor,
  type ActorHandle,
  exitActor,
  get,
  getSync,
  kill,
  type ObjectRef,
  put,
  remote,
  runtimeContext,
  TaskError,
} from "@manta/ray";
import process from "node:process";
import { Point } from "./actors.ts";

/** One that is called. */
@remote
export class Callee extends Actor {
  readonly #log: number[] = [];
  readonly #waiting = Promise.withResolvers<void>();
  readonly #cancelled = Promise.withResolvers<boolean>();
  #kept: ObjectRef<string>[] = [];
  #known: ActorHandle<Callee> | undefined;
  pid(): number {
    return process.pid;
  }
  async echo(value: unknown): Promise<unknown> {
    return await value;
  }
  append(item: number): void {
    this.#log.push(item);
  }
  log(): number[] {
    return this.#log;
  }
  double({ x, y }: Point): Point {
    return new Point(2 * x, 2 * y);
  }
  fail(text: string): never {
    throw new RangeError(text);
  }
  *count(end: number): Generator<number> {
    for (let i = 0; i < end; i++) yield i;
  }
  async untilCancelled(): Promise<void> {
    const { signal } = runtimeContext();
    const cancelled = new Promise((resolve) => signal.addEventListener("abort", resolve));
    this.#waiting.resolve();
    await cancelled;
    this.#cancelled.resolve(true);
  }
  /** Fulfilled when a call waits to be cancelled. */
  async waits(): Promise<void> {
    await this.#waiting.promise;
  }
  async wasCancelled(): Promise<boolean> {
    return await this.#cancelled.promise;
  }
  /** The refs, in an array so that they stay refs. */
  keep(refs: ObjectRef<string>[]): void {
    this.#kept = refs;
  }
  async kept(): Promise<string> {
    return await this.#kept[0];
  }
  /** Has a caller tell its process, and a third one. */
  async meet(caller: ActorHandle<Caller>, third: ActorHandle<Callee>): Promise<number[]> {
    return await get([caller.pid.remote(), third.pid.remote()]);
  }
  big(length: number): Uint8Array {
    return new Uint8Array(length);
  }
  /** Fetches so many bytes from a caller. */
  async fetch(caller: ActorHandle<Caller>, length: number): Promise<number> {
    return (await caller.big.remote(length)).length;
  }
  known(): ActorHandle<Callee>[] {
    return [this.#known!, runtimeContext<Callee>().currentActor!];
  }
  knows(other: ActorHandle<Callee>): void {
    this.#known = other;
  }
  exit(): void {
    exitActor();
  }
  crash(): void {
    process.kill(process.pid, "SIGKILL");
  }
}

/** One that calls it. */
@remote
export class Caller extends Actor {
  #other: ActorHandle<Callee> | undefined;
  #rounds = 0;
  #end = "";
  constructor(other?: ActorHandle<Callee>) {
    super();
    this.#other = other;
  }
  async pid(): Promise<number> {
    await Promise.resolve();
    return process.pid;
  }
  /** Gets to know it; its process. */
  async know(other: ActorHandle<Callee>): Promise<number> {
    this.#other = other;
    return await other.pid.remote();
  }
  other(): ActorHandle<Callee> {
    return this.#other!;
  }
  /** Both in one array. */
  pair(third: ActorHandle<Callee>): ActorHandle<Callee>[] {
    return [this.#other!, third];
  }
  /** Asks the other one for the one that it knows, and for itself; what that one says of its process, and both handles. */
  async knownOf(): Promise<[number, ActorHandle<Callee>[]]> {
    const [known, same] = await this.#other!.known.remote();
    if (same !== this.#other) throw new Error("it is another one");
    this.#other = known;
    return [await known.pid.remote(), [known, same]];
  }
  isOther(handle: ActorHandle<Callee>): boolean {
    return handle === this.#other;
  }
  echo(value: unknown): Promise<unknown> {
    return Promise.resolve(this.#other!.echo.remote(value));
  }
  /** Calls one after the other; how long one takes, in microseconds. */
  async oneByOne(times: number): Promise<number> {
    const start = performance.now();
    for (let i = 0; i < times; i++) await this.#other!.echo.remote(i);
    return (performance.now() - start) * 1000 / times;
  }
  /** All at once. */
  async allAtOnce(times: number): Promise<number> {
    const start = performance.now();
    await get(Array.from({ length: times }, (_, i) => this.#other!.echo.remote(i)));
    return (performance.now() - start) * 1000 / times;
  }
  append(count: number): number[] {
    for (let i = 0; i < count; i++) this.#other!.append.remote(i);
    return getSync(this.#other!.log.remote());
  }
  /** Sends that many bytes there and back; how many came. */
  async bytes(length: number): Promise<number> {
    const sent = new Uint8Array(length).map((_, i) => i % 251);
    const back = await this.#other!.echo.remote(sent) as Uint8Array;
    return back.every((byte, i) => byte === sent[i]) ? back.length : -1;
  }
  async sumOfDouble(point: Point): Promise<[boolean, number]> {
    const doubled = await this.#other!.double.remote(point);
    return [doubled instanceof Point, doubled.sum];
  }
  async fail(text: string): Promise<unknown[]> {
    try {
      await this.#other!.fail.remote(text);
    } catch (error) {
      const { message, stack } = error as Error;
      return [error instanceof TaskError, error instanceof RangeError, message, stack];
    }
    return [];
  }
  async count(end: number): Promise<number[]> {
    const items: number[] = [];
    for await (const item of this.#other!.count.remote(end)) items.push(await item);
    return items;
  }
  async untilCancelled(): Promise<void> {
    await this.#other!.untilCancelled.remote();
  }
  /** Gives it what this process owns. */
  async give(): Promise<void> {
    await this.#other!.keep.remote([put("given")]);
  }
  big(length: number): Uint8Array {
    return new Uint8Array(length);
  }
  async fetch(length: number): Promise<number> {
    return (await this.#other!.big.remote(length)).length;
  }
  async meet(third: ActorHandle<Callee>): Promise<number[]> {
    const { currentActor } = runtimeContext<Caller>();
    return await this.#other!.meet.remote(currentActor!, third);
  }
  async end(how: "kill" | "exit" | "crash"): Promise<void> {
    if (how === "kill") await kill(this.#other!);
    else await this.#other![how].remote();
  }
  /** Calls on and on, until that fails. */
  async play(): Promise<void> {
    await this.#other!.pid.remote();
    void (async () => {
      try {
        for (;; this.#rounds++) await this.#other!.echo.remote(this.#rounds);
      } catch (error) {
        this.#end = String(error);
      }
    })();
  }
  rounds(): [number, string] {
    return [this.#rounds, this.#end];
  }
  crash(): void {
    process.kill(process.pid, "SIGKILL");
  }
}

/** Asks an actor for its process; that, and its own. */
export const asked = remote(async function asked(callee: ActorHandle<Callee>): Promise<[number, number]> {
  return [await callee.pid.remote(), process.pid];
});
