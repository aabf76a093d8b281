/**
 * A process on a node of a cluster, as its threads see it: what they make, or look for, is on the cluster.
 *
 * @module
 */

import { ActorNotFoundError } from "../base/name_errors.ts";
import type { ActorHandle } from "../call/actor_handle.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { describeKey, type NameKey, nameKey } from "../registry/name_key.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import { SLOTS } from "../transport/board_layout.ts";
import { ProcessTable } from "../transport/process_table.ts";
import { DRIVER } from "../transport/thread_address.ts";
import type { ClusterLink } from "./cluster_link.ts";
import { PRIMARY } from "./creation.ts";
import { gatewayShape } from "./gateway.ts";
import { type Naming, takenError } from "./names.ts";
import { answerOf } from "./own_calls.ts";
import type { Thread } from "./thread.ts";

/** Where its gateway lives (node_gateway.ts). */
export const NODE_GATEWAY: ActorAddress = {
  thread: { id: DRIVER, slot: DRIVER % SLOTS },
  local: PRIMARY + 1,
  ownsThread: false,
  isSerial: false,
  maxPendingCalls: Infinity,
};

/** An actor that has a name: its handle, unless it is not of TypeScript, or nobody has asked what it is. */
export interface FoundOnNode {
  readonly shape?: ClassShape;
  readonly handle?: object;
}

/** What a thread calls of the gateway by itself. */
interface NodeGateway {
  findHost(name: string, namespace: string, asks: boolean): Promise<FoundOnNode | undefined>;
  namedActors(): Promise<{ name: string; namespace: string }[]>;
}

/** True in a thread that runs actors, or functions, of a process on a node. */
export function isOnNode({ isWorker, board }: Thread): boolean {
  return isWorker && new ProcessTable(board).isOnNode;
}

function gatewayIn({ cells }: Thread): ActorHandle<NodeGateway> {
  return cells.handleOf(cells.of(NODE_GATEWAY, gatewayShape)) as ActorHandle<NodeGateway>;
}

/** What stands for a new actor whose name another one on the cluster has: the handle of that one, or one that refuses calls. */
export function takenOnNode(thread: Thread, naming: Naming, shape: ClassShape): object | undefined {
  const { key: { name, namespace }, getIfExists } = naming;
  const found = answerOf(thread, gatewayIn(thread).findHost.remote(name, namespace, getIfExists));
  if (found === undefined) return undefined;
  const isSame = found.shape?.key === shape.key;
  return getIfExists && isSame
    ? found.handle
    : thread.names.refused(shape, takenError(naming, shape, isSame));
}

/** The cluster that a thread is on. */
export function nodeLink(thread: Thread): ClusterLink {
  return {
    ready: () => Promise.resolve(),
    kill: () => undefined,
    async getActor(name, namespace) {
      const found = await gatewayIn(thread).findHost.remote(name, namespace, true);
      if (found?.handle !== undefined) return found.handle;
      throw notFound(nameKey(namespace, name), found !== undefined);
    },
    async namedActors() {
      return await gatewayIn(thread).namedActors.remote();
    },
  };
}

function notFound(key: NameKey, isTaken: boolean): ActorNotFoundError {
  const why = isTaken
    ? "the one that has this name on the cluster is none of TypeScript, the program itself can call it"
    : "no actor that lives has this name on the cluster";
  return new ActorNotFoundError(`Cannot get actor ${describeKey(key)}: ${why}`);
}
