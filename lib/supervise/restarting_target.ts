/**
 * The target of an actor that has crashed and starts again: calls that may be made again wait, all others are refused.
 *
 * @module
 */

import type { LazyError } from "../base/lazy_error.ts";
import { type ActorDiedError, ActorUnavailableError } from "../base/actor_errors.ts";
import type { CallTarget } from "../call/call_target.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { PENDING, type Ref } from "../objects/ref.ts";
import { type CallSettings, mayWait } from "../wire/call_settings.ts";

/** A call that waits; its arguments are copies already: kept for its repetition, or come from another process. */
interface WaitingCall {
  readonly method: number;
  readonly settings: CallSettings;
  readonly args: readonly unknown[];
  readonly ref: Ref;
}

/** Holds calls until the actor is there again, or has ended for good. */
export class RestartingTarget implements CallTarget {
  readonly #actorId: string;
  #waiting: WaitingCall[] = [];

  /** @param actorId The actor's id. */
  constructor(actorId: string) {
    this.#actorId = actorId;
  }

  /** {@inheritDoc CallTarget.send} */
  send(method: number, settings: CallSettings, args: readonly unknown[], ref: Ref): void {
    if (mayWait(settings)) return void this.#waiting.push({ method, settings, args, ref });
    ref.reject(
      new ActorUnavailableError(
        `Cannot call "${ref.taskName}": ${this.#actorId} has crashed and is starting again, call it later or with the ` +
          `option "maxTaskRetries"`,
        { actorId: this.#actorId },
      ),
    );
  }

  /** {@inheritDoc CallTarget.cancel} */
  cancel(ref: Ref): void {
    const index = this.#waiting.findIndex((call) => call.ref === ref);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    ref.reject(cancelledError(ref.taskName));
  }

  /** The actor is there again: the calls go to `target`. */
  release(target: CallTarget): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { method, settings, args, ref } of waiting) {
      // A stream that nobody reads on.
      if (ref.status !== PENDING) continue;
      try {
        target.send(method, settings, args, ref);
      } catch (error) {
        ref.reject(error);
      }
    }
  }

  /** {@inheritDoc CallTarget.close} */
  close(death: LazyError<ActorDiedError>): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { ref } of waiting) ref.reject(death.error);
  }
}
