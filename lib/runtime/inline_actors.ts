/**
 * How actors begin that live in the thread of their maker.
 *
 * @module
 */

import type { ClassDefinition } from "../define/class_definition.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import { Ref } from "../objects/ref.ts";
import { type ActorAddress, isRestartable } from "../supervise/actor_address.ts";
import { reportEnd } from "./actor_ends.ts";
import { type ActorSettings, handleOfNew } from "./actor_settings.ts";
import type { Creation } from "./creation.ts";
import type { Thread } from "./thread.ts";
import { KeptArguments, whenReady } from "./when_ready.ts";

/** A creation whose class is known here. */
interface LocalCreation extends Creation {
  readonly definition: ClassDefinition;
}

/** Makes an actor in this thread; returns its handle at once. */
export function createInline(
  thread: Thread,
  definition: ClassDefinition,
  settings: ActorSettings,
  args: unknown[],
): object {
  const { naming, demand, isDetached } = settings;
  const copies = thread.values.copyArgs(args);
  const local = thread.host.nextActor();
  const actor = thread.host.expect(local);
  actor.terms = settings;
  const address = addressOf(thread, settings, actor);
  if (address.fault !== undefined) actor.ownLife.fault = address.fault;
  const taken = naming && thread.names.claim(naming, definition.shape, address);
  if (taken !== undefined) {
    thread.host.forget(actor);
    if (thread.pooled !== undefined) thread.pool.table.ended(thread.self);
    return taken;
  }
  const kept = isRestartable(address) ? new KeptArguments(copies) : undefined;
  const creation: LocalCreation = { definition, settings, isBridged: false };
  if (kept !== undefined) thread.restarts.own.supervise(address, { ...creation, kept });
  const cell = thread.cells.ofNew(actor, address, definition.shape);
  const begin = (): void => {
    if (kept === undefined) constructHere(thread, actor, creation, copies);
    else constructKept(thread, actor, creation, kept);
  };
  if (demand === undefined) begin();
  else thread.admission.begin(address, demand, isDetached, begin);
  return handleOfNew(thread, cell, isDetached);
}

function addressOf(thread: Thread, settings: ActorSettings, actor: ActorHost): ActorAddress {
  const { local } = actor;
  const { isSerial, maxPendingCalls } = settings;
  const fault = settings.fault(thread.self.id, local);
  if (fault === undefined) return thread.cells.targetHere(actor);
  return { thread: thread.self, local, ownsThread: false, isSerial, maxPendingCalls, fault };
}

function constructHere(thread: Thread, actor: ActorHost, creation: LocalCreation, copies: unknown[]): void {
  const { definition, settings: { maxConcurrency } } = creation;
  const { host, values } = thread;
  if (!copies.some((arg) => arg instanceof Ref)) {
    return host.construct(actor, definition, maxConcurrency, copies);
  }
  whenReady(copies, {
    // Values of refs are everybody's; the actor's are its own.
    ready: (args) => host.construct(actor, definition, maxConcurrency, values.copy(args, "args")),
    failed: (error) => reportArgument(thread, actor, error),
  });
}

/** Constructs an inline actor from arguments that are kept for its next start. */
export function constructKept(
  thread: Thread,
  actor: ActorHost,
  { definition, settings: { maxConcurrency } }: Creation,
  kept: KeptArguments,
): void {
  kept.giveTo({
    ready: (values) => {
      const own = thread.values.copy(values, "args");
      thread.host.construct(actor, definition as ClassDefinition, maxConcurrency, own);
    },
    failed: (error) => reportArgument(thread, actor, error),
  });
}

function reportArgument(thread: Thread, actor: ActorHost, error: unknown): void {
  reportEnd(thread, actor, error, "an argument of its constructor failed:");
}
