/**
 * Getting code of the program's off a worker that is to end: what blocks, or asks in a loop, is thrown out of its wait.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import type { ActorId } from "../base/ids.ts";

/** So often a blocking call throws in a worker that is to end. */
const MAX_UNWOUND = 8;
/** After so many blocking waits that had nothing to wait for, a thread sees whether it is to end. */
const PASSES = 256;

/** The waits of one worker that blocked. */
export class Unwinding {
  readonly #actorId: ActorId;
  #unwound = 0;
  #passed = 0;

  /** @param actorId The actor that the worker was made for. */
  constructor(actorId: ActorId) {
    this.#actorId = actorId;
  }

  /** Counts a blocking wait that had nothing to wait for. True if it is time to look whether the worker is to end. */
  passed(): boolean {
    if (++this.#passed < PASSES) return false;
    this.#passed = 0;
    return true;
  }

  /** Unwinds code that blocks in a worker that is to end. If it catches that and blocks again and again, it sleeps. */
  refuse(): never {
    if (++this.#unwound > MAX_UNWOUND) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    throw new ActorDiedError("Cannot wait: this thread has been ended", { actorId: this.#actorId });
  }
}
