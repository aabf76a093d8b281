/**
 * Errors of queues.
 *
 * @module
 */

import { RayError } from "./errors.ts";

/**
 * A queue had no item, or none came within the timeout. Ray's counterpart is `ray.util.queue.Empty`.
 *
 * @example An empty queue
 * ```ts
 * import { shutdown } from "@manta/ray";
 * import { Queue, QueueEmptyError } from "@manta/ray/util";
 * import { assertRejects } from "@std/assert";
 *
 * const queue = new Queue<number>({ placement: "inline" });
 * await assertRejects(() => queue.getNowait(), QueueEmptyError);
 * await shutdown();
 * ```
 */
export class QueueEmptyError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "QUEUE_EMPTY" as const;
  /** The name of the class. */
  override name = "QueueEmptyError";
}

/**
 * A queue had no room, or got none within the timeout. Ray's counterpart is `ray.util.queue.Full`.
 *
 * @example A full queue
 * ```ts
 * import { shutdown } from "@manta/ray";
 * import { Queue, QueueFullError } from "@manta/ray/util";
 * import { assertRejects } from "@std/assert";
 *
 * const queue = new Queue<number>({ maxSize: 1, placement: "inline" });
 * await queue.put(1);
 * await assertRejects(() => queue.putNowait(2), QueueFullError);
 * await shutdown();
 * ```
 */
export class QueueFullError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "QUEUE_FULL" as const;
  /** The name of the class. */
  override name = "QueueFullError";
}
