/**
 * Ray's pattern "Using asyncio to run actor methods concurrently": an async actor answers while `run()` goes on, for each
 * `await` lets other calls have the thread.
 *
 *     deno run --allow-read examples/async_actor_yields.ts [--fast]
 *     bun run examples/async_actor_yields.ts [--fast]
 */

import { Actor, type ActorHandle, get, getWithTimeout, remote, shutdown } from "@manta/ray";
import { delay } from "@std/async/delay";

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

  /** Fetches and runs tasks without end. */
  async run(): Promise<void> {
    while (true) {
      await this.store.getNextTask.remote();
      this.#done++;
    }
  }

  getNumExecutedTasks(): number {
    return this.#done;
  }
}

/** The same, with tasks that come from nowhere: it yields by a pause. */
@remote
class IdleExecutor extends Actor {
  #done = 0;

  async run(): Promise<void> {
    while (true) {
      await delay(0);
      this.#done++;
    }
  }

  getNumExecutedTasks(): number {
    return this.#done;
  }
}

if (import.meta.main) {
  const pause = process.argv.includes("--fast") ? 100 : 1_000;

  const store = TaskStore.remote();
  const executors = {
    "awaits each task": TaskExecutor.remote(store),
    "awaits delay(0)": IdleExecutor.remote(),
  };

  // Threads are there at once; on a cluster, processes take their time.
  await get(Object.values(executors).map((executor) => executor.getNumExecutedTasks.remote()));
  for (const [how, executor] of Object.entries(executors)) {
    executor.run.remote();
    for (let look = 1; look <= 3; look++) {
      await delay(pause);
      const asked = performance.now();
      const done = await getWithTimeout(executor.getNumExecutedTasks.remote(), 5_000);
      console.log(`${how}: ${done} tasks done, answered in ${(performance.now() - asked).toFixed(1)} ms`);
    }
  }
  await shutdown();
}
