import { Actor, type ActorHandle, exitActor, remote, runtimeContext } from "@manta/ray";
import { type Fence, reached, signal } from "./fence.ts";

/** Ends itself in several ways; says in cell 7 that `onShutdown` has run, and in cell 6 that it has ended. */
@remote
export class Leaver extends Actor {
  constructor(readonly fence: Fence, readonly hook: "async" | "throws" | "sync" = "async") {
    super();
  }
  async onShutdown(): Promise<void> {
    signal(this.fence, 7);
    if (this.hook === "throws") throw new Error("from onShutdown, on purpose");
    await Promise.resolve();
    signal(this.fence, 6);
  }
  async leave(): Promise<string> {
    await Promise.resolve();
    exitActor();
    return "never";
  }
  async leaveAndCatch(): Promise<string> {
    try {
      await Promise.resolve();
      exitActor();
    } catch {
      return "caught";
    }
    return "never";
  }
  async work(name: string): Promise<string> {
    signal(this.fence, 0);
    await reached(this.fence, 1);
    signal(this.fence, 2);
    return name;
  }
  self(): ActorHandle<Leaver> | undefined {
    return runtimeContext<Leaver>().currentActor;
  }
  context(): { actorId: string | undefined; placement: string | undefined; task: string | undefined } {
    const { actorId, placement, taskName } = runtimeContext();
    return { actorId, placement, task: taskName };
  }
  add(a: number, b: number): number {
    return a + b;
  }
}

/** The sync twin: it has no async method. */
@remote
export class SyncLeaver extends Actor {
  #added = 0;
  constructor(readonly fence: Fence, readonly hook: "throws" | "" = "") {
    super();
  }
  onShutdown(): void {
    signal(this.fence, 7);
    if (this.hook === "throws") throw new Error("from a sync onShutdown, on purpose");
  }
  add(): number {
    return ++this.#added;
  }
  leave(): void {
    try {
      exitActor();
    } catch { /* changes nothing */ }
  }
}

/** Ends another one with a block. */
@remote
export class Disposer extends Actor {
  async dispose(handle: ActorHandle<Leaver>): Promise<number> {
    await using other = handle;
    return await other.add.remote(1, 2);
  }
}
