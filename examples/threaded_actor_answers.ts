/**
 * Ray's pattern "Using asyncio to run actor methods concurrently", without asyncio: a sync actor on two threads answers on the
 * one while `run()`, which never returns, holds the other. What both threads see is `@shared accessor`.
 *
 *     deno run --allow-read examples/threaded_actor_answers.ts [--fast]
 *     bun run examples/threaded_actor_answers.ts [--fast]
 */

import { Actor, type ActorHandle, getSync, getWithTimeout, remote, shared, shutdown } from "@manta/ray";
import { delay } from "@std/async/delay";

@remote
class TaskStore extends Actor {
  getNextTask(): string {
    return "task";
  }
}

@remote({ maxConcurrency: 2 })
class TaskExecutor extends Actor {
  @shared
  accessor done = 0;

  constructor(readonly store: ActorHandle<TaskStore>) {
    super();
  }

  /** Fetches and runs tasks without end, and without `await`. */
  run(): void {
    while (true) {
      getSync(this.store.getNextTask.remote());
      this.done++;
    }
  }

  getNumExecutedTasks(): number {
    return this.done;
  }
}

if (import.meta.main) {
  const pause = process.argv.includes("--fast") ? 100 : 1_000;

  const executor = TaskExecutor.remote(TaskStore.remote());
  executor.run.remote();
  for (let look = 1; look <= 3; look++) {
    await delay(pause);
    const asked = performance.now();
    const done = await getWithTimeout(executor.getNumExecutedTasks.remote(), 5_000);
    console.log(`two threads: ${done} tasks done, answered in ${(performance.now() - asked).toFixed(1)} ms`);
  }
  await shutdown();
}
