/** Actors of child processes that make and find named actors. A process loads this module again: no tests in here. */

import { Actor, type ActorHandle, type ActorOptions, get, getActor, getSync, kill, remote } from "@manta/ray";
import process from "node:process";
import type { Fence } from "./fence.ts";
import { Counted, Maker, Other } from "./names_actors.ts";
import { collect } from "./state_actors.ts";

/** Makes named actors in its own process, and lets go of them. */
@remote
export class Resident extends Maker {
  #held: ActorHandle<Counted>[] = [];
  pid(): number {
    return process.pid;
  }
  /** The handle, and what the actor answers. */
  async makeAndAdd(options: ActorOptions, fence?: Fence): Promise<[string, number]> {
    const made = Counted.options(options).remote(fence, 0);
    this.#held.push(made);
    return [made.actorId, await made.add.remote()];
  }
  async makeOther(options: ActorOptions): Promise<string> {
    return await Other.options(options).remote().a.remote();
  }
  /** All at once. */
  async makeMany_(options: ActorOptions, count: number, fence: Fence): Promise<string[]> {
    const made = Array.from({ length: count }, () => Counted.options(options).remote(fence, 0));
    this.#held.push(...made);
    await get(made.map((one) => one.add.remote()));
    return made.map(({ actorId }) => actorId);
  }
  async crash(name: string): Promise<void> {
    await (await getActor<Counted>(name)).crash.remote();
  }
  async killNamed(name: string): Promise<void> {
    await kill(await getActor<Counted>(name));
  }
  drop(): void {
    this.#held = [];
    collect();
  }
  collect(): void {
    collect();
  }
  /** One in a process of that process. */
  nested(): ActorHandle<Resident> {
    return this.#nested ??= Resident.options({ placement: "process" }).remote();
  }
  #nested: ActorHandle<Resident> | undefined;
  end(): void {
    process.kill(process.pid, "SIGKILL");
  }
}

/** Holds its thread while it makes one. */
@remote
export class Blocking extends Actor {
  #made: ActorHandle<Counted> | undefined;
  make(options: ActorOptions): number {
    this.#made = Counted.options(options).remote();
    return getSync(this.#made.add.remote());
  }
}
