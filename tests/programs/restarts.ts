// The program of the README's section on restarts.
import { Actor, ActorUnavailableError, remote, shutdown } from "@manta/ray";
import process from "node:process";

@remote({ maxRestarts: 3 })
class Worker extends Actor {
  #done = 0;
  work(): number {
    return ++this.#done;
  }
  crash(): void {
    process.exit(1);
  }
}

if (import.meta.main) {
  const worker = Worker.remote();
  await worker.work.remote();
  const crashed = await worker.crash.remote().then(
    () => false,
    (error) => error instanceof ActorUnavailableError,
  );
  // The same handle, a new thread and new state; a call with retries waits for it.
  console.log(crashed, await worker.work.options({ maxTaskRetries: 1 }).remote());
  await shutdown();
}
