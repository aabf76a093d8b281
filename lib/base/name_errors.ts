/**
 * Errors of named actors.
 *
 * @module
 */

import { RayError } from "./errors.ts";

/**
 * Another actor that lives has the name already. Every call on the new handle rejects with it.
 *
 * @example Its code
 * ```ts
 * import { ActorAlreadyExistsError } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new ActorAlreadyExistsError("the name is taken").code, "ACTOR_ALREADY_EXISTS");
 * ```
 */
export class ActorAlreadyExistsError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "ACTOR_ALREADY_EXISTS" as const;
  /** The name of the class. */
  override name = "ActorAlreadyExistsError";
}

/**
 * No actor that lives has the name.
 *
 * @example Its code
 * ```ts
 * import { ActorNotFoundError } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new ActorNotFoundError("nobody has the name").code, "ACTOR_NOT_FOUND");
 * ```
 */
export class ActorNotFoundError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "ACTOR_NOT_FOUND" as const;
  /** The name of the class. */
  override name = "ActorNotFoundError";
}
