/**
 * How actors begin and end.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { ClassDefinition } from "../define/class_definition.ts";
import { type Demand, demandOf } from "../define/demand.ts";
import type { ActorOptions } from "../define/options.ts";
import { READY, Ref } from "../objects/ref.ts";
import { type ActorAddress, isRestartable } from "../supervise/actor_address.ts";
import { type ActorSettings, handleOfNew } from "./actor_settings.ts";
import type { NewWorker } from "./children.ts";
import { refuseOnCluster } from "./cluster_link.ts";
import { type Creation, PRIMARY, sendCreate, sendCreateFailed, sendKept, startLate } from "./creation.ts";
import { handArguments, handOver } from "./hand_over.ts";
import { createInline } from "./inline_actors.ts";
import type { Thread } from "./thread.ts";
import { KeptArguments, whenReady } from "./when_ready.ts";

/** Makes an actor; returns its handle at once. `options`, if there are any, MUST NOT change from now on. */
export function createActor(
  thread: Thread,
  definition: ClassDefinition,
  options: ActorOptions | undefined,
  args: unknown[],
): object {
  const plan = thread.plans.of(definition, options);
  const { placement } = plan.settings;
  if (placement === "thread" || placement === "process") {
    refuseOnCluster(thread, `make an actor of class "${definition.shape.name}"`);
  }
  const demand = needs(thread, definition, plan.options);
  const naming = thread.names.settle(plan.options, plan.settings.fault(0, 0)?.retries);
  const taken = naming && thread.names.taken(naming, definition.shape);
  if (taken !== undefined) return taken;
  const settings = demand === undefined && naming === undefined
    ? plan.settings
    : { ...plan.settings, demand, naming };
  const handle = place(thread, definition, settings, args);
  thread.observation.actorCreated(handle, settings);
  return handle;
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

/** Makes an actor on a thread of its own, or beyond a bridge; `id` if it has one already, of its run number `restarts`. */
export function createOnThread(
  thread: Thread,
  definition: ClassDefinition | Pick<ClassDefinition, "module" | "shape">,
  settings: ActorSettings,
  args: unknown[],
  { id, isBridge, restarts }: { id?: ActorId; isBridge: boolean; restarts?: number },
): object {
  const { isSerial, threads, naming, demand, isDetached } = settings;
  const isCrew = threads > 1 && "cls" in definition;
  // Each thread of a crew gets copies of the same arguments; what is moved is moved once.
  let given = isCrew ? thread.values.copyArgs(args) : args;
  const makeWorker = (): NewWorker =>
    id !== undefined || isBridge || demand !== undefined
      ? thread.children.make(definition.module, { id, isBridge, runs: restarts })
      : thread.children.spare.take(definition.module);
  const { workers, crew } = isCrew ? thread.crews.make(definition, threads) : { workers: [makeWorker()] };
  const links = workers.map(({ link }) => link);
  const address: ActorAddress = {
    thread: workers[0].address,
    local: PRIMARY,
    ownsThread: true,
    isSerial,
    // In another process than the actor's maker, what counts has been counted there.
    maxPendingCalls: id === undefined ? settings.maxPendingCalls : Infinity,
    id,
    crew,
    fault: settings.fault(workers[0].address.id, PRIMARY),
  };
  const creation: Creation = { definition, settings, isBridged: isBridge };
  // The driver restarts a detached actor.
  const handsOver = isRestartable(address) && !thread.restarts.owns(address);
  const send = (values: readonly unknown[]): void => {
    // First: what has not left when this thread ends is lost, and the actor's life goes on.
    if (handsOver) handArguments(thread, address, values);
    for (const link of links) sendCreate(thread, link, creation, address, values);
  };
  const fail = (error: unknown): void => {
    for (const link of links) sendCreateFailed(thread, link, PRIMARY, error);
  };
  let kept: KeptArguments | undefined;
  try {
    const taken = naming && thread.names.claim(naming, definition.shape, address);
    if (taken !== undefined) {
      for (const worker of workers) worker.discard();
      return taken;
    }
    if (handsOver) handOver(thread, creation, address);
    if (isRestartable(address)) {
      if (given === args) given = thread.values.copyArgs(args);
      if (!handsOver) kept = new KeptArguments(given);
    }
    const isComplete = given.every((arg) => !(arg instanceof Ref) || arg.status === READY);
    if (isComplete) send(given.map((arg) => arg instanceof Ref ? arg.value : arg));
    else if (kept !== undefined) sendKept(thread, links, creation, address, kept);
    else {
      whenReady(given === args ? thread.values.copyArgs(args) : given, {
        ready: (values) => {
          try {
            send(values);
          } catch (error) {
            fail(error);
          }
        },
        failed: fail,
      });
    }
    const start = (): void => {
      if (isDetached) workers[0].startDetached(isComplete);
      else for (const worker of workers) worker.start();
    };
    if (demand === undefined) start();
    else thread.admission.begin(address, demand, isDetached, () => startLate(thread, workers, start));
  } catch (error) {
    // A spare thread goes on to live.
    if (naming !== undefined) thread.names.table.free(address.thread, PRIMARY);
    for (const worker of workers) worker.discard();
    throw error;
  }
  if (kept !== undefined) thread.restarts.own.supervise(address, { ...creation, kept });
  const cell = thread.cells.of(address, definition.shape);
  thread.cells.count(cell);
  return handleOfNew(thread, cell, isDetached);
}
