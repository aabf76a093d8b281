/**
 * How actors begin and end.
 *
 * @module
 */

import { ASYNC_CONCURRENCY, type ClassDefinition } from "../define/class_definition.ts";
import { type Demand, demandOf } from "../define/demand.ts";
import type { ActorOptions, Placement } from "../define/options.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { farHostFor, takenFar } from "./far_actors.ts";
import { createInline } from "./inline_actors.ts";
import { checkNaming } from "./names.ts";
import type { Thread } from "./thread.ts";
import { createOnThread } from "./thread_actors.ts";

/** Makes an actor; returns its handle at once. */
export function createActor(
  thread: Thread,
  definition: ClassDefinition,
  options: ActorOptions,
  args: unknown[],
): object {
  const merged = { ...definition.options, ...options };
  const limit = merged.maxConcurrency ?? (definition.isAsync ? ASYNC_CONCURRENCY : 1);
  const settings: ActorSettings = {
    maxConcurrency: definition.isAsync ? limit : 1,
    isSerial: !definition.isAsync && limit === 1,
    maxPendingCalls: merged.maxPendingCalls ?? Infinity,
    threads: definition.isAsync ? 1 : limit,
    fault: faultSettings(thread, definition, merged, limit),
  };
  if (merged.placement === "process" && settings.threads > 1) {
    throw new RangeError(
      `Cannot make an actor of class "${definition.shape.name}" in a process with "maxConcurrency" ${limit}: it has no async ` +
        `method, and threaded actors run on threads of this process, use placement "thread"`,
    );
  }
  const placement = thread.schedule === undefined ? merged.placement ?? "thread" : "inline";
  const isFar = thread.cluster !== undefined && thread.schedule === undefined &&
    merged.placement === undefined;
  const far = isFar ? farHostFor(thread, definition, merged, settings) : undefined;
  // On a cluster its process is.
  const isDetached = merged.lifetime === "detached" && !isFar;
  checkNaming(thread, merged, placement, definition.shape, settings.threads);
  // The cluster counts its own resources.
  const demand = isFar ? undefined : needs(thread, definition, merged);
  const naming = thread.names.settle(merged, settings.fault(0, 0)?.retries);
  const taken = naming &&
    (thread.names.taken(naming, definition.shape) ??
      (isFar ? takenFar(thread, naming, definition.shape) : undefined));
  if (taken !== undefined) return taken;
  const all = { ...settings, naming, isDetached, demand, far };
  const handle = place(thread, placement, definition, all, args);
  thread.observation.actorCreated(handle, placement, naming?.key.name);
  return handle;
}

function place(
  thread: Thread,
  placement: Placement | undefined,
  definition: ClassDefinition,
  settings: ActorSettings,
  args: unknown[],
): object {
  switch (placement) {
    case "inline":
      return createInline(thread, definition, settings, args);
    case "pool":
      return thread.pool.create(definition, settings, args) ??
        createInline(thread, definition, settings, args, "pool");
    default:
      return createOnThread(thread, definition, settings, args, {
        isBridge: placement === "process" || settings.far !== undefined,
      });
  }
}

/** What options say of resources; `undefined` if the actor needs none. */
function needs(thread: Thread, { shape }: ClassDefinition, options: ActorOptions): Demand | undefined {
  const { numCpus, resources } = options;
  if (numCpus === undefined && resources === undefined) return undefined;
  const demand = demandOf({ numCpus, resources }, 0);
  thread.admission.refuseExcess(demand, `make an actor of class "${shape.name}"`);
  return demand.amounts.length === 0 ? undefined : demand;
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
