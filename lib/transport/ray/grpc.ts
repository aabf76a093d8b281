/**
 * The gRPC channel, by `@grpc/grpc-js`, which is loaded when the first channel is opened.
 *
 * @module
 */

import { loadPackage } from "./load_package.ts";

/** What is used of the library. */
interface GrpcLibrary {
  readonly Client: new (address: string, credentials: unknown, options: Record<string, number>) => GrpcClient;
  readonly Metadata: new () => { set(name: string, value: string): void };
  readonly credentials: { createInsecure(): unknown; createSsl(): unknown };
}

interface GrpcClient {
  makeUnaryRequest(
    path: string,
    serialize: (bytes: Uint8Array) => Uint8Array,
    deserialize: (bytes: Uint8Array) => Uint8Array,
    request: Uint8Array,
    metadata: unknown,
    options: { deadline: number },
    callback: (error: GrpcFailure | null, answer?: Uint8Array) => void,
  ): { cancel(): void };
  makeBidiStreamRequest(
    path: string,
    serialize: (bytes: Uint8Array) => Uint8Array,
    deserialize: (bytes: Uint8Array) => Uint8Array,
    metadata: unknown,
  ): GrpcStream;
  close(): void;
}

/** A stream in both directions. */
export interface GrpcStream {
  /** Sends a message; false if it would rather wait for `"drain"`. `onWritten` is called when it is on its way. */
  write(message: Uint8Array, onWritten?: () => void): boolean;
  /** No more messages follow. */
  end(): void;
  /** Gives the stream up. */
  cancel(): void;
  /** A message. */
  on(event: "data", listener: (message: Uint8Array) => void): unknown;
  /** The end, if it is an error. */
  on(event: "error", listener: (error: GrpcFailure) => void): unknown;
  /** The end, or the time to write on. */
  on(event: "end" | "drain", listener: () => void): unknown;
}

/** Why a call of the library's failed: its status code and the server's words. */
export interface GrpcFailure extends Error {
  /** The status code. */
  readonly code: number;
  /** What the server said. */
  readonly details: string;
}

/**
 * Status codes by which the server says no, and would again: invalid argument, not found (a session that is no more), resource
 * exhausted (too many clients), failed precondition, aborted (Python raised), unimplemented.
 */
const FINAL: ReadonlySet<number> = new Set([3, 5, 8, 9, 10, 12]);

/** Whether trying again is of no use. */
export function isFinal(failure: GrpcFailure): boolean {
  return FINAL.has(failure.code);
}

/** A Buffer's `slice` is a view, and no copy, as everybody who takes a `Uint8Array` expects. */
const asArray = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
// The library copies what it is given by a method that only Buffers have.
const asBuffer = (bytes: Uint8Array): Uint8Array => {
  const { Buffer } = globalThis as unknown as {
    Buffer: { from(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array };
  };
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** Bytes that the server may send before it hears that they have been taken. With HTTP/2's 64 KiB, large values take twice as long. */
const WINDOW = 16 << 20;

/** A channel to one server. */
export class Channel {
  readonly #library: GrpcLibrary;
  readonly #client: GrpcClient;
  readonly #metadata: Readonly<Record<string, string>>;

  /** Use `open`. @internal */
  constructor(
    library: GrpcLibrary,
    address: string,
    isSecure: boolean,
    metadata: Readonly<Record<string, string>>,
  ) {
    this.#library = library;
    this.#metadata = metadata;
    const { credentials } = library;
    this.#client = new library.Client(
      address,
      isSecure ? credentials.createSsl() : credentials.createInsecure(),
      {
        "grpc.max_send_message_length": -1,
        "grpc.max_receive_message_length": -1,
        // Two channels of one program are two connections: a new one after a failure must be new.
        "grpc.use_local_subchannel_pool": 1,
        "grpc.initial_reconnect_backoff_ms": 200,
        "grpc.max_reconnect_backoff_ms": 1000,
        "grpc.keepalive_time_ms": 30_000,
        "grpc.keepalive_timeout_ms": 20_000,
        "grpc-node.flow_control_window": WINDOW,
      },
    );
  }

  /**
   * Opens a channel, which connects when it is first used.
   *
   * @param address `"host:port"`.
   * @param isSecure Whether by TLS.
   * @param metadata What goes with each call.
   */
  static async open(
    address: string,
    isSecure: boolean,
    metadata: Readonly<Record<string, string>>,
  ): Promise<Channel> {
    return new Channel(await loadPackage<GrpcLibrary>("@grpc/grpc-js"), address, isSecure, metadata);
  }

  /** Makes a call with one answer. Rejects with a `GrpcFailure`. */
  call(
    method: string,
    request: Uint8Array,
    how: { timeout: number; metadata?: Readonly<Record<string, string>>; signal?: AbortSignal },
  ): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (how.signal?.aborted === true) return reject(how.signal.reason);
      const options = { deadline: Date.now() + how.timeout };
      const metadata = this.#metadataOf(how.metadata);
      const call = this.#client.makeUnaryRequest(
        `/ray.rpc.${method}`,
        asBuffer,
        asArray,
        request,
        metadata,
        options,
        (error, answer) => {
          how.signal?.removeEventListener("abort", abort);
          if (how.signal?.aborted === true) reject(how.signal.reason);
          else if (error === null) resolve(answer!);
          else reject(error);
        },
      );
      const abort = (): void => call.cancel();
      how.signal?.addEventListener("abort", abort);
    });
  }

  /** Opens a stream. */
  stream(method: string, metadata?: Readonly<Record<string, string>>): GrpcStream {
    return this.#client.makeBidiStreamRequest(
      `/ray.rpc.${method}`,
      asBuffer,
      asArray,
      this.#metadataOf(metadata),
    );
  }

  /** Closes the channel. */
  close(): void {
    this.#client.close();
  }

  #metadataOf(more: Readonly<Record<string, string>> = {}): unknown {
    const metadata = new this.#library.Metadata();
    for (const [name, value] of Object.entries({ ...this.#metadata, ...more })) metadata.set(name, value);
    return metadata;
  }
}
