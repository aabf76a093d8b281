/**
 * Ray's pattern "Using asyncio to run actor methods concurrently", the way it goes wrong: a sync actor whose `run()` never
 * returns holds its thread, so that no other call gets a turn. The driver's `getWithTimeout` gives up; nothing else is held up.
 *
 *     deno run --allow-read examples/sync_actor_blocks.ts [--fast]
 *     bun run examples/sync_actor_blocks.ts [--fast]
 */

import {
  Actor,
  type ActorHandle,
  getSync,
  GetTimeoutError,
  getWithTimeout,
  remote,
  shutdown,
} from "@manta/ray";

@remote
class TaskStore extends Actor {
  getNextTask(): string {
    return "task";
  }
}

@remote
class TaskExecutor extends Actor {
  #done = 0;

  constructor(readonly store: ActorHandle<TaskStore>) {
    super();
  }

  /** Fetches and runs tasks without end, and without `await`. */
  run(): void {
    while (true) {
      getSync(this.store.getNextTask.remote());
      this.#done++;
    }
  }

  getNumExecutedTasks(): number {
    return this.#done;
  }
}

if (import.meta.main) {
  const timeout = process.argv.includes("--fast") ? 500 : 5_000;

  const executor = TaskExecutor.remote(TaskStore.remote());
  console.log(`before run() it answers: ${await executor.getNumExecutedTasks.remote()} tasks done`);
  executor.run.remote();

  let ticks = 0;
  const ticking = setInterval(() => ticks++, timeout / 50);
  try {
    console.log(`asking the sync actor, for at most ${timeout} ms`);
    console.log(await getWithTimeout(executor.getNumExecutedTasks.remote(), timeout));
  } catch (error) {
    if (!(error instanceof GetTimeoutError)) throw error;
    console.log(`${error.name}: ${error.message}`);
  }
  clearInterval(ticking);
  console.log(`meanwhile a timer of the driver ticked ${ticks} times`);
  await shutdown();
}
