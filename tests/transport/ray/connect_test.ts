/**
 * What a client says of servers that are missing, or others than it wants: these are made here, by the library that it speaks with.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { execFile } from "node:child_process";
import { type AddressInfo, createServer, type Socket } from "node:net";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { init } from "../../../mod.ts";
import { ClusterConnectionError } from "../../../ray.ts";
import { connect } from "../../../lib/transport/ray/connect.ts";
import { parseAddress } from "../../../lib/transport/ray/connection.ts";
import { loadPackage } from "../../../lib/transport/ray/load_package.ts";
import { DataRequest, DataResponse } from "../../../lib/transport/ray/messages.ts";

interface Duplex {
  write(message: Uint8Array): void;
  on(event: "data" | "end", listener: (message: Uint8Array) => void): void;
  end(): void;
}
interface Grpc {
  readonly Server: new () => {
    addService(service: object, methods: object): void;
    bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void;
    forceShutdown(): void;
  };
  readonly ServerCredentials: { createInsecure(): unknown };
}

/** A server that begins any job, or refuses it, and says that it is of some version. */
async function fakeServer(
  said: { rayVersion?: string; refusal?: string },
): Promise<{ port: number; stop(): void }> {
  const grpc = await loadPackage<Grpc>("@grpc/grpc-js");
  const server = new grpc.Server();
  const bytes = { serialize: (b: Uint8Array) => b, deserialize: (b: Uint8Array) => b };
  const method = (name: string, stream: boolean): object => ({
    path: `/ray.rpc.${name}`,
    requestStream: stream,
    responseStream: stream,
    requestSerialize: bytes.serialize,
    requestDeserialize: bytes.deserialize,
    responseSerialize: bytes.serialize,
    responseDeserialize: bytes.deserialize,
  });
  const { Buffer } = await import("node:buffer");
  server.addService({
    info: method("RayletDriver/ClusterInfo", false),
    data: method("RayletDataStreamer/Datapath", true),
  }, {
    info: (_call: unknown, done: (error: null, answer: Uint8Array) => void) => done(null, Buffer.alloc(0)),
    data: (stream: Duplex) => {
      stream.on("data", (message) => {
        const { number, init, server: asked } = DataRequest.decode(message);
        const ok = said.refusal === undefined;
        const answer = init !== undefined
          ? { init: { ok, ...(!ok && { message: said.refusal }) } }
          : asked !== undefined
          ? { server: { rayVersion: said.rayVersion } }
          : {};
        stream.write(Buffer.from(DataResponse.encode({ number, ...answer })));
      });
      stream.on("end", () => stream.end());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
  return { port, stop: () => server.forceShutdown() };
}

describe("connect()", () => {
  it("says that no server answers, where, for how long, and how to start one", async () => {
    const error = await assertRejects(
      () => connect("ray://127.0.0.1:1", { timeout: 400 }),
      ClusterConnectionError,
    );
    assertStringIncludes(error.message, 'Cannot connect to a Ray cluster at "ray://127.0.0.1:1"');
    assertStringIncludes(error.message, "within 400 ms");
    assertStringIncludes(error.message, "ray start --head --ray-client-server-port");
    assertEquals(error.code, "CLUSTER_CONNECTION");
  });

  it("gives up on a server that takes the connection and never answers, and when its signal aborts", async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `ray://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await assertRejects(() => connect(address, { timeout: 300 }), ClusterConnectionError);
    const reason = new Error("enough");
    const abort = new AbortController();
    const attempt = connect(address, { signal: abort.signal });
    abort.abort(reason);
    assertEquals(await assertRejects(() => attempt), reason);
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it("refuses a Ray of another version, naming both", async () => {
    const server = await fakeServer({ rayVersion: "2.9.1" });
    const client = await connect(`ray://127.0.0.1:${server.port}`);
    const error = await assertRejects(() => client.init(), ClusterConnectionError);
    assertStringIncludes(error.message, "it runs Ray 2.9.1, and this version of Manta speaks to Ray 2.58");
    // Everything later rejects for the same reason.
    assertEquals(await assertRejects(() => client.put(1)), error);
    server.stop();
  });

  it("gives the server's reason when it refuses the job", async () => {
    const server = await fakeServer({ refusal: "no module named secrets" });
    const client = await connect(`ray://127.0.0.1:${server.port}`);
    const error = await assertRejects(() => client.init(), ClusterConnectionError);
    assertStringIncludes(error.message, "no module named secrets");
    server.stop();
  });

  // ray: client
  it("reads addresses, and refuses other forms", () => {
    assertEquals(parseAddress("ray://head"), { host: "head:10001", isSecure: false });
    assertEquals(parseAddress("ray://10.0.0.1:7/"), { host: "10.0.0.1:7", isSecure: false });
    for (const wrong of ["http://head", "ray://", "head:1", "ray://a/b"]) {
      assertThrows(() => parseAddress(wrong), RangeError, "ray://host:port");
    }
  });
});

describe("loadPackage()", () => {
  it("loads what a cluster needs when it is wanted, and not before", async () => {
    const program = fileURLToPath(new URL("../../programs/cluster_packages.ts", import.meta.url));
    const args = "Bun" in globalThis ? ["run"] : ["run", "-A", "--no-check"];
    const run = (...more: string[]): Promise<string> =>
      new Promise((resolve) => {
        const options = { timeout: 60_000, cwd: fileURLToPath(new URL("../../..", import.meta.url)) };
        execFile(process.execPath, [...args, program, ...more], options, (_, out, err) => resolve(out + err));
      });
    assertEquals(await run(), "none\n");
    assertStringIncludes(await run("load"), "@grpc/grpc-js");
  });
});

describe("init()", () => {
  it("refuses an address or a runtimeEnv that is none, at the call", () => {
    assertThrows(() => init({ address: "http://head:1" }), RangeError, '"ray://host:port"');
    assertThrows(() => init({ address: 1 as unknown as string }), TypeError, '"address"');
    assertThrows(
      () => init({ runtimeEnv: [] as unknown as Record<string, unknown> }),
      TypeError,
      '"runtimeEnv"',
    );
  });
});
