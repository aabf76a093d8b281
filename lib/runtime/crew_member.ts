/**
 * A thread of a crew: says when it is free.
 *
 * @module
 */

import type { ActorHost } from "../exec/actor_host.ts";
import type { CrewMemory } from "../transport/crew_memory.ts";

/** This thread's place in its crew. */
export class CrewMember {
  readonly #memory: CrewMemory;
  readonly #index: number;
  readonly #actor: ActorHost;
  /** True from the arrival of a call until it has ended; at first until the constructor has run. */
  #isCalled = true;

  /**
   * @param memory The crew's memory.
   * @param index This thread's place.
   * @param actor Its actor.
   */
  constructor(memory: CrewMemory, index: number, actor: ActorHost) {
    this.#memory = memory;
    this.#index = index;
    this.#actor = actor;
  }

  /** A call has come. */
  begin(): void {
    this.#isCalled = true;
  }

  /** What was ready has run: the call may have ended. */
  rest(): void {
    if (!this.#isCalled || !this.#actor.isIdle) return;
    this.#isCalled = false;
    this.#memory.give(this.#index);
  }

  /** Some thread has died, perhaps one that has taken this one and sent nothing. */
  look(): void {
    if (!this.#isCalled && this.#memory.isAbandoned(this.#index)) this.#memory.give(this.#index);
  }
}
