/**
 * The Ray cluster of a program, as the rest of the runtime sees it. What speaks to a cluster is loaded when it is first wanted.
 *
 * @module
 */

import { environment } from "../base/platform.ts";
import type { ProgramGateway } from "./gateway.ts";
import { isOnNode, nodeLink } from "./node.ts";
import type { Thread } from "./thread.ts";

/** A driver's link to its cluster. */
export interface ClusterLink {
  /** Fulfilled when the cluster has answered; rejects if it cannot be reached. */
  ready(): Promise<void>;
  /** Ends an actor of Python's; `undefined` if `handle` is of none. */
  kill(handle: unknown, noRestart: boolean): Promise<void> | undefined;
  /** The handle of the actor on the cluster that has a name. Rejects with `ActorNotFoundError`. */
  getActor(name: string, namespace: string): Promise<object>;
  /** The names that actors have there. */
  namedActors(): Promise<{ name: string; namespace: string }[]>;
}

/** The cluster that a driver has been told to use. */
export interface ProgramCluster {
  /** Where: `"ray://host:port"`. */
  readonly address: string;
  /** Ray's runtime environment of the job, in Ray's own words. */
  readonly runtimeEnv: Readonly<Record<string, unknown>>;
  /** The link, once something has needed it. */
  link: ClusterLink | undefined;
  /** The actor that is connected to it, once something has needed it. */
  gateway: ProgramGateway | undefined;
}

/** The cluster that the environment names by `RAY_ADDRESS`, if it names one. */
export function clusterOfEnvironment(): ProgramCluster | undefined {
  return clusterNamed({});
}

/** The cluster that a program names, itself or by its environment. */
export function clusterNamed(
  { address = addressOfEnvironment(), runtimeEnv = {} }: Partial<
    Pick<ProgramCluster, "address" | "runtimeEnv">
  >,
): ProgramCluster | undefined {
  return address === undefined ? undefined : { address, runtimeEnv, link: undefined, gateway: undefined };
}

/** Other tools of Ray's use it too, for addresses of another kind. */
function addressOfEnvironment(): string | undefined {
  const address = environment("RAY_ADDRESS");
  return address !== undefined && isClusterAddress(address) ? address : undefined;
}

/** Whether a text is the address of a cluster's client server. */
export function isClusterAddress(text: string): boolean {
  return /^ray:\/\/[^/\s:]+(?::\d+)?\/?$/.test(text);
}

/** The link to the program's cluster, begun if need be; `undefined` if the program is on none. */
export async function clusterOf(thread: Thread): Promise<ClusterLink | undefined> {
  if (thread.cluster === undefined) return isOnNode(thread) ? nodeLink(thread) : undefined;
  if (thread.cluster.link !== undefined) return thread.cluster.link;
  const { openLink } = await import("../cluster/python_link.ts");
  return openLink(thread, "use the cluster");
}
