/**
 * How actors begin and end.
 *
 * @module
 */

import { type ActorId, actorId } from "../base/ids.ts";
import { ASYNC_CONCURRENCY, type ClassDefinition } from "../define/class_definition.ts";
import type { ActorOptions, Placement } from "../define/options.ts";
import { READY, Ref } from "../objects/ref.ts";
import { type ActorAddress, isRestartable } from "../supervise/actor_address.ts";
import type { PeerLink } from "../transport/peer.ts";
import { Frame } from "../wire/frames.ts";
import { type FaultSettings, writeFaultSettings } from "../wire/fault_settings.ts";
import { sendCreateBeyond } from "./beyond.ts";
import { createOnCluster } from "./cluster_actors.ts";
import { createInline } from "./inline_actors.ts";
import { type ActorSettings, handleOfNew } from "./actor_settings.ts";
import { checkNaming } from "./names.ts";
import { KeptArguments, whenReady } from "./when_ready.ts";
import type { Thread } from "./thread.ts";

/** The number that an actor has in a thread made for it. */
export const PRIMARY = 1;

/** The aux of a frame that makes a detached actor. */
export const DETACHED = 1;

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
    fault: faultSettings(thread, definition, merged),
  };
  const { gateway } = thread;
  // What is said to live with its caller does, there too.
  if (gateway !== undefined && merged.placement !== "inline" && merged.placement !== "pool") {
    const isDetached = merged.lifetime === "detached";
    return createOnCluster(thread, gateway, definition, { ...settings, isDetached }, merged, args);
  }
  if (merged.placement === "process" && settings.threads > 1) {
    throw new RangeError(
      `Cannot make an actor of class "${definition.shape.name}" in a process with "maxConcurrency" ${limit}: it has no async ` +
        `method, and threaded actors run on threads of this process, use placement "thread"`,
    );
  }
  const placement = thread.schedule === undefined ? merged.placement ?? "thread" : "inline";
  const { maxRestarts = 0 } = merged;
  const isDetached = merged.lifetime === "detached";
  if (
    maxRestarts !== 0 &&
    (placement === "pool" || placement === "process" || settings.threads > 1 || isDetached)
  ) {
    const found = isDetached
      ? 'lifetime "detached"'
      : settings.threads > 1
      ? `"maxConcurrency" ${limit}`
      : `placement "${placement}"`;
    throw new RangeError(
      `Cannot make an actor of class "${definition.shape.name}" with "maxRestarts" ${maxRestarts} and ${found}: only an ` +
        `actor on one thread of its own, or an inline one, is restarted, by the actor that made it`,
    );
  }
  checkNaming(thread, merged, placement, definition.shape, settings.threads);
  const naming = thread.names.settle(merged);
  const taken = naming && thread.names.taken(naming, definition.shape);
  if (taken !== undefined) return taken;
  const handle = place(thread, placement, definition, { ...settings, naming, isDetached }, args);
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
      return createOnThread(thread, definition, settings, args, { isBridge: placement === "process" });
  }
}

/** What options say of restarts and of repeated calls, once it is known where the actor begins. */
function faultSettings(
  thread: Thread,
  { shape }: ClassDefinition,
  options: ActorOptions,
): ActorSettings["fault"] {
  const retries = thread.definitions.retryWish(options, `class "${shape.name}"`);
  const { maxRestarts = 0 } = options;
  if (retries === undefined && maxRestarts === 0) return () => undefined;
  return (origin) => ({ maxRestarts, restarts: 0, origin, owner: thread.self, retries });
}

