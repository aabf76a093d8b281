/**
 * Where worker threads begin. Nobody imports this module; its URL is handed to the platform.
 *
 * @module
 */

import { deno, workerThreads } from "../base/platform.ts";
import { runWorker } from "./worker_main.ts";
import type { WorkerStart } from "./worker_start.ts";

if (deno !== undefined) runWorker(workerThreads().workerData as WorkerStart);
else {
  addEventListener("message", (event) => runWorker((event as MessageEvent<WorkerStart>).data), {
    once: true,
  });
}
