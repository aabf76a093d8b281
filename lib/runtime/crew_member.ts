/**
 * A thread of a crew: says when it is free, and leaves when the crew ends.
 *
 * @module
 */

import type { ActorHost } from "../exec/actor_host.ts";
import type { CrewEnd, CrewMemory } from "../transport/crew_memory.ts";

/** This thread's place in its crew. */
export class CrewMember {
  readonly #memory: CrewMemory;
  readonly #index: number;
  readonly #actor: ActorHost;
  /** True from the arrival of a call until it has ended; at first until the constructor has run. */
  #isCalled = true;
  #isNew = true;
  #hasLeft = false;
  readonly #onLast: (end: CrewEnd) => void;

  /**
   * @param memory The crew's memory.
   * @param index This thread's place.
   * @param actor Its actor.
   * @param onLast Called if it is for this thread to end the actor.
   */
  constructor(memory: CrewMemory, index: number, actor: ActorHost, onLast: (end: CrewEnd) => void) {
    this.#memory = memory;
    this.#index = index;
    this.#actor = actor;
    this.#onLast = onLast;
  }

  /** The crew's memory. */
  get memory(): CrewMemory {
    return this.#memory;
  }

  /** This thread's place. */
  get index(): number {
    return this.#index;
  }

  /** A call has come. */
  begin(): void {
    this.#isCalled = true;
  }

  /** What was ready has run: the call may have ended. */
  rest(): void {
    if (!this.#isCalled || !this.#actor.isIdle) return;
    this.#isCalled = false;
    if (this.#isNew) this.#memory.join(this.#index);
    else this.#memory.give(this.#index);
    this.#isNew = false;
    this.leave();
  }

  /** Somebody may have ended the crew: a thread that has nothing to do leaves. */
  leave(): void {
    const { end } = this.#memory;
    if (end === undefined) return;
    if (!this.#hasLeft && !this.#isCalled) this.#hasLeft = this.#memory.leave(this.#index);
    if (this.#hasLeft && this.#memory.isLast()) this.#onLast(end);
  }

  /** Some thread has died, perhaps one that has taken this one and sent nothing. */
  look(): void {
    if (!this.#isCalled && this.#memory.isAbandoned(this.#index)) this.#memory.give(this.#index);
  }
}
