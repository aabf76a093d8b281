/**
 * A connection to a Ray cluster, as the rest of Manta sees it: Ray Client's protocol, with values on top.
 *
 * @module
 */

import type { ActorRef, ObjectRefId } from "./remote_refs.ts";

/** How a client connects. */
export interface ConnectOptions {
  /** Milliseconds until the server must have answered; 30,000 unless given. */
  readonly timeout?: number;
  /** Milliseconds for which the server keeps a session whose connection broke; 30,000 unless given, 0 for none. */
  readonly gracePeriod?: number;
  /** Ends the attempt. */
  readonly signal?: AbortSignal;
}

/** The job that a driver becomes on the cluster. */
export interface JobOptions {
  /** The namespace of names; a random one unless given. */
  readonly namespace?: string;
  /** Ray's `runtime_env`, in Ray's own words: `{ working_dir: "gcs://…", pip: ["deno"], env_vars: { … } }`. */
  readonly runtimeEnv?: Readonly<Record<string, unknown>>;
  /** What Ray's dashboard shows beside the job. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Called with what the workers print, and with the server's log records. Not called unless given. */
  readonly onLog?: (entry: LogEntry) => void;
}

/** What a worker printed, or a record of the server's log. */
export interface LogEntry {
  /** The text, its newlines included. */
  readonly text: string;
  /** Where it was said: printed, or a log record with Python's level (`20` is info). */
  readonly level: "stdout" | "stderr" | number;
}

/** What the server says of itself. */
export interface ServerInfo {
  /** Ray's version on the cluster. */
  readonly rayVersion: string;
  /** Python's version there. */
  readonly pythonVersion: string;
  /** Connected clients, this one included. */
  readonly clients: number;
}

/** The job, as the cluster knows it. */
export interface JobContext {
  /** The job's id, in hex. */
  readonly jobId: string;
  /** The node of the client's server, in hex. */
  readonly nodeId: string;
  /** The namespace of the job's names. */
  readonly namespace: string;
  /** Where the cluster's control store listens, `"host:port"`. */
  readonly gcsAddress: string;
}

/** How a wait ends before its time. */
export interface ClientWait {
  /** Milliseconds; without end unless given. */
  readonly timeout?: number;
  /** Rejects the wait with its reason. What is waited for goes on. */
  readonly signal?: AbortSignal;
}

/** The arguments of a call. */
export interface CallArguments {
  /** By place. */
  readonly args?: readonly unknown[];
  /** By name. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
  /** Ray's options of this call, in Ray's own words: `{ num_returns: 2, num_cpus: 1, name: "x", lifetime: "detached" }`. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The options that the function or class itself has, as a value that Python reads as a dict. Its first call decides. */
  readonly ownOptions?: unknown;
}

/** The cluster's key-value store. Works before `init`, for what a job's `runtimeEnv` refers to. */
export interface ClusterStore {
  /** The value of a key; `undefined` if it has none. */
  get(key: Uint8Array, namespace?: Uint8Array): Promise<Uint8Array | undefined>;
  /** Whether a key has a value. */
  has(key: Uint8Array, namespace?: Uint8Array): Promise<boolean>;
  /** Gives a key its value; true if it had one already, which is kept unless `overwrite`. */
  set(
    key: Uint8Array,
    value: Uint8Array,
    how?: { overwrite?: boolean; namespace?: Uint8Array },
  ): Promise<boolean>;
  /** Takes a key away; how many went. */
  delete(key: Uint8Array, how?: { byPrefix?: boolean; namespace?: Uint8Array }): Promise<number>;
  /** The keys that begin with `prefix`. */
  keys(prefix: Uint8Array, namespace?: Uint8Array): Promise<Uint8Array[]>;
  /** Keeps what a `gcs://` address of a runtime environment names for so many seconds at least, as no job refers to it yet. */
  pin(uri: string, seconds: number): Promise<void>;
}

/**
 * A connection to a Ray cluster. What is sent leaves in the order of the calls, each at once, without waiting for the answers before.
 * Every promise settles: with the answer; when the connection is lost for longer than the grace period, with a
 * `ClusterConnectionError`; at `close()`, with the same. What Python raised rejects with the error of `python_errors.ts`.
 */
export interface RayClient extends AsyncDisposable {
  /** This client's id. */
  readonly id: string;
  /** The address, as it was given. */
  readonly address: string;
  /** The key-value store, before `init` as well. */
  readonly store: ClusterStore;
  /** Called once when the connection has ended for good; at once if it has. */
  onEnd(callback: (error: Error) => void): void;

  /** Begins the job; everything below needs it. Rejects if the server refuses, or its Ray is of another version than this client knows. */
  init(job?: JobOptions): Promise<ServerInfo>;

  /** Stores a value in the cluster: what the pickle codec can say, `PythonGlobal` and `PythonObject` included. */
  put(value: unknown): Promise<ObjectRefId>;
  /** The value of a ref, when it is there. */
  get(ref: ObjectRefId, how?: ClientWait): Promise<unknown>;
  /** Which refs are ready: at least `count`, unless the time ends first. The values stay where they are. */
  wait(
    refs: readonly ObjectRefId[],
    count: number,
    how?: ClientWait,
  ): Promise<{ ready: ObjectRefId[]; pending: ObjectRefId[] }>;

  /** Calls a Python function that was `put`; a ref for each value that it returns (`options.num_returns`). */
  callFunction(fn: ObjectRefId, call?: CallArguments): Promise<ObjectRefId[]>;
  /** Makes an actor of a Python class that was `put`. */
  createActor(cls: ObjectRefId, call?: CallArguments): Promise<ActorRef>;
  /** Calls an actor's method; a ref for each value that it returns. */
  callMethod(actor: ActorRef, method: string, call?: CallArguments): Promise<ObjectRefId[]>;
  /** The actor of a name, in the job's namespace unless another is given. */
  getActor(name: string, namespace?: string): Promise<ActorRef>;
  /** The names that actors have. */
  listNamedActors(allNamespaces?: boolean): Promise<{ name: string; namespace: string }[]>;

  /** Ends an actor at once. */
  kill(actor: ActorRef, noRestart?: boolean): Promise<void>;
  /** Cancels a task or an actor's call. */
  cancel(ref: ObjectRefId, how?: { force?: boolean; recursive?: boolean }): Promise<void>;
  /** Lets the server forget refs and handles, whose copies elsewhere stay valid. Collected ones are released by themselves. */
  release(...refs: readonly (ObjectRefId | ActorRef)[]): void;

  /** The job and where it runs. */
  context(): Promise<JobContext>;
  /** Ray's list of nodes: `NodeID`, `Alive`, `Resources` and more. */
  nodes(): Promise<Record<string, unknown>[]>;
  /** The resources of the cluster, all of them or what is free. */
  resources(which: "total" | "available"): Promise<Record<string, number>>;

  /** Ends the session at once: the server forgets its refs, and actors that are not detached end. */
  close(): Promise<void>;
}
