/**
 * Connecting to a Ray cluster.
 *
 * @module
 */

import type { ConnectOptions, RayClient } from "./client.ts";
import { ClusterClient } from "./cluster_client.ts";
import { ClusterSession } from "./cluster_session.ts";
import { Connection } from "./connection.ts";

/** Milliseconds until the server must have answered. */
const TIMEOUT = 30_000;
/** Milliseconds for which the server keeps a broken session: what Ray's own client asks for. */
const GRACE = 30_000;

/**
 * Connects to the client server of a Ray cluster.
 *
 * @param address `"ray://host:port"`; port 10001 unless given.
 * @param options How.
 * @returns The client, whose job is still to begin.
 * @throws {RangeError} If the address is of another form.
 * @throws {ClusterConnectionError} If no server answers, or the gRPC library is not there.
 */
export async function connect(address: string, options: ConnectOptions = {}): Promise<RayClient> {
  return new ClusterClient(await openSession(address, options));
}

/** The same, one level below: the session that a client is built on. */
export async function openSession(address: string, options: ConnectOptions = {}): Promise<ClusterSession> {
  const { timeout = TIMEOUT, gracePeriod = GRACE, signal } = options;
  return new ClusterSession(await Connection.open(address, { timeout, signal }), gracePeriod);
}
