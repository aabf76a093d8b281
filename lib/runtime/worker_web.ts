/**
 * Workers under Bun: web workers, which start in 2 ms there, can be unreferenced, and tell when they close.
 *
 * @module
 */

import type { StartedWorker, WorkerEnded, WorkerStart } from "./worker_start.ts";

/** What Bun's workers have beyond the standard. */
type BunWorker = Worker & { unref(): void };

/** Starts a worker. */
export function startWebWorker(start: WorkerStart, onEnded: WorkerEnded): StartedWorker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }) as BunWorker;
  let error: unknown;
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    error = event.error ?? event.message;
  });
  worker.addEventListener("close", (event) => onEnded({ error, code: (event as CloseEvent).code }));
  worker.postMessage(start, [start.link.port]);
  worker.unref();
  return { terminate: () => worker.terminate() };
}
