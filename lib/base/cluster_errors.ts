/**
 * The error of a cluster that cannot be reached, or no more.
 *
 * @module
 */

import { RayError } from "./errors.ts";

/**
 * The Ray cluster cannot be reached, has ended the session, or is of another version. The message says which, and what to do.
 *
 * @example Its code
 * ```ts
 * import { ClusterConnectionError } from "@manta/ray/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new ClusterConnectionError("no server").code, "CLUSTER_CONNECTION");
 * ```
 */
export class ClusterConnectionError extends RayError {
  /** What tells this error from others. */
  override readonly code = "CLUSTER_CONNECTION" as const;
  /** The name of the class. */
  override name = "ClusterConnectionError";
}
