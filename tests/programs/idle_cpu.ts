/** Ten idle threads without Manta, then ten idle actors, after work: prints the milliseconds of CPU that each took. */

import { Actor, remote, shutdown } from "@manta/ray";
import { measureBare, measureIdle } from "./idle_threads.ts";

@remote
class Idle extends Actor {
  ping(): string {
    return "pong";
  }
}

if (import.meta.main) {
  const bare = await measureBare(10);
  const actors = Array.from({ length: 10 }, () => Idle.remote());
  for (let round = 0; round < 20; round++) {
    for (const actor of actors) await actor.ping.remote();
  }
  console.log(bare, await measureIdle());
  await shutdown();
}
