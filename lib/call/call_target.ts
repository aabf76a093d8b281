/**
 * Where calls go: the seam between a handle and whatever carries its calls.
 *
 * @module
 */

import type { ActorDiedError } from "../base/errors.ts";
import type { Ref } from "../objects/ref.ts";

/** A call on its way. */
export interface OutgoingCall {
  /** The index of the method in its class. */
  readonly method: number;
  /** The group named at the call; `""` for the method's own. */
  readonly group: string;
  /** The arguments, without pending refs at the top level. */
  readonly args: readonly unknown[];
  /** What the answer settles. */
  readonly ref: Ref;
}

/**
 * Takes calls for one actor. MUST have copied the arguments when `send` returns; MUST settle each call's ref in the end, also
 * when the actor or its thread dies; MUST NOT run user code before `send` returns. `send` throws `SerializationError`, and
 * has then done nothing.
 */
export interface CallTarget {
  /** Sends a call. */
  send(call: OutgoingCall): void;
}

/** The target of a dead actor: refuses each call, always for the same reason. */
export class BrokenTarget implements CallTarget {
  readonly #error: ActorDiedError;

  /** @param error The reason. */
  constructor(error: ActorDiedError) {
    this.#error = error;
  }

  /** {@inheritDoc CallTarget.send} */
  send(call: OutgoingCall): void {
    call.ref.reject(this.#error);
  }
}
