/**
 * Actors on threads of their own, and beyond bridges.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { ClassDefinition } from "../define/class_definition.ts";
import { READY, Ref } from "../objects/ref.ts";
import { type ActorAddress, isRestartable } from "../supervise/actor_address.ts";
import { type ActorSettings, handleOfNew } from "./actor_settings.ts";
import type { NewWorker } from "./children.ts";
import { type Creation, PRIMARY, sendCreate, sendCreateFailed, sendKept, startLate } from "./creation.ts";
import { handArguments, handOver } from "./hand_over.ts";
import type { Thread } from "./thread.ts";
import { KeptArguments, sendWhenReady } from "./when_ready.ts";

/** Makes an actor on a thread of its own, or beyond a bridge; `id` if it has one already, of its run number `restarts`. */
export function createOnThread(
  thread: Thread,
  definition: ClassDefinition | Pick<ClassDefinition, "module" | "shape">,
  settings: ActorSettings,
  args: unknown[],
  { id, isBridge, restarts }: { id?: ActorId; isBridge: boolean; restarts?: number },
): object {
  const { isSerial, crew: plan, naming, demand, far, isDetached = false } = settings;
  // The process has the threads.
  const isCrew = plan !== undefined && !isBridge;
  // Each thread of a crew gets copies of the same arguments; what is moved is moved once.
  let given = isCrew ? thread.values.copyArgs(args) : args;
  const makeWorker = (): NewWorker =>
    id !== undefined || isBridge || demand !== undefined
      ? thread.children.make(definition.module, { id, isBridge, far, runs: restarts })
      : thread.children.spare.take(definition.module);
  const { workers, crew } = isCrew
    ? thread.crews.make(definition.module, plan, { id, runs: restarts })
    : { workers: [makeWorker()] };
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
    else sendWhenReady(given === args ? thread.values.copyArgs(args) : given, send, fail);
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
