/**
 * The gateway of a driver: a worker that is connected to the cluster, and stands for the actors there. Only it loads what speaks
 * to a cluster.
 *
 * @module
 */

import { process } from "../base/platform.ts";
import type { LinkEnd } from "../transport/link.ts";
import type { ClusterPort } from "../transport/ray/cluster_port.ts";
import { HostPort } from "../transport/ray/host_port.ts";
import type { ClusterSetup } from "./cluster_setup.ts";
import { openDescriptors, readConnection } from "./descriptors.ts";
import { Gateway } from "./gateway.ts";
import { ProgramRoot } from "./program_root.ts";
import type { Thread } from "./thread.ts";

/** Runs a gateway until it is ended. */
export async function runGateway(thread: Thread, link: LinkEnd, setup: ClusterSetup): Promise<void> {
  const port = setup.address.startsWith("fd:") ? hostAt(setup.address) : await rayAt(setup);
  thread.borders = new Gateway(thread, port, new ProgramRoot(setup.root), setup);
  thread.begin(link);
}

function end(): void {
  process.exit(0);
}

/** A host that is there already, and has started this program. */
function hostAt(connection: string): ClusterPort {
  const host = new HostPort(end);
  host.open(openDescriptors(readConnection(connection), (bytes) => host.received(bytes), end));
  return host;
}

async function rayAt(setup: ClusterSetup): Promise<ClusterPort> {
  const { RayPort } = await import("../transport/ray/ray_port.ts");
  return new RayPort({ ...setup, folder: decodeURIComponent(new URL(setup.root).pathname) }, end);
}
