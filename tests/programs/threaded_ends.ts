/** Threaded actors that nobody has a handle of, or that end themselves out of a timer, end in order. Needs the collector: see `collect`. */

import { Actor, type ActorHandle, exitActor, remote, runtimeContext, shutdown } from "@manta/ray";

const scope = globalThis as { gc?: () => void; Bun?: { gc(isSync: boolean): void } };

type Fence = Int32Array<SharedArrayBuffer>;

/** Cell 0 counts how often `onShutdown` has run. */
@remote({ maxConcurrency: 2 })
class Twin extends Actor {
  constructor(readonly fence: Fence) {
    super();
  }
  onShutdown(): void {
    Atomics.add(this.fence, 0, 1);
  }
  /** Meets the other thread, so that each has one of these calls, and gives a handle away. */
  give([keeper]: ActorHandle<Keeper>[]): Promise<unknown> {
    Atomics.add(this.fence, 1, 1);
    Atomics.notify(this.fence, 1);
    while (Atomics.load(this.fence, 1) < 2) Atomics.wait(this.fence, 1, 1, 1_000);
    return keeper.keep.remote([runtimeContext<Twin>().currentActor!]).then(() => "given");
  }
  slow(): Promise<string> {
    return collected(this.fence, 0, 1, 3).then(() => "done");
  }
  leaveLater(): Promise<void> {
    return new Promise((resolve) =>
      setTimeout(() => {
        resolve();
        exitActor();
      })
    );
  }
  collect(): void {
    collect();
  }
  ping(): string {
    return "pong";
  }
}

@remote
class Keeper extends Actor {
  #kept: unknown[] = [];
  keep(handles: ActorHandle<Twin>[]): void {
    this.#kept.push(handles);
  }
  drop(): void {
    this.#kept = [];
  }
  collect(): void {
    collect();
  }
}

function collect(): void {
  scope.gc?.();
  scope.Bun?.gc(true);
}

/** Collects garbage until a cell has counted to `count`, or for so many rounds: what must not happen gets its chance. */
async function collected(fence: Fence, cell: number, count: number, rounds = 2_000): Promise<number> {
  for (let round = 0; round < rounds && Atomics.load(fence, cell) < count; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return Atomics.load(fence, 0);
}

function newFence(): Fence {
  return new Int32Array(new SharedArrayBuffer(16));
}

if (import.meta.main) {
  const dropped = newFence();
  // In functions of their own, so that no variable keeps the handle.
  await (async () => void await Twin.remote(dropped).ping.remote())();
  console.log("dropped:", await collected(dropped, 0, 1));

  const running = newFence();
  const ref = (() => Twin.remote(running).slow.remote())();
  console.log("with a call in progress:", await ref, await collected(running, 0, 1));

  const given = newFence();
  const keeper = Keeper.remote();
  await (async () => {
    const twin = Twin.remote(given);
    await Promise.all([twin.give.remote([keeper]), twin.give.remote([keeper])]);
  })();
  console.log("given away by its threads:", await collected(given, 0, 1, 40));
  await keeper.drop.remote();
  for (let round = 0; round < 1_000 && Atomics.load(given, 0) === 0; round++) {
    await keeper.collect.remote();
    await collected(given, 0, 1, 1);
  }
  console.log("kept by nobody:", Atomics.load(given, 0));

  const left = newFence();
  const leaver = Twin.remote(left);
  console.log("out of a timer:", await leaver.leaveLater.remote().then(String, String));
  await leaver[Symbol.asyncDispose]();
  console.log("its end:", Atomics.load(left, 0));
  await shutdown();
}
