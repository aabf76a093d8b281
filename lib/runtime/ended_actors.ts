/**
 * How actors have ended that might have been restarted, for those who ask late.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import type { ActorId } from "../base/ids.ts";

/** So many ends are remembered. */
const MAX_ENDED = 256;

/** The ends of one thread's actors. */
export class EndedActors {
  readonly #errors = new Map<ActorId, ActorDiedError>();

  /** An actor has ended for good. */
  add(id: ActorId, error: ActorDiedError): void {
    this.#errors.set(id, error);
    if (this.#errors.size > MAX_ENDED) this.#errors.delete(this.#errors.keys().next().value!);
  }

  /** Why calls to an actor that has ended fail. */
  of(id: ActorId): ActorDiedError {
    return this.#errors.get(id) ??
      new ActorDiedError(`Cannot call ${id}: it has died, and its end was long ago`, { actorId: id });
  }
}
