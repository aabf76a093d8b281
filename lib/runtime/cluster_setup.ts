/**
 * What the gateway of a driver is told of its cluster.
 *
 * @module
 */

import type { HostSpec } from "../transport/ray/cluster_port.ts";

/** What is the same for all actors of a program. */
export interface GatewaySetup {
  /** How processes on nodes are started. */
  readonly start: Pick<HostSpec, "runtime" | "flags" | "entry">;
  /** The namespace of names for which none is given. */
  readonly namespace: string;
}

/** What a driver connects to, and what it brings. */
export interface ClusterSetup extends GatewaySetup {
  /** Where: `ray://host:port`; or `fd:N`, a socket to a host that is there already. */
  readonly address: string;
  /** The URL of the program's folder. */
  readonly root: string;
  /** Ray's runtime environment of the job, in Ray's own words. */
  readonly runtimeEnv: Readonly<Record<string, unknown>>;
}
