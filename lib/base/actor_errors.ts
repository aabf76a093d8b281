/**
 * Errors of calls that could not end because of their actor.
 *
 * @module
 */

import { RayError } from "./errors.ts";

/**
 * A call could not end because of its actor. Catch this one for "the actor is gone or cannot be reached".
 *
 * @example The family of actor errors
 * ```ts
 * import { ActorDiedError, ActorError } from "@manta/ray";
 * import { assert } from "@std/assert";
 *
 * assert(new ActorDiedError("the actor is dead", { actorId: "1" }) instanceof ActorError);
 * ```
 */
export class ActorError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code: "ACTOR_ERROR" | "ACTOR_DIED" | "ACTOR_UNAVAILABLE" = "ACTOR_ERROR";
  /** The name of the class. */
  override name = "ActorError";
  /** The actor's id. */
  readonly actorId: string | undefined;

  /**
   * Makes the error.
   *
   * @param message What could not be done and why.
   * @param options The actor's id, and the error behind this one.
   */
  constructor(message: string, options: ErrorOptions & { actorId?: string } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.actorId = options.actorId;
  }
}

/**
 * The actor is dead for good: it was killed, its thread ended, its owner ended, or its constructor threw (then `cause` is
 * the constructor's error). Running, queued and later calls all reject with it.
 *
 * @example Calling a dead actor
 * ```ts
 * import { Actor, ActorDiedError, kill, remote, shutdown } from "@manta/ray";
 * import { assertRejects } from "@std/assert";
 *
 * class Cell extends Actor {
 *   read(): number {
 *     return 1;
 *   }
 * }
 * remote(Cell, { placement: "inline", module: import.meta.url });
 *
 * const cell = Cell.remote();
 * await kill(cell);
 * await assertRejects(() => Promise.resolve(cell.read.remote()), ActorDiedError);
 * await shutdown();
 * ```
 */
export class ActorDiedError extends ActorError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "ACTOR_DIED" as const;
  /** The name of the class. */
  override name = "ActorDiedError";
}

/**
 * The actor has crashed and is being started again. The call may or may not have been executed; later calls will work.
 *
 * Ray's counterpart is `ray.exceptions.ActorUnavailableError`.
 *
 * @example Its code
 * ```ts
 * import { ActorError, ActorUnavailableError } from "@manta/ray";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const error = new ActorUnavailableError("the actor is starting again", { actorId: "1" });
 * assert(error instanceof ActorError);
 * assertEquals(error.code, "ACTOR_UNAVAILABLE");
 * ```
 */
export class ActorUnavailableError extends ActorError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "ACTOR_UNAVAILABLE" as const;
  /** The name of the class. */
  override name = "ActorUnavailableError";
}
