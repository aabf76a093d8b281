/**
 * What makes actors on a cluster and carries bytes to them: Ray Client in the driver, the host of its own actor on a node.
 *
 * @module
 */

import type { ByteStream } from "../byte_stream.ts";

/** By what Ray finds an actor: it has a name there, if only one that nobody else knows. */
export interface ClusterAddress {
  /** Its name. */
  readonly name: string;
  /** The namespace of the name. */
  readonly namespace: string;
}

/** What the host of an actor is told; it travels as JSON. */
export interface HostSpec {
  /** The runtime that the actor runs on. */
  readonly runtime: "deno" | "bun";
  /** What it is started with, before the entry. */
  readonly flags: readonly string[];
  /** The module that it runs. */
  readonly entry: string;
  /** What the process is told. */
  readonly setup: string;
  /** What the host says of the actor to whoever connects. */
  readonly description: string;
}

/** What is asked for with a new actor. */
export interface ClusterRequest {
  /** Its class, by which Ray shows it. */
  readonly className: string;
  /** The methods of the class. */
  readonly methods: readonly string[];
  /** What its host is told. */
  readonly spec: HostSpec;
  /** The options of the Ray actor, in Ray's own words. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The bytes that make it, at each start. */
  readonly first: Uint8Array;
}

/** Why a connection has ended. */
export interface ClusterEnd {
  /**
   * `"ended"`, `"not made"`: the actor said so. `"crashed"`: its process has ended. `"died"`: Ray says that it has ended, or its
   * node. `"unavailable"`: it has crashed and may start again. `"missing"`: there is no actor of that name. `"taken"`: another one
   * has the name. `"failed"`: Ray could not make it. `"closed"`: the other end has gone.
   */
  readonly kind:
    | "ended"
    | "not made"
    | "crashed"
    | "died"
    | "unavailable"
    | "missing"
    | "taken"
    | "failed"
    | "closed";
  /** Why, as the end of a sentence. */
  readonly text: string;
}

/** What is told of a connection. */
export interface ClusterEvents {
  /** It is there; `description` is what the host was told to say. Bytes can be sent before. */
  opened(description: string): void;
  /** Bytes have come. */
  received(bytes: Uint8Array): void;
  /** It has ended. */
  closed(end: ClusterEnd): void;
}

/** A connection to an actor. */
export interface ClusterConnection extends ByteStream {
  /** Ends the actor at once; one that has restarts left starts again unless `noRestart`. */
  kill(noRestart: boolean): void;
  /** Gives the connection up; no event comes any more. The actor goes on. */
  close(): void;
}

/** The way to a cluster. Everything it fails in is told by events. */
export interface ClusterPort {
  /** Makes an actor, and connects to it. */
  create(address: ClusterAddress, request: ClusterRequest, events: ClusterEvents): ClusterConnection;
  /** Connects to an actor. */
  connect(address: ClusterAddress, events: ClusterEvents): ClusterConnection;
  /** The names that actors have. */
  names(): Promise<ClusterAddress[]>;
  /** Ends the way; on a node, the process. */
  end(): Promise<void>;
}
