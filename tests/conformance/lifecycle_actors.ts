import {
  Actor,
  type ActorHandle,
  kill,
  type ObjectRef,
  type Placement,
  put,
  remote,
  runtimeContext,
  shutdown,
} from "@manta/ray";
import { AsyncEcho, Counter } from "./actors.ts";
import { type Fence, keep } from "./fence.ts";

@remote
export class Killer extends Actor {
  async kill(handle: ActorHandle<Counter>): Promise<void> {
    await kill(handle);
  }
}

/** Kills itself, and goes on. */
@remote
export class Suicide extends Actor {
  sync(): string {
    this.#kill();
    return "alive";
  }
  async never(): Promise<void> {
    this.#kill();
    await new Promise(() => {});
  }
  async rejects(): Promise<void> {
    this.#kill();
    await Promise.reject(new Error("late"));
  }
  *stream(): Generator<number> {
    this.#kill();
    yield 1;
  }
  #kill(): void {
    kill(runtimeContext<Suicide>().currentActor!);
  }
}

interface Family {
  thread: ActorHandle<Counter>;
  inline: ActorHandle<Counter>;
  grandchild: ActorHandle<Counter>;
}

@remote
export class Parent extends Actor {
  children(): Omit<Family, "grandchild"> {
    return { thread: Counter.remote(), inline: Counter.options({ placement: "inline" }).remote() };
  }
  async family(placement: Placement | undefined): Promise<Family> {
    const inner = keep(Parent.options({ placement }).remote());
    const { thread: grandchild } = await inner.children.remote();
    return { ...this.children(), grandchild };
  }
  ping(): string {
    return "pong";
  }
  /** Refs that this actor owns: one with a value, and one without. */
  refs(fence: Fence): ObjectRef<unknown>[] {
    const late = AsyncEcho.options({ placement: "inline" }).remote().after.remote(fence, "late");
    return [put("owned"), late];
  }
  /** Waits for a ref of another actor's. */
  async read(refs: ObjectRef<unknown>[]): Promise<unknown> {
    return await refs[0];
  }
  async shutDown(): Promise<void> {
    await shutdown();
  }
}
