/**
 * Actors of a program that is on a Ray cluster, and are there: in processes of their own, which Python actors start on the nodes.
 *
 * @module
 */

import { ownerOf } from "../call/handle.ts";
import type { ClassDefinition, ClassShape } from "../define/class_definition.ts";
import { clusterOptionsOf } from "../define/cluster_options.ts";
import type { ActorOptions } from "../define/options.ts";
import type { NameKey } from "../registry/name_key.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { commandFor, foldersOfProgram, refuseOutside } from "./far_program.ts";
import type { FarHost, FoundHost } from "./far_host.ts";
import { gatewayOf, gatewayShape } from "./gateway.ts";
import { type Naming, takenError } from "./names.ts";
import { isOnNode, NODE_GATEWAY, takenOnNode } from "./node.ts";
import type { Thread } from "./thread.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import { createOnThread } from "./thread_actors.ts";

/** True if a new actor of which nothing is said of its placement is to be on a cluster. */
export function isFarFrom(thread: Thread): boolean {
  return (thread.cluster !== undefined && thread.schedule === undefined) || isOnNode(thread);
}

/** The process that a new actor is to have on the cluster. Throws `RangeError` for one that cannot be there. */
export function farHostFor(
  thread: Thread,
  { module, shape }: ClassDefinition,
  options: ActorOptions,
  { maxConcurrency, isSerial }: ActorSettings,
): FarHost {
  const { cluster } = thread;
  const where = cluster === undefined ? "on a Ray cluster" : `on the Ray cluster at "${cluster.address}"`;
  const { lifetime, maxRestarts = 0 } = options;
  if (lifetime === "detached" && maxRestarts !== 0) {
    throw new RangeError(
      `Cannot make a detached actor of class "${shape.name}" with "maxRestarts" ${maxRestarts} ${where}: the program that made ` +
        `it, and may have ended, restarts an actor there; use "maxRestarts" 0`,
    );
  }
  const { numCpus = 0, resources, name, getIfExists = false } = options;
  const namespace = name === undefined ? undefined : options.namespace ?? thread.names.table.namespace;
  const said = { numCpus, resources, name, namespace, lifetime, ...clusterOptionsOf(options) };
  const wish = { shape, about: { settings: { maxConcurrency, isSerial } }, options: said, getIfExists };
  // What travels is on the node already, and is known there.
  if (cluster === undefined) return { gateway: NODE_GATEWAY, shape: gatewayShape, wish };
  const folders = foldersOfProgram();
  refuseOutside(folders, module, `make an actor of class "${shape.name}" ${where}`);
  const gateway = gatewayOf(thread);
  gateway.require();
  thread.tasks.makeRoom();
  const command = commandFor(folders);
  return { gateway: gateway.address, shape: gatewayShape, wish: { ...wish, command, folders } };
}

/** What stands for a new actor whose name another one on the cluster has: the handle of that one, or one that refuses calls. */
export function takenFar(thread: Thread, naming: Naming, shape: ClassShape): object | undefined {
  if (thread.cluster === undefined) return takenOnNode(thread, naming, shape);
  const found = gatewayOf(thread).findHost(naming.key, naming.getIfExists);
  if (found === undefined) return undefined;
  const isSame = found.about?.shape.key === shape.key;
  return naming.getIfExists && isSame
    ? handleOfFound(thread, found, naming.key)!
    : thread.names.refused(shape, takenError(naming, shape, isSame));
}

/** The handle of an actor of TypeScript that is there already. */
export function handleOfFound(thread: Thread, { actor, about }: FoundHost, key: NameKey): object | undefined {
  if (about === undefined) return undefined;
  const { id, shape, settings } = about;
  const gateway = gatewayOf(thread);
  const far = { gateway: gateway.address, shape: gatewayShape, wish: actor };
  const more = {
    className: shape.name,
    placement: "process",
    isDetached: false,
    maxPendingCalls: Infinity,
    fault: () => undefined,
    naming: { key, getIfExists: true },
  } as const;
  const handle = createOnThread(thread, { module: "", shape }, { ...settings, ...more, far }, [], {
    id,
    isBridge: true,
  });
  // The bridge may be ended before it has said anything, and the actor is to end with it if it was killed.
  gateway.handle.joinHost.remote((ownerOf(handle) as ActorCell).address.thread, actor);
  return handle;
}
