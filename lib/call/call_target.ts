/**
 * Where calls go: the seam between a handle and whatever carries its calls.
 *
 * @module
 */

import type { ActorDiedError } from "../base/actor_errors.ts";
import type { LazyError } from "../base/lazy_error.ts";
import type { Ref } from "../objects/ref.ts";
import type { CallSettings } from "../wire/call_settings.ts";

/**
 * Takes calls for one actor. MUST have copied the arguments when `send` returns; MUST settle each call's ref in the end, also
 * when the actor or its thread dies; MUST NOT run user code before `send` returns. `send` throws `SerializationError`, and
 * has then done nothing.
 */
export interface CallTarget {
  /**
   * Sends a call.
   *
   * @param method The index of the method in its class.
   * @param settings What was said of the call.
   * @param args The arguments, without refs at the top level.
   * @param ref What the answer settles.
   */
  send(method: number, settings: CallSettings, args: readonly unknown[], ref: Ref): void;
  /**
   * Cancels a call that was sent and is not answered: its ref is rejected with `TaskCancelledError`, at once if it has not begun.
   *
   * @param ref The ref given to `send`.
   * @param recursive Cancels the calls that it has made, too.
   */
  cancel(ref: Ref, recursive: boolean): void;
  /** Sends the calls that it holds to `target`. A target without this holds none. */
  release?(target: CallTarget): void;
  /** Rejects the calls that it holds: the actor has crashed, and starts again elsewhere. */
  suspend?(): void;
  /** Rejects the calls that it holds: the actor has ended for good. */
  close?(death: LazyError<ActorDiedError>): void;
}

/** The target of a dead actor: refuses each call, always for the same reason. */
export class BrokenTarget implements CallTarget {
  readonly #death: LazyError<ActorDiedError>;

  /** @param death The reason. */
  constructor(death: LazyError<ActorDiedError>) {
    this.#death = death;
  }

  /** {@inheritDoc CallTarget.send} */
  send(_method: number, _settings: CallSettings, _args: readonly unknown[], ref: Ref): void {
    ref.reject(this.#death.error);
  }

  /** {@inheritDoc CallTarget.cancel} */
  cancel(): void {}
}
