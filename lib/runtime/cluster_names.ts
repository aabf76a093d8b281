/**
 * Names of actors on the cluster, as any thread of a program asks for them.
 *
 * @module
 */

import { Ref } from "../objects/ref.ts";
import type { NameKey } from "../registry/name_key.ts";
import type { ClusterAddress } from "../transport/ray/cluster_port.ts";
import { Frame } from "../wire/frames.ts";
import { UNNAMED } from "./cluster_options.ts";
import type { Thread } from "./thread.ts";

/** The handle of the actor of a name there; `undefined` if there is none, or no cluster. */
export async function findOnCluster(
  thread: Thread,
  { namespace, name }: NameKey,
): Promise<object | undefined> {
  const link = thread.gateway && thread.peers.connect(thread.gateway);
  if (link === undefined) return undefined;
  const ref = new Ref<object | undefined>(thread, "getActor");
  const out = link.open(Frame.findOnCluster);
  out.u32(link.calls.add(ref));
  out.string(namespace);
  out.string(name);
  link.seal();
  return await ref;
}

/** The names that the program's actors have there. */
export async function namesOnCluster(thread: Thread): Promise<ClusterAddress[]> {
  const link = thread.gateway && thread.peers.connect(thread.gateway);
  if (link === undefined) return [];
  const ref = new Ref<ClusterAddress[]>(thread, "listNamedActors");
  link.open(Frame.namesOnCluster).u32(link.calls.add(ref));
  link.seal();
  // Those that Ray finds by names of ours have none that a program knows.
  return (await ref).filter(({ namespace }) => namespace !== UNNAMED);
}
