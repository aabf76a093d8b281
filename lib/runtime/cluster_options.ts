/**
 * Options of an actor in Ray's own words.
 *
 * @module
 */

import type { ActorOptions } from "../define/options.ts";
import type { ClusterAddress } from "../transport/ray/cluster_port.ts";

/** The namespace of actors that have no name of the program's. */
export const UNNAMED = "manta-actors";
/** How many calls a host may have in progress: most of them wait for something to pass on. */
const HOST_CONCURRENCY = 10_000;

/** Where an actor is found, and what Ray is told of it. */
export type RayOptions = ClusterAddress & Readonly<Record<string, unknown>>;

/** The options of the Ray actor that stands for a new actor. `id` is its name if it has none. */
export function rayOptions(options: ActorOptions, id: string, named: ClusterAddress | undefined): RayOptions {
  const { lifetime, maxRestarts, getIfExists, numCpus, resources, schedulingStrategy, runtimeEnv } = options;
  const said: Record<string, unknown> = {
    name: named?.name ?? id,
    namespace: named?.namespace ?? UNNAMED,
    lifetime,
    max_restarts: maxRestarts,
    get_if_exists: getIfExists,
    num_cpus: numCpus,
    resources,
    scheduling_strategy: schedulingStrategy,
    runtime_env: runtimeEnv,
    max_concurrency: HOST_CONCURRENCY,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as RayOptions;
}
