/** Actors that nobody has a handle of come to their end, and no other ones. Needs the collector: see `collect`. */

import { Actor, type ActorHandle, getActor, remote, runtimeContext, shutdown } from "@manta/ray";

const scope = globalThis as { gc?: () => void; Bun?: { gc(isSync: boolean): void } };

/** Cell 0 counts the actors that were made, cell 1 those that have ended. */
type Counts = Int32Array<SharedArrayBuffer>;

@remote
class Kept extends Actor {
  #others: unknown[] = [];
  constructor(readonly counts: Counts) {
    super();
    Atomics.add(counts, 0, 1);
  }
  onShutdown(): void {
    Atomics.add(this.counts, 1, 1);
    Atomics.notify(this.counts, 1);
  }
  async slow(): Promise<string> {
    await collected(this.counts, 0, 3);
    return "done";
  }
  keep(other: ActorHandle<Kept>): void {
    this.#others.push(other);
  }
  async give(placement: "thread" | "inline"): Promise<ActorHandle<Kept>> {
    return await Promise.resolve(Kept.options({ placement }).remote(this.counts));
  }
  /** Has a handle that it got by name, from now on. */
  async find(name: string): Promise<string> {
    try {
      const found = await getActor<Kept>(name);
      this.#others.push(found);
      return await found.ping.remote();
    } catch (error) {
      return (error as Error).name;
    }
  }
  drop(): void {
    this.#others = [];
  }
  /** Has a handle of its own, which is none that counts, and collects what its thread has no use for. */
  collect(): unknown {
    collect();
    return runtimeContext().currentActor?.actorId;
  }
  ping(): string {
    return "pong";
  }
}

function collect(): void {
  scope.gc?.();
  scope.Bun?.gc(true);
}

/** Collects garbage until a cell has counted to `count`, or for so many rounds: what must not happen gets its chance. */
async function collected(counts: Counts, count: number, rounds = 2_000): Promise<number> {
  for (let round = 0; round < rounds && (count === 0 || Atomics.load(counts, 1) < count); round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return Atomics.load(counts, 1);
}

function newCounts(): Counts {
  return new Int32Array(new SharedArrayBuffer(8));
}

async function dropped(placement: "thread" | "inline"): Promise<void> {
  const counts = newCounts();
  // In functions of their own, so that no variable keeps the handle.
  await (async () => void await Kept.options({ placement }).remote(counts).ping.remote())();
  console.log(placement, "dropped:", await collected(counts, 1));

  const running = newCounts();
  const ref = (() => Kept.options({ placement }).remote(running).slow.remote())();
  console.log(placement, "with a call in progress:", await ref, await collected(running, 1));

  const passed = newCounts();
  const keeper = Kept.remote(newCounts());
  await (async () => {
    const other = Kept.options({ placement }).remote(passed);
    await keeper.keep.remote(other);
  })();
  console.log(placement, "kept by another:", await collected(passed, 0, 40));
  await keeper.drop.remote();
  const away = async (): Promise<boolean> => {
    await keeper.collect.remote();
    return await collected(passed, 1, 1) === 1;
  };
  for (let round = 0; round < 1_000 && !await away(); round++);
  console.log(placement, "kept by nobody:", Atomics.load(passed, 1));

  const given = newCounts();
  const maker = Kept.remote(given);
  await (async () => void await (await maker.give.remote(placement)).ping.remote())();
  for (let round = 0; round < 1_000 && Atomics.load(given, 1) === 0; round++) {
    await maker.collect.remote();
    await collected(given, 1, 1);
  }
  console.log(placement, "given by its maker, who lives:", Atomics.load(given, 1), await maker.ping.remote());
}

/** A handle by name does not keep its actor, one that was asked for with `getIfExists` does. */
async function named(placement: "thread" | "inline"): Promise<void> {
  const counts = newCounts();
  const options = { placement, name: "kept", getIfExists: true } as const;
  const same = await (async () => {
    const made = Kept.options(options).remote(counts);
    await made.ping.remote();
    return Kept.options(options).remote(counts);
  })();
  console.log(placement, "kept by getIfExists:", await collected(counts, 0, 40), await same.ping.remote());

  const weak = newCounts();
  const keeper = Kept.remote(newCounts());
  await (async () => {
    const made = Kept.options({ placement, name: "weak" }).remote(weak);
    console.log(placement, "found by name:", await keeper.find.remote("weak"), await made.ping.remote());
  })();
  console.log(placement, "kept by its name:", await collected(weak, 1), await keeper.find.remote("weak"));
}

if (import.meta.main) {
  await dropped("thread");
  await dropped("inline");
  await named("thread");
  await named("inline");
  await shutdown();
}
