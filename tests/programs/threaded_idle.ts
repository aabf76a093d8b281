/** Bare threads, idle threaded actors, then one with calls that wait: prints the milliseconds of CPU that each took. Ends by itself. */

import { Actor, remote } from "@manta/ray";
import { measureBare, measureIdle } from "./idle_threads.ts";

@remote({ maxConcurrency: 2 })
class Idle extends Actor {
  ping(): string {
    return "pong";
  }
  hold(cell: Int32Array): void {
    Atomics.wait(cell, 0, 0);
  }
}

if (import.meta.main) {
  const bare = await measureBare(8);
  const actors = Array.from({ length: 4 }, () => Idle.remote());
  for (let round = 0; round < 20; round++) {
    for (const actor of actors) await actor.ping.remote();
  }
  const idle = await measureIdle();
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const held = [0, 1].map(() => actors[0].hold.remote(cell));
  const waiting = Array.from({ length: 100 }, () => actors[0].ping.remote());
  const wait = await measureIdle();
  Atomics.store(cell, 0, 1);
  Atomics.notify(cell, 0);
  for (const ref of [...held, ...waiting]) await ref;
  console.log(bare, idle, wait);
}
