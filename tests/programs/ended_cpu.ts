/** Actors that never rest are ended: prints the milliseconds of CPU that are used in two seconds after that. */

import process from "node:process";
import { Actor, type ActorHandle, getSync, kill, put, remote, shutdown } from "@manta/ray";

@remote
class Store extends Actor {
  #count = 0;
  next(): number {
    return ++this.#count;
  }
}

@remote
class Restless extends Actor {
  blocks(store: ActorHandle<Store>): void {
    for (;;) getSync(store.next.remote());
  }
  stubborn(store: ActorHandle<Store>): void {
    for (;;) {
      try {
        getSync(store.next.remote());
      } catch { /* and on it goes */ }
    }
  }
}

@remote
class AsyncRestless extends Actor {
  async calls(store: ActorHandle<Store>): Promise<void> {
    for (;;) await store.next.remote();
  }
  async puts(): Promise<void> {
    for (;;) await put(1);
  }
}

if (import.meta.main) {
  for (let round = 0; round < 6; round++) {
    const store = Store.remote();
    const sync = Array.from({ length: 2 }, () => Restless.remote());
    const async = Array.from({ length: 2 }, () => AsyncRestless.remote());
    sync[0].blocks.remote(store);
    sync[1].stubborn.remote(store);
    async[0].calls.remote(store);
    async[1].puts.remote();
    // Each has begun: the store has been asked, and answers its own calls in order.
    while (await store.next.remote() < 100);
    if (round % 2 === 0) await Promise.all([...sync, ...async].map((actor) => kill(actor)));
    await shutdown();
  }
  // The platform may take its time.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const start = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const { user, system } = process.cpuUsage(start);
  console.log((user + system) / 1_000);
}
