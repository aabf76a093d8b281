/** Idle actors of each kind: nothing keeps this program alive. */

import { Actor, remote } from "@manta/ray";

@remote
class Idle extends Actor {
  ping(): string {
    return "pong";
  }
}

const task = remote(function idleTask(): string {
  return "done";
});

if (import.meta.main) {
  const [thread, inline] = [Idle.remote(), Idle.options({ placement: "inline" }).remote()];
  const pool = Idle.options({ placement: "pool" }).remote();
  Idle.remote();
  console.log(
    await thread.ping.remote(),
    await inline.ping.remote(),
    await pool.ping.remote(),
    await task.remote(),
  );
  inline.ping.remote();
  thread.ping.remote();
  pool.ping.remote();
}
