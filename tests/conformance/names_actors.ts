/** Actors with names. A worker loads this module again: no tests in here. */

import {
  Actor,
  type ActorHandle,
  type ActorOptions,
  getActor,
  kill,
  listNamedActors,
  type NamedActor,
  type ObjectRef,
  remote,
  runtimeContext,
} from "@manta/ray";
import process from "node:process";
import { block, type Fence, reached, signal } from "./fence.ts";

/** Counts in a cell how often it was made. */
@remote
export class Counted extends Actor {
  #count = 0;
  constructor(fence?: Fence, cell = 0) {
    super();
    if (fence !== undefined) signal(fence, cell);
  }
  add(amount = 1): number {
    return this.#count += amount;
  }
  size(buffer: Uint8Array): number {
    return buffer.length;
  }
  crash(): void {
    setTimeout(() => {
      throw new Error("crashed on purpose");
    });
  }
  exit(): void {
    process.exit(0);
  }
}

/** Another class, whose methods are not those of `Counted`. */
@remote
export class Other extends Actor {
  a(): string {
    return "a";
  }
  add(): string {
    return "other";
  }
}

@remote
export class Throwing extends Actor {
  constructor(fence: Fence, cell: number) {
    super();
    signal(fence, cell);
    throw new RangeError("not made on purpose");
  }
  ping(): string {
    return "pong";
  }
}

/** Takes as long to make as its module's loading and its arguments do. */
@remote
export class Heavy extends Actor {
  readonly #size: number;
  constructor(buffer: Uint8Array) {
    super();
    this.#size = buffer.length;
  }
  size(): number {
    return this.#size;
  }
}

/** Makes and finds named actors from a thread of its own. */
@remote
export class Maker extends Actor {
  #kept: ActorHandle<Counted> | undefined;
  /** Named actors too end when nobody has a handle: those that `getActor` gives do not count. */
  readonly #made: ActorHandle<Counted>[] = [];
  ping(): string {
    return "pong";
  }
  whoAmI(): [string | undefined, string] {
    const { actorName, namespace } = runtimeContext();
    return [actorName, namespace];
  }
  make(options: ActorOptions, fence?: Fence, cell?: number): ActorHandle<Counted> {
    const made = Counted.options(options).remote(fence, cell);
    this.#made.push(made);
    return made;
  }
  /** Makes many as soon as cell 1 is signalled, which it blocks for. */
  makeMany(options: ActorOptions, count: number, fence: Fence): [string, number][] | Promise<unknown> {
    signal(fence, 2);
    block(fence, 1);
    const handles = Array.from({ length: count }, () => Counted.options(options).remote(fence, 0));
    this.#made.push(...handles);
    return Promise.all(handles.map(async (handle) => [handle.actorId, await handle.add.remote()]));
  }
  /** Makes one, says so in cell 2, and does not come to send anything before cell 1 is signalled. */
  makeAndBlock(options: ActorOptions, fence: Fence): string {
    this.#made.push(Counted.options(options).remote(fence, 0));
    signal(fence, 2);
    block(fence, 1);
    return this.#made[0].actorId;
  }
  makeHeavy(options: ActorOptions, size: number): ActorHandle<Heavy> {
    return Heavy.options(options).remote(new Uint8Array(size));
  }
  /** Its thread ends in the very turn in which it made one. */
  makeAndExit(options: ActorOptions, fence: Fence): void {
    Counted.options(options).remote(fence, 0);
    process.exit(0);
  }
  /** Makes one whose argument is not there yet. */
  makeLate(options: ActorOptions, late: { ref: ObjectRef<Fence> }): ActorHandle<Counted> {
    return Counted.options(options).remote(late.ref);
  }
  async find(name: string, namespace?: string): Promise<ActorHandle<Counted>> {
    return await getActor<Counted>(name, namespace === undefined ? {} : { namespace });
  }
  async findAndAdd(name: string): Promise<number> {
    return await (await getActor<Counted>(name)).add.remote();
  }
  async addTo(handle: ActorHandle<Counted>): Promise<number> {
    return await handle.add.remote();
  }
  async list(): Promise<string[]> {
    return await listNamedActors();
  }
  async listAll(): Promise<NamedActor[]> {
    return await listNamedActors({ allNamespaces: true });
  }
  async kill(name: string): Promise<void> {
    await kill(await getActor<Counted>(name));
  }
  /** Keeps an actor of its own inline. */
  keep(options: ActorOptions): void {
    this.#kept = Counted.options({ ...options, placement: "inline" }).remote();
  }
  kept(): ActorHandle<Counted> {
    return this.#kept!;
  }
  async killKept(): Promise<void> {
    await kill(this.#kept!);
  }
}

@remote
export class Late extends Actor {
  /** Gives a fence once cell 1 was signalled. */
  async fence(fence: Fence): Promise<Fence> {
    await reached(fence, 1);
    return fence;
  }
}

function makeInTaskNow(options: ActorOptions, fence: Fence): ActorHandle<Counted> {
  return Counted.options(options).remote(fence, 0);
}
export const makeInTask = remote(makeInTaskNow, { module: import.meta.url });
