/**
 * Errors of what is gone: values whose owner has died, workers that ended in the midst of a function.
 *
 * @module
 */

import { RayError } from "./errors.ts";

/**
 * The value behind a ref cannot be had any more.
 *
 * @example The family of lost objects
 * ```ts
 * import { ObjectLostError, OwnerDiedError } from "@manta/ray";
 * import { assert } from "@std/assert";
 *
 * assert(new OwnerDiedError("the owner has ended") instanceof ObjectLostError);
 * ```
 */
export class ObjectLostError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code: "OBJECT_LOST" | "OWNER_DIED" = "OBJECT_LOST";
  /** The name of the class. */
  override name = "ObjectLostError";
}

/**
 * The thread that made a ref has ended, and the value with it.
 *
 * @example Its code
 * ```ts
 * import { OwnerDiedError } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new OwnerDiedError("the owner has ended").code, "OWNER_DIED");
 * ```
 */
export class OwnerDiedError extends ObjectLostError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "OWNER_DIED" as const;
  /** The name of the class. */
  override name = "OwnerDiedError";
}

/**
 * The worker that ran a remote function ended before the function did.
 *
 * @example Its code
 * ```ts
 * import { WorkerCrashedError } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new WorkerCrashedError("the worker has ended").code, "WORKER_CRASHED");
 * ```
 */
export class WorkerCrashedError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "WORKER_CRASHED" as const;
  /** The name of the class. */
  override name = "WorkerCrashedError";
}
