/**
 * The connection to the server of a Ray cluster: its channel, which is made anew when it breaks.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ClusterConnectionError } from "../../base/cluster_errors.ts";
import { Channel, type GrpcFailure, type GrpcStream, isFinal } from "./grpc.ts";
import { ClusterInfo, ClusterInfoKind } from "./messages.ts";

/** Milliseconds that an answer to a ping may take. */
const PING = 5000;
/** Milliseconds between two attempts. */
const PAUSE = 300;

/** Where a server is. */
export interface ServerAddress {
  /** `"host:port"`. */
  readonly host: string;
  /** Whether by TLS. */
  readonly isSecure: boolean;
}

/** Reads `"ray://host:port"`. */
export function parseAddress(address: string): ServerAddress {
  const [, host] = /^ray:\/\/([^/\s]+?)\/?$/.exec(address) ?? [];
  if (host === undefined || /^\d*$/.test(host)) {
    throw new RangeError(
      `Cannot use ${JSON.stringify(address)} as the address of a Ray cluster: expected "ray://host:port", ` +
        `as "ray://127.0.0.1:10001"`,
    );
  }
  return { host: /:\d+$/.test(host) ? host : `${host}:10001`, isSecure: false };
}

/** The channel of one client. */
export class Connection {
  readonly address: string;
  readonly #server: ServerAddress;
  /** The client's id: what the server knows the session by. */
  clientId: string;
  #channel: Channel;
  #isClosed = false;

  /** Use `open`. @internal */
  constructor(address: string, server: ServerAddress, clientId: string, channel: Channel) {
    this.address = address;
    this.#server = server;
    this.clientId = clientId;
    this.#channel = channel;
  }

  /** Connects: the server has answered when this fulfils. */
  static async open(
    address: string,
    how: { timeout: number; signal?: AbortSignal },
  ): Promise<Connection> {
    const server = parseAddress(address);
    const clientId = newId();
    const channel = await Channel.open(server.host, server.isSecure, { client_id: clientId });
    const connection = new Connection(address, server, clientId, channel);
    try {
      await connection.#untilAnswered(Date.now() + how.timeout, how.signal);
    } catch (failure) {
      connection.close();
      if (how.signal?.aborted === true) throw how.signal.reason;
      throw noServer(address, how.timeout, failure as GrpcFailure);
    }
    return connection;
  }

  /** Opens a stream over the channel as it is now. */
  stream(method: string, metadata?: Readonly<Record<string, string>>): GrpcStream {
    return this.#channel.stream(method, metadata);
  }

  /** Makes a call with one answer; again, while the connection may come back. */
  async call(
    method: string,
    request: Uint8Array,
    how: {
      timeout?: number;
      patience: number;
      metadata?: Readonly<Record<string, string>>;
      signal?: AbortSignal;
    },
  ): Promise<Uint8Array> {
    const deadline = Date.now() + how.patience;
    for (;;) {
      try {
        return await this.#channel.call(method, request, { ...how, timeout: how.timeout ?? 60_000 });
      } catch (error) {
        how.signal?.throwIfAborted();
        const failure = error as GrpcFailure;
        if (this.#isClosed || isFinal(failure) || Date.now() > deadline) {
          throw new ClusterConnectionError(
            `Cannot call "${method}" of the Ray cluster at "${this.address}": ${
              failure.details || failure.message
            }`,
            { cause: error },
          );
        }
        await delay(PAUSE);
      }
    }
  }

  /** Asks the server something of no consequence. */
  nudge(): void {
    const ping = ClusterInfo.encode({ kind: ClusterInfoKind.ping });
    this.#channel.call("RayletDriver/ClusterInfo", ping, { timeout: PING }).catch(() => {});
  }

  /** Connects anew, for the same session. */
  async reconnect(grace: number): Promise<void> {
    const deadline = Date.now() + grace;
    this.#channel.close();
    this.#channel = await Channel.open(this.#server.host, this.#server.isSecure, {
      client_id: this.clientId,
    });
    await this.#untilAnswered(deadline);
  }

  /** Connects anew, as another client. */
  async renew(grace: number): Promise<void> {
    this.clientId = newId();
    await this.reconnect(grace);
  }

  /** Closes the channel. */
  close(): void {
    this.#isClosed = true;
    this.#channel.close();
  }

  async #untilAnswered(deadline: number, signal?: AbortSignal): Promise<void> {
    const ping = ClusterInfo.encode({ kind: ClusterInfoKind.ping });
    for (;;) {
      try {
        const timeout = Math.max(1, Math.min(PING, deadline - Date.now()));
        return void await this.#channel.call("RayletDriver/ClusterInfo", ping, { timeout, signal });
      } catch (failure) {
        signal?.throwIfAborted();
        if (this.#isClosed || isFinal(failure as GrpcFailure) || Date.now() + PAUSE > deadline) throw failure;
        await delay(PAUSE);
      }
    }
  }
}

function newId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

function noServer(address: string, timeout: number, failure: GrpcFailure): ClusterConnectionError {
  const said = failure.details || failure.message;
  return new ClusterConnectionError(
    `Cannot connect to a Ray cluster at "${address}": no Ray Client server answered within ${timeout} ms (${said}); start one ` +
      `with "ray start --head --ray-client-server-port 10001", and see that the port can be reached from here`,
    { cause: failure },
  );
}
