/** Idle threaded actors, then one with calls that wait: prints the milliseconds of CPU that each took. Ends by itself. */

import { Actor, remote } from "@manta/ray";
import process from "node:process";

@remote({ maxConcurrency: 2 })
class Idle extends Actor {
  ping(): string {
    return "pong";
  }
  hold(cell: Int32Array): void {
    Atomics.wait(cell, 0, 0);
  }
}

/** The CPU that the process uses in three seconds. */
async function measure(): Promise<string> {
  // Compilers and collectors are done with what was before.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / 1_000).toFixed(0);
}

if (import.meta.main) {
  const actors = Array.from({ length: 4 }, () => Idle.remote());
  for (let round = 0; round < 20; round++) {
    for (const actor of actors) await actor.ping.remote();
  }
  const idle = await measure();
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const held = [0, 1].map(() => actors[0].hold.remote(cell));
  const waiting = Array.from({ length: 100 }, () => actors[0].ping.remote());
  const wait = await measure();
  Atomics.store(cell, 0, 1);
  Atomics.notify(cell, 0);
  for (const ref of [...held, ...waiting]) await ref;
  console.log(idle, wait);
}
