/**
 * What the workers of the `postMessage` rows answer.
 *
 * @module
 */

import { jobs } from "./jobs.ts";

/** An answer, and the buffers to be moved with it. */
export type Reply = readonly [message: unknown, moved: ArrayBuffer[]];

/** The answer to a message: to one with an id, the number of those before it; to a job's, its result; else the message itself. */
export function answer(message: unknown): Reply {
  if (!Array.isArray(message)) return [message, []];
  const [job, value] = message;
  if (job === "move") return [value, [value.buffer]];
  if (job === "ends") return [jobs.ends(value), []];
  return [[job, jobs.count(value)], []];
}
