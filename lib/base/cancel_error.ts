/**
 * The error of a task that was cancelled.
 *
 * @module
 */

import { RayError } from "./errors.ts";

/**
 * The task was cancelled: before it began, or while it ran; then the error comes when the method has ended.
 *
 * Ray's counterpart is `ray.exceptions.TaskCancelledError`.
 *
 * @example Its code
 * ```ts
 * import { TaskCancelledError } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new TaskCancelledError("the task was cancelled").code, "TASK_CANCELLED");
 * ```
 */
export class TaskCancelledError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "TASK_CANCELLED" as const;
  /** The name of the class. */
  override name = "TaskCancelledError";
}
