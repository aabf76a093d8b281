/** Ten idle actors, after work, for three seconds: prints the milliseconds of CPU that the process used. */

import { Actor, remote, shutdown } from "@manta/ray";
import process from "node:process";

@remote
class Idle extends Actor {
  ping(): string {
    return "pong";
  }
}

if (import.meta.main) {
  const actors = Array.from({ length: 10 }, () => Idle.remote());
  for (let round = 0; round < 20; round++) {
    for (const actor of actors) await actor.ping.remote();
  }
  // Compilers and collectors are done with what was before.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { user, system } = process.cpuUsage(before);
  console.log(((user + system) / 1_000).toFixed(0));
  await shutdown();
}
