/**
 * What options say of actors: read once for all that are made with the same ones.
 *
 * @module
 */

import { ASYNC_CONCURRENCY, type ClassDefinition } from "../define/class_definition.ts";
import type { ActorOptions } from "../define/options.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { planCrew } from "./crew_plan.ts";
import { checkNaming } from "./names.ts";
import type { Thread } from "./thread.ts";

/** How actors of one class are made with the same options. */
export interface ActorPlan {
  readonly definition: ClassDefinition;
  /** The options, those of the class among them. */
  readonly options: ActorOptions;
  /** What is said in them, without what is settled anew for each actor: its name, and what it needs of resources. */
  readonly settings: ActorSettings;
}

/** The plans of one thread. */
export class ActorPlans {
  readonly #thread: Thread;
  /** By the options; by the definition, if none were given. */
  readonly #plans = new WeakMap<object, ActorPlan>();

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** How actors of a class are made with these options, which MUST NOT change. */
  of(definition: ClassDefinition, options?: ActorOptions): ActorPlan {
    const key = options ?? definition;
    const known = this.#plans.get(key);
    // A class can be declared again.
    if (known?.definition === definition) return known;
    const plan = this.#make(definition, { ...definition.options, ...options });
    this.#plans.set(key, plan);
    return plan;
  }

  #make(definition: ClassDefinition, options: ActorOptions): ActorPlan {
    const { isAsync, shape } = definition;
    const { definitions, schedule } = this.#thread;
    const limit = options.maxConcurrency ?? (isAsync ? ASYNC_CONCURRENCY : 1);
    const placement = schedule === undefined ? options.placement ?? "thread" : "inline";
    const threads = isAsync || placement === "inline" || placement === "pool" ? 1 : limit;
    checkNaming(this.#thread, options, placement, shape, threads);
    const settings: ActorSettings = {
      className: shape.name,
      placement,
      maxConcurrency: isAsync ? limit : 1,
      isSerial: !isAsync && limit === 1,
      maxPendingCalls: options.maxPendingCalls ?? Infinity,
      crew: threads > 1
        ? planCrew(definition, threads, definitions.sharedMembers(definition.cls.prototype).length)
        : undefined,
      fault: faultSettings(this.#thread, definition, options, limit),
      isDetached: options.lifetime === "detached",
    };
    return { definition, options, settings };
  }
}

const NO_FAULT: ActorSettings["fault"] = () => undefined;

/** What options say of restarts and of repeated calls, once it is known where the actor begins. */
function faultSettings(
  thread: Thread,
  { shape, isAsync }: ClassDefinition,
  options: ActorOptions,
  limit: number,
): ActorSettings["fault"] {
  const retries = thread.definitions.retryWish(options, `class "${shape.name}"`);
  const { maxRestarts = 0, lifetime } = options;
  // Of an actor with several threads, its owner counts the handles.
  const isThreaded = !isAsync && limit > 1;
  if (retries === undefined && maxRestarts === 0 && !isThreaded) return NO_FAULT;
  // A detached actor outlives its maker.
  const owner = lifetime === "detached" && thread.driverLink !== undefined
    ? thread.driverLink.peer
    : thread.self;
  return (origin, number) => ({ maxRestarts, restarts: 0, origin, number, owner, retries });
}
