/** Actors that share threads. A worker loads this module again: no tests in here. */

import {
  Actor,
  ActorDiedError,
  type ActorHandle,
  getSync,
  kill,
  type ObjectRef,
  type Placement,
  put,
  remote,
} from "@manta/ray";
import { currentThread } from "../../lib/runtime/current.ts";
import { type Fence, reached, rejection, signal } from "./fence.ts";
import { PLACES } from "./places.ts";

/** Each thread that loads this module has its own. */
const here = crypto.randomUUID();
/** What actors of one thread say to modules that it loads later. */
export const scope = globalThis as { poolFence?: Fence; poolIsCareless?: boolean };

@remote
export class Neighbour extends Actor {
  #count = 0;
  constructor(refusal?: string) {
    super();
    if (refusal !== undefined) throw new RangeError(refusal);
  }
  where(): string {
    return here;
  }
  count(): number {
    return ++this.#count;
  }
  throwLater(message: string): void {
    setTimeout(() => {
      throw new RangeError(message);
    });
  }
  prepare(settings: typeof scope): void {
    Object.assign(scope, settings);
  }
  /** How many actors this thread knows to live on it, and how many are known to it from their handles. */
  living(): number {
    return [...currentThread()!.host.actors()].length;
  }
  block(other: ActorHandle<Neighbour>): number {
    return getSync(other.count.remote());
  }
}

@remote({ placement: "pool" })
export class OnPool extends Actor {
  where(): string {
    return here;
  }
}

@remote
export class Maker extends Actor {
  #fence: Fence | undefined;
  async wheres(count: number): Promise<string[]> {
    const actors = Array.from({ length: count }, () => Neighbour.options({ placement: "pool" }).remote());
    return await Promise.all(actors.map((actor) => actor.where.remote()));
  }
  make(): ActorHandle<Neighbour> {
    return Neighbour.options({ placement: "pool" }).remote();
  }
  /** One of each placement, the last ones made after an await. */
  async family(): Promise<ActorHandle<Neighbour>[]> {
    const made = PLACES.map(({ placement }) => Neighbour.options({ placement }).remote());
    await made[0].where.remote();
    await new Promise((resolve) => setTimeout(resolve));
    return [...made, ...PLACES.map(({ placement }) => Neighbour.options({ placement }).remote())];
  }
  /** Goes on after the actor has ended. */
  async familyLater(fence: Fence, first: ActorHandle<Neighbour>): Promise<void> {
    signal(fence, 1);
    await reached(fence, 0);
    const made = PLACES.map(({ placement }) => Neighbour.options({ placement }).remote());
    for (const child of [first, ...made]) {
      const error = await rejection(child.count.remote());
      if (!(error instanceof ActorDiedError)) return;
    }
    signal(fence, 2);
  }
  /** An actor whose constructor's argument is not there before the fence is open. */
  makeLate(fence: Fence, placement: Placement = "pool"): { late: ActorHandle<Late> } {
    const gate = Gate.options({ placement: "inline" }).remote();
    return { late: Late.options({ placement }).remote(gate.pass.remote(fence)) };
  }
  /** In the midst of a method while a module is loaded: uses what driver code may not. */
  async workWhile(fence: Fence): Promise<number> {
    signal(fence, 2);
    await reached(fence, 0);
    await new Promise((resolve) => setTimeout(resolve));
    const ref: ObjectRef<number> = put(20);
    const counts = await Promise.all([Neighbour.options({ placement: "inline" }).remote(), this.make()].map(
      (actor) => actor.count.remote(),
    ));
    signal(fence, 3);
    return await ref + counts[0] + counts[1];
  }
}

@remote
export class Gate extends Actor {
  async pass(fence: Fence): Promise<string> {
    await reached(fence, 0);
    return "through";
  }
}

@remote
export class Late extends Actor {
  static made = 0;
  readonly #value: string;
  constructor(value: string) {
    super();
    Late.made++;
    this.#value = value;
  }
  value(): string {
    return this.#value;
  }
  made(): number {
    return Late.made;
  }
}

@remote
export class Caller extends Actor {
  async call(others: { late: ActorHandle<Late> }): Promise<string> {
    return await others.late.value.remote();
  }
  async kill(others: { late: ActorHandle<Late> }): Promise<string> {
    await kill(others.late);
    const error = await rejection(others.late.value.remote());
    return error instanceof ActorDiedError ? error.message : String(error);
  }
}
