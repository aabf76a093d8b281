/**
 * How actors begin and end.
 *
 * @module
 */

import type { ClassDefinition } from "../define/class_definition.ts";
import { type Demand, demandOf } from "../define/demand.ts";
import type { ActorOptions } from "../define/options.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { farHostFor, isFarFrom, takenFar } from "./far_actors.ts";
import type { FarHost } from "./far_host.ts";
import { createInline } from "./inline_actors.ts";
import type { Thread } from "./thread.ts";
import { createOnThread } from "./thread_actors.ts";

/** Makes an actor; returns its handle at once. `options`, if there are any, MUST NOT change from now on. */
export function createActor(
  thread: Thread,
  definition: ClassDefinition,
  options: ActorOptions | undefined,
  args: unknown[],
): object {
  const plan = thread.plans.of(definition, options);
  // Where one is to be that says so is on this machine.
  const isFar = plan.options.placement === undefined && isFarFrom(thread);
  const far = isFar ? farHostFor(thread, definition, plan.options, plan.settings) : undefined;
  // The cluster counts its own resources.
  const demand = isFar ? undefined : needs(thread, definition, plan.options);
  const naming = thread.names.settle(plan.options, plan.settings.fault(0, 0)?.retries);
  const taken = naming &&
    (thread.names.taken(naming, definition.shape) ??
      (isFar ? takenFar(thread, naming, definition.shape) : undefined));
  if (taken !== undefined) return taken;
  const settings = demand === undefined && naming === undefined && far === undefined
    ? plan.settings
    : { ...plan.settings, demand, naming, ...(far !== undefined && beyondHere(far)) };
  const handle = place(thread, definition, settings, args);
  thread.observation.actorCreated(handle, settings);
  return handle;
}

/** What is otherwise of an actor whose process is elsewhere: it is that which outlives its maker. */
function beyondHere(far: FarHost): Partial<ActorSettings> {
  return { far, placement: "process", isDetached: false };
}

function place(
  thread: Thread,
  definition: ClassDefinition,
  settings: ActorSettings,
  args: unknown[],
): object {
  switch (settings.placement) {
    case "inline":
      return createInline(thread, definition, settings, args);
    case "pool":
      return thread.pool.create(definition, settings, args) ??
        createInline(thread, definition, settings, args);
    default:
      return createOnThread(thread, definition, settings, args, {
        isBridge: settings.placement === "process",
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
