/** Threads, shared memory, actors of actors and tasks: needs to read files, and nothing else. */

import { Actor, type ActorHandle, getSync, put, remote, shutdown } from "@manta/ray";

@remote
class Store extends Actor {
  #count = 0;
  next(): number {
    return ++this.#count;
  }
}

@remote
class Reader extends Actor {
  constructor(readonly store: ActorHandle<Store>) {
    super();
  }
  read(bytes: Uint8Array): number {
    return getSync(this.store.next.remote()) + bytes.length;
  }
  make(): ActorHandle<Store> {
    return Store.remote();
  }
}

const double = remote(function double(x: number): number {
  return 2 * x;
});

if (import.meta.main) {
  const reader = Reader.remote(Store.remote());
  console.log(await reader.read.remote(put(new Uint8Array(200_000))), await double.remote(21));
  console.log(await (await reader.make.remote()).next.remote());
  await shutdown();
  console.log("ended");
}
