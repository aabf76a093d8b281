import { Actor, type ActorHandle, exitActor, type ObjectRef, remote, runtimeContext } from "@manta/ray";
import process from "node:process";

@remote
export class Counter extends Actor {
  #value = 0;
  #kept: ObjectRef<string>[] = [];
  readonly #cancelled = Promise.withResolvers<boolean>();
  async add(amount: number): Promise<number> {
    await Promise.resolve();
    return this.#value += amount;
  }
  echo(value: unknown): unknown {
    return value;
  }
  fail(text: string): never {
    throw new RangeError(text);
  }
  async *count(end: number): AsyncGenerator<number> {
    for (let i = 0; i < end; i++) yield i;
  }
  async wait(): Promise<void> {
    const { signal } = runtimeContext();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    this.#cancelled.resolve(true);
  }
  async cancelled(): Promise<boolean> {
    return await this.#cancelled.promise;
  }
  pid(): number {
    return process.pid;
  }
  /** The refs, in arrays so that they stay refs. */
  keep(refs: ObjectRef<string>[]): void {
    this.#kept = refs;
  }
  async kept(): Promise<string> {
    return await this.#kept[0];
  }
  name(): string | undefined {
    return runtimeContext().actorName;
  }
  exit(): void {
    exitActor();
  }
  crash(): void {
    process.kill(process.pid, "SIGKILL");
  }
  async ask(other: ActorHandle<Counter>, amount: number): Promise<number> {
    return await other.add.remote(amount);
  }
}
