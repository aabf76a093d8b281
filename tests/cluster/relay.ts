/**
 * A connection that can be cut: what a client connects to in the place of the server.
 *
 * @module
 */

import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A relay to a server. */
export interface Relay {
  /** Where it listens. */
  readonly address: string;
  /** How many bytes have passed, in both directions. */
  readonly passed: number;
  /** Cuts all connections, and takes none until `mend`. */
  cut(): Promise<void>;
  /** Takes connections again. */
  mend(): Promise<void>;
}

/** Starts a relay to `ray://host:port`. */
export async function startRelay(target: string): Promise<Relay> {
  const [, host, port] = /^ray:\/\/(.*):(\d+)$/.exec(target)!;
  const sockets = new Set<Socket>();
  let passed = 0;
  const server = createServer((near) => {
    const far = connect({ host, port: Number(port) });
    for (const [one, other] of [[near, far], [far, near]]) {
      sockets.add(one);
      one.on("data", (bytes) => {
        passed += bytes.length;
        other.write(bytes);
      });
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const listen = (at: number): Promise<void> =>
    new Promise((resolve) => server.listen(at, "127.0.0.1", resolve));
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  return {
    address: `ray://127.0.0.1:${own}`,
    get passed() {
      return passed;
    },
    async cut() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: () => listen(own),
  };
}
