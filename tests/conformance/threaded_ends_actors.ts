import {
  Actor,
  type ActorHandle,
  exitActor,
  getSync,
  method,
  type ObjectRef,
  type ObjectRefGenerator,
  remote,
  runtimeContext,
  shared,
  updateShared,
  waitSync,
} from "@manta/ray";
import { block, type Fence, signal } from "./fence.ts";

/** Ends itself; says in cell 6 of its own fence that `onShutdown` has run, and in cell 7 that an instance was made. */
@remote({ maxConcurrency: 2, concurrencyGroups: { aside: 1 } })
export class Band extends Actor {
  @shared
  accessor played = 0;

  constructor(readonly own: Fence, readonly hook: "sync" | "async" = "sync") {
    super();
    signal(own, 7);
  }
  onShutdown(): void | Promise<void> {
    if (this.hook === "sync") this.#last();
    else return new Promise((resolve) => setTimeout(resolve)).then(() => this.#last());
  }
  /** Tells in cell 5 how many calls had come to their end. */
  #last(): void {
    for (let left = this.played; left > 0; left--) signal(this.own, 5);
    signal(this.own, 6);
  }
  /** Signals cell 0, and holds its thread until cell 1 says so. */
  play<T>(fence: Fence, value: T): T {
    signal(fence);
    block(fence, 1);
    updateShared(this, "played", (played) => played + 1);
    return value;
  }
  /** Ends the actor when cell 3 says so. */
  leave(fence: Fence, threads = 1): void {
    signal(fence, 2);
    block(fence, 3, threads);
    exitActor();
  }
  leaveAndCatch(): string {
    try {
      exitActor();
    } catch {
      return "caught";
    }
  }
  /** Crashes its thread when cell 1 says so. */
  crash(fence: Fence): Promise<void> {
    signal(fence);
    block(fence, 1);
    return new Promise(() =>
      setTimeout(() => {
        throw new RangeError("out of the band");
      })
    );
  }
  echo<T>(value: T): T {
    return value;
  }
  @method({ concurrencyGroup: "aside" })
  aside<T>(value: T): T {
    return value;
  }
  *count(to: number): Generator<number> {
    for (let i = 0; i < to; i++) yield i;
  }
  /** Meets as many others as cell 0 is to count, and waits for calls of its own, by that way. */
  ask(how: "echo" | "several" | "any" | "stream" | "aside", fence: Fence, threads: number): unknown {
    const self = runtimeContext<Band>().currentActor!;
    signal(fence);
    block(fence, 0, threads);
    switch (how) {
      case "echo":
        return getSync(self.echo.remote("echo"));
      case "several":
        return getSync([self.echo.remote(1), self.echo.remote(2)]);
      case "any":
        return waitSync([self.echo.remote(1), self.echo.remote(2)])[0].length;
      case "stream":
        return getSync((self.count.remote(3) as ObjectRefGenerator<number>).nextSync().value!);
      case "aside":
        return getSync(self.aside.remote("aside"));
    }
  }
  /** The same in the other group, of which there is one thread. */
  @method({ concurrencyGroup: "aside" })
  askAside(how: "echo" | "aside", fence: Fence, threads: number): unknown {
    return this.ask(how, fence, threads);
  }
  /** Waits for a call of its own, and gives up. */
  askFor(timeout: number, fence: Fence, threads: number): unknown {
    const self = runtimeContext<Band>().currentActor!;
    signal(fence);
    block(fence, 0, threads);
    return getSync(self.echo.remote("echo"), { timeout });
  }
}

/** Has calls of its own at a band. */
@remote
export class Guest extends Actor {
  #calls: ObjectRef<unknown>[] = [];

  play([band]: ActorHandle<Band>[], fence: Fence, calls: number): void {
    for (let i = 0; i < calls; i++) this.#calls.push(band.play.remote(fence, i));
  }
  /** How they ended: a value, or the error's name and text. */
  async outcomes(): Promise<string[]> {
    const ends = await Promise.allSettled(this.#calls);
    return ends.map((end) => end.status === "fulfilled" ? String(end.value) : String(end.reason));
  }
  /** Waits for a call without an event loop. */
  blockOn([band]: ActorHandle<Band>[], fence: Fence): unknown {
    const call = band.echo.remote("late");
    signal(fence, 4);
    return getSync(call);
  }
  /** Calls until an error comes: how many have answered, and what it was. */
  async flood([band]: ActorHandle<Band>[], fence: Fence): Promise<[answered: number, error: string]> {
    for (let answered = 0;; answered++) {
      try {
        await band.echo.remote(answered);
      } catch (error) {
        return [answered, String(error)];
      }
      if (answered === 20) signal(fence, 3);
    }
  }
}
