/**
 * The life of a process on a node of a cluster. The host that starts it (transport/ray/host_source.ts) gives it the descriptor of a
 * socket, a place for its ids, and what it is to know, as JSON ({@linkcode NodeSetup}).
 *
 * @module
 */

import { deno, process } from "../base/platform.ts";
import { DRIVER } from "../transport/thread_address.ts";
import { HostPort } from "../transport/ray/host_port.ts";
import { beginThread } from "./current.ts";
import { openDescriptors, readConnection } from "./descriptors.ts";
import { NodeGateway, type NodeSetup } from "./node_gateway.ts";
import { ProgramRoot } from "./program_root.ts";

/** Runs the process until its host ends. */
export function runNode(connection: string, place: string, setupText: string): void {
  const setup = JSON.parse(setupText) as NodeSetup;
  const thread = beginThread({ place, namespace: setup.namespace, gateway: { id: DRIVER, slot: DRIVER } });
  const end = (): void => {
    if (deno === undefined) process.exit(0);
    deno.exit(0);
  };
  const host = new HostPort(end);
  const gateway = new NodeGateway(thread, host, new ProgramRoot(`file://${process.cwd()}`), setup);
  thread.borders = gateway;
  gateway.listen();
  host.open(openDescriptors(readConnection(connection), (bytes) => host.received(bytes), end));
}
