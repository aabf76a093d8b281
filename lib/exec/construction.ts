/**
 * An actor's constructor, waiting for its turn.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { ClassDefinition } from "../define/class_definition.ts";
import type { ActorHost } from "./actor_host.ts";
import type { Runnable } from "./host_environment.ts";

/** What an actor is made of, and who is told. */
export interface Plan {
  readonly definition: ClassDefinition;
  readonly maxConcurrency: number;
  readonly args: readonly unknown[];
  constructed(actor: ActorId): void;
  onFailed(thrown: unknown): void;
}

/** Runs one constructor, once. */
export class Construction implements Runnable {
  isReady = false;
  readonly #actor: ActorHost;
  #plan: Plan | undefined;

  /**
   * @param actor The actor.
   * @param plan What it is made of.
   */
  constructor(actor: ActorHost, plan: Plan) {
    this.#actor = actor;
    this.#plan = plan;
  }

  /** {@inheritDoc Runnable.canRun} */
  get canRun(): boolean {
    return this.#plan !== undefined && this.#actor.deathError === undefined;
  }

  /** {@inheritDoc Runnable.runOne} */
  runOne(): void {
    const { definition, maxConcurrency, args, constructed, onFailed } = this.#plan!;
    this.#plan = undefined;
    try {
      this.#actor.construct(definition, maxConcurrency, args);
      constructed(this.#actor.id);
    } catch (thrown) {
      onFailed(thrown);
    }
  }
}
