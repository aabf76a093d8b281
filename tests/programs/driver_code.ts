/** Driver code without `if (import.meta.main)`: the worker that loads this module again says so. */

import { Actor, ActorDiedError, DriverCodeInWorkerError, remote, shutdown } from "@manta/ray";

@remote
class Careless extends Actor {
  ping(): string {
    return "pong";
  }
}

const actor = Careless.remote();
try {
  console.log(await actor.ping.remote());
} catch (error) {
  if (!(error instanceof ActorDiedError)) throw error;
  const { cause } = error;
  console.log(
    error.name,
    "because of",
    cause instanceof DriverCodeInWorkerError,
    (cause as Error | undefined)?.message,
    "|",
    error.message,
  );
}
await shutdown();
