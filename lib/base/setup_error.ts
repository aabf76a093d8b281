/**
 * The error of what a thread needs before it can run anything.
 *
 * @module
 */

import { RayError } from "./errors.ts";

/**
 * A worker could not load the module of a remote function: `cause` is what that threw. For an actor it is the `cause` of its
 * `ActorDiedError`. On a cluster: Ray could not set up the runtime environment.
 *
 * @example Its code
 * ```ts
 * import { RuntimeEnvSetupError } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new RuntimeEnvSetupError("the module throws").code, "RUNTIME_ENV_SETUP");
 * ```
 */
export class RuntimeEnvSetupError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "RUNTIME_ENV_SETUP" as const;
  /** The name of the class. */
  override name = "RuntimeEnvSetupError";
}
