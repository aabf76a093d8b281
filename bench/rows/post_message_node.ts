/**
 * The worker of the `node:worker_threads` row.
 *
 * @module
 */

import { parentPort } from "node:worker_threads";
import { answer } from "./post_message_answer.ts";

parentPort!.on("message", (data: unknown) => parentPort!.postMessage(...answer(data)));