/** Makes an actor on a thread of its own, or beyond a bridge; `id` if it has one already. */
export function createOnThread(
  thread: Thread,
  definition: ClassDefinition | Pick<ClassDefinition, "module" | "shape">,
  settings: ActorSettings,
  args: unknown[],
  { id, isBridge }: { id?: ActorId; isBridge: boolean },
): object {
  const { isSerial, threads, naming, isDetached } = settings;
  const isCrew = threads > 1 && "cls" in definition;
  // Each thread of a crew gets copies of the same arguments; what is moved is moved once.
  const given = isCrew ? thread.values.copyArgs(args) : args;
  const { workers, crew } = isCrew
    ? thread.crews.make(definition, threads)
    : { workers: [thread.children.make(definition.module, { id, isBridge })] };
  const address: ActorAddress = {
    thread: workers[0].address,
    local: PRIMARY,
    ownsThread: true,
    isSerial,
    // In another process than the actor's maker, what counts has been counted there.
    maxPendingCalls: id === undefined ? settings.maxPendingCalls : Infinity,
    id,
    crew,
    fault: settings.fault(workers[0].address.id),
  };
  const send = (values: readonly unknown[]): void => {
    if (isBridge) {
      sendCreateBeyond(thread, workers[0].link, {
        id: actorId(address.thread.id, PRIMARY),
        settings,
        ...definition,
      }, values);
    } else {for (const { link } of workers) {
        sendCreate(thread, link, definition, settings, address.fault, values);
      }}
  };
  const fail = (error: unknown): void => {
    for (const { link } of workers) sendCreateFailed(thread, link, error);
  };
  let kept: KeptArguments | undefined;
  try {
    const taken = naming && thread.names.claim(naming, definition.shape, address);
    if (taken !== undefined) {
      for (const worker of workers) worker.discard();
      return taken;
    }
    const isComplete = given.every((arg) => !(arg instanceof Ref) || arg.status === READY);
    if (isRestartable(address) && "cls" in definition) {
      kept = new KeptArguments(thread.values.copyArgs(args));
      sendKept(thread, workers[0].link, definition, settings, address.fault, kept);
    } else if (isComplete) send(given.map((arg) => arg instanceof Ref ? arg.value : arg));
    else {
      whenReady(isCrew ? given : thread.values.copyArgs(args), {
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
    if (isDetached) workers[0].startDetached(isComplete);
    else for (const worker of workers) worker.start();
  } catch (error) {
    for (const worker of workers) worker.discard();
    throw error;
  }
  const cell = thread.cells.of(address, definition.shape);
  thread.cells.count(cell);
  if (kept !== undefined && "cls" in definition) {
    thread.restarts.own.supervise(cell, { definition, settings, kept });
  }
  return handleOfNew(thread, cell, isDetached);
}

/** Has a new thread make an actor from arguments that are kept for its next start. */
export function sendKept(
  thread: Thread,
  link: PeerLink,
  definition: ClassDefinition,
  settings: ActorSettings,
  fault: FaultSettings | undefined,
  kept: KeptArguments,
): void {
  kept.giveTo({
    ready: (values) => {
      try {
        sendCreate(thread, link, definition, settings, fault, values);
      } catch (error) {
        sendCreateFailed(thread, link, error);
      }
    },
    failed: (error) => sendCreateFailed(thread, link, error),
  });
}

function sendCreate(
  thread: Thread,
  link: PeerLink,
  { module, shape }: Pick<ClassDefinition, "module" | "shape">,
  { maxConcurrency, maxPendingCalls, isDetached }: ActorSettings,
  fault: FaultSettings | undefined,
  args: readonly unknown[],
): void {
  if (link.isClosed) return;
  const out = link.open(Frame.create, isDetached ? DETACHED : 0);
  out.u32(PRIMARY);
  out.string(module);
  out.string(shape.name);
  out.u32(maxConcurrency);
  out.f64(maxPendingCalls);
  out.u8(fault === undefined ? 0 : 1);
  if (fault !== undefined) writeFaultSettings(out, fault);
  out.varint(args.length);
  thread.values.finish(link, "args", args);
}

function sendCreateFailed(thread: Thread, link: PeerLink, cause: unknown): void {
  if (link.isClosed) return;
  link.open(Frame.createFailed).u32(PRIMARY);
  thread.values.finishThrown(link, cause);
}
