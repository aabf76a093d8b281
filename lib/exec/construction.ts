/**
 * An actor's constructor, waiting for its turn.
 *
 * @module
 */

import type { ClassDefinition } from "../define/class_definition.ts";
import type { ActorHost } from "./actor_host.ts";
import type { HostEnvironment, Runnable } from "./host_environment.ts";

/** Runs one constructor, once. */
export class Construction implements Runnable {
  isReady = false;
  readonly #environment: HostEnvironment;
  readonly #actor: ActorHost;
  readonly #definition: ClassDefinition;
  readonly #maxConcurrency: number;
  readonly #args: readonly unknown[];
  #hasRun = false;

  /**
   * @param environment Told what has come of it.
   * @param actor The actor.
   * @param definition Its class.
   * @param maxConcurrency How many of its calls may be in progress at once.
   * @param args The constructor's arguments.
   */
  constructor(
    environment: HostEnvironment,
    actor: ActorHost,
    definition: ClassDefinition,
    maxConcurrency: number,
    args: readonly unknown[],
  ) {
    this.#environment = environment;
    this.#actor = actor;
    this.#definition = definition;
    this.#maxConcurrency = maxConcurrency;
    this.#args = args;
  }

  /** {@inheritDoc Runnable.canRun} */
  get canRun(): boolean {
    return !this.#hasRun && !this.#actor.hasEnded;
  }

  /** {@inheritDoc Runnable.runOne} */
  runOne(): void {
    this.#hasRun = true;
    try {
      this.#actor.construct(this.#definition, this.#maxConcurrency, this.#args);
      this.#environment.constructed(this.#actor);
    } catch (thrown) {
      this.#environment.notConstructed(this.#actor, thrown);
    }
  }
}
