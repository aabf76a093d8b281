/**
 * Workers under Deno: those of `node:worker_threads`, for its web workers keep the process alive until they are ended, and
 * say nothing when they end themselves.
 *
 * @module
 */

import { idleTimer, mayReadEnvironment, workerThreads } from "../base/platform.ts";
import type { StartedWorker, WorkerEnded, WorkerStart } from "./worker_start.ts";

/**
 * Never called. It makes the entry a part of the program's module graph, so that it is fetched, cached and compiled with the rest
 * before any thread starts. Fetched by a worker instead, over HTTP, it could come through a connection that another thread's
 * runtime serves; and that thread may be blocked in `getSync`, waiting for this very worker.
 */
export const entryInGraph = (): Promise<unknown> => import("./worker.ts");

/**
 * Milliseconds until a worker that has not ended is terminated again: one that is thrown out of a blocking wait at that very moment
 * may go on (6 of 80 threaded actors that lost a thread and were shut down at once, on a busy machine; none after a second time).
 */
const AGAIN = 1_000;

/** Starts a worker. */
export function startNodeWorker(start: WorkerStart, onEnded: WorkerEnded): StartedWorker {
  const { Worker, SHARE_ENV } = workerThreads();
  const worker = new Worker(loadable(new URL("./worker.ts", import.meta.url)), {
    workerData: start,
    transferList: [start.link.port],
    // By itself it copies the environment, for which Deno asks the user at a terminal. What a worker may read is the same either way.
    ...(mayReadEnvironment() ? {} : { env: SHARE_ENV }),
  });
  let error: unknown;
  worker.on("error", (thrown) => {
    error = thrown;
  });
  let forget = (): void => {};
  worker.on("exit", (code) => {
    forget();
    onEnded({ error, code: code as number });
  });
  worker.unref();
  const terminate = (): void => {
    void worker.terminate();
    forget();
    forget = idleTimer(terminate, AGAIN);
  };
  return { terminate };
}

/** `node:worker_threads` takes no `https:` URL, but a `data:` URL of a module that imports one. */
function loadable(entry: URL): URL {
  if (entry.protocol === "file:" || entry.protocol === "data:") return entry;
  return new URL(`data:text/javascript,${encodeURIComponent(`import ${JSON.stringify(entry.href)};`)}`);
}
