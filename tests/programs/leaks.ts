/** After `shutdown()` no workers are left: this program ends by itself though all that it made was busy. */

import { Actor, type ActorHandle, init, remote, shutdown } from "@manta/ray";

@remote
class Busy extends Actor {
  ping(): string {
    return "pong";
  }
  spin(): void {
    while (true);
  }
  async hang(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1e9));
  }
  child(): ActorHandle<Busy> {
    return Busy.remote();
  }
}

const spinTask = remote(function spinTask(): void {
  while (true);
});

if (import.meta.main) {
  for (let round = 0; round < 3; round++) {
    const runtime = await init({ numCpus: 2 });
    const actors = Array.from({ length: 3 }, () => Busy.remote());
    const child = await actors[0].child.remote();
    for (const actor of [...actors, child]) await actor.ping.remote();
    actors[0].spin.remote();
    actors[1].hang.remote();
    child.spin.remote();
    spinTask.remote();
    await actors[2].ping.remote();
    await runtime.shutdown();
    await shutdown();
    console.log("round", round);
  }
}
