/**
 * A session of a Ray cluster: requests and their answers over a connection, values as the pickles that they travel in.
 *
 * @module
 */

import { ClusterConnectionError } from "../../base/cluster_errors.ts";
import type { ClusterStore, JobOptions, ServerInfo } from "./client.ts";
import { clusterStore } from "./cluster_store.ts";
import type { Connection } from "./connection.ts";
import { DataStream } from "./data_stream.ts";
import { jobConfig } from "./job_config.ts";
import { followLogs } from "./log_stream.ts";
import {
  ClusterInfo,
  ClusterInfoAnswer,
  ClusterInfoKind,
  type DataRequestContent,
  type DataResponseContent,
  type TaskContent,
} from "./messages.ts";
import { readPickle } from "./pickle_reader.ts";
import { requestError } from "./python_errors.ts";
import { ActorRef, ObjectRefId } from "./remote_refs.ts";
import { readStub } from "./stubs.ts";

/** Ray's version whose protocol this is. */
const RAY_VERSION = "2.58";
/** Times that a job is begun when the server fails by chance. */
const ATTEMPTS = 5;
/**
 * The server's proxy looks at the process that it has just started, which may be between fork and exec or slow to listen; and its
 * port may be one that a server of another cluster on that machine listens on.
 */
const BY_CHANCE =
  /ZombieProcess|Proxy failed to Connect to backend|Starting Ray client server failed|Runtime environment doesn't match/;

/** Refs in errors are of no use, and held by nobody. */
const unheld = {
  object: (id: Uint8Array): ObjectRefId => new ObjectRefId(id),
  actor: (id: Uint8Array): ActorRef => new ActorRef(id),
};

/** One client's session. Every promise settles; see `client.ts`. */
export class ClusterSession {
  /** The address, as it was given. */
  readonly address: string;
  /** The key-value store, before `init` as well. */
  readonly store: ClusterStore;
  readonly #connection: Connection;
  readonly #gracePeriod: number;
  #stream: DataStream | undefined;
  #changes = 0;
  #error: Error | undefined;
  #onEnd: ((error: Error) => void)[] = [];

  /**
   * @param connection The connection.
   * @param gracePeriod Milliseconds for which a broken session is kept.
   */
  constructor(connection: Connection, gracePeriod: number) {
    this.address = connection.address;
    this.#connection = connection;
    this.#gracePeriod = gracePeriod;
    this.store = clusterStore((method, request, isChange) => this.call(method, request, isChange));
  }

  /** The client's id. */
  get id(): string {
    return this.#connection.clientId;
  }

  /** Called once when the session has ended for good; at once if it has. */
  onEnd(callback: (error: Error) => void): void {
    if (this.#error !== undefined) callback(this.#error);
    else this.#onEnd.push(callback);
  }

  /** Begins the job; see `RayClient.init`. */
  async init(job: JobOptions = {}): Promise<ServerInfo> {
    if (this.#stream !== undefined) {
      throw new Error(`Cannot begin a job at "${this.address}": this client has begun one already`);
    }
    for (let attempt = 1;; attempt++) {
      const refusal = await this.#begin(job);
      if (refusal === undefined) break;
      if (attempt < ATTEMPTS && BY_CHANCE.test(refusal)) {
        await this.#connection.renew(this.#gracePeriod);
        continue;
      }
      const error = new ClusterConnectionError(
        `Cannot begin a job at "${this.address}": the server refused it, see its "ray_client_server" logs on the head node: ` +
          refusal.trim(),
      );
      await this.close(error);
      throw error;
    }
    const { server } = await this.request({ server: {} });
    const rayVersion = server?.rayVersion ?? "unknown";
    if (!rayVersion.startsWith(`${RAY_VERSION}.`)) {
      const error = new ClusterConnectionError(
        `Cannot use the Ray cluster at "${this.address}": it runs Ray ${rayVersion}, and this version of Manta speaks to Ray ` +
          `${RAY_VERSION}; install "ray[default]==${RAY_VERSION}.0" on the cluster, or another version of Manta`,
      );
      await this.close(error);
      throw error;
    }
    if (job.onLog !== undefined) this.onEnd(followLogs(this.#connection, job.onLog));
    return { rayVersion, pythonVersion: server?.pythonVersion ?? "unknown", clients: server?.clients ?? 1 };
  }

  /** Opens a session; why the server refused it, if it did. */
  async #begin(job: JobOptions): Promise<string | undefined> {
    const stream: DataStream = new DataStream({
      open: (isReconnecting) =>
        this.#connection.stream("RayletDataStreamer/Datapath", {
          reconnecting: isReconnecting ? "True" : "False",
        }),
      reconnect: (reason) => this.#reconnect(reason),
      nudge: () => this.#connection.nudge(),
      ended: (error) => this.#stream === stream && this.#ended(error),
    }, this.#gracePeriod > 0);
    this.#stream = stream;
    const initKwargs = JSON.stringify({ log_to_driver: job.onLog !== undefined, _skip_env_hook: true });
    const gracePeriod = Math.ceil(this.#gracePeriod / 1000);
    const { init } = await stream.request({ init: { jobConfig: jobConfig(job), initKwargs, gracePeriod } });
    if (init?.ok === true) return undefined;
    this.#stream = undefined;
    await stream.close(new ClusterConnectionError("The server refused the job"));
    return init?.message ?? "it gave no reason";
  }

  /** Stores a pickled value; its id. */
  async put(data: Uint8Array): Promise<Uint8Array> {
    const { put } = await this.request({ put: { data } });
    if (put?.valid !== true) throw this.#refused("put a value", put?.error);
    return put.id!;
  }

  /** The pickled value of an object, when it is there. What failed is a value too: `failureOf` tells. */
  async get(id: Uint8Array): Promise<Uint8Array> {
    const { get } = await this.request({ get: { ids: [id], isAsync: true } });
    if (get?.valid !== true) throw this.#refused("get a value", get?.error);
    return get.data!;
  }

  /** Schedules a task; the ids of what it gives. */
  async schedule(verb: string, task: TaskContent): Promise<readonly Uint8Array[]> {
    const { ticket } = await this.request({ task: { ...task, clientId: this.id } });
    if (ticket?.valid !== true) throw this.#refused(verb, ticket?.error);
    return ticket.ids ?? [];
  }

  /** Ends an actor at once. */
  async kill(id: Uint8Array, noRestart: boolean): Promise<void> {
    await this.request({ terminate: { clientId: this.id, actor: { id, noRestart } } });
  }

  /** Cancels a task or an actor's call. */
  async cancel(id: Uint8Array, force: boolean, recursive: boolean): Promise<void> {
    await this.request({ terminate: { clientId: this.id, task: { id, force, recursive } } });
  }

  /** Lets the server forget ids. */
  release(ids: Uint8Array[]): void {
    this.#stream?.request({ release: { ids } }).catch(() => {});
  }

  /** The names that actors have; those of the job's own namespace as mere names. */
  async namedActors(allNamespaces: boolean): Promise<(string | { name: string; namespace: string })[]> {
    const { namedActors } = await this.request({ namedActors: { allNamespaces } });
    return JSON.parse(namedActors?.json ?? "[]");
  }

  /** The resources of the cluster, all of them or what is free, by Ray's names. */
  async resources(which: "total" | "available"): Promise<Record<string, number>> {
    const kind = which === "total" ? ClusterInfoKind.totalResources : ClusterInfoKind.availableResources;
    const { resources } = await this.info(kind);
    return Object.fromEntries((resources?.entries ?? []).map(({ key = "", value = 0 }) => [key, value]));
  }

  /** Asks for something of the cluster. */
  async info(kind: number): Promise<ReturnType<typeof ClusterInfoAnswer.decode>> {
    return ClusterInfoAnswer.decode(await this.call("ClusterInfo", ClusterInfo.encode({ kind })));
  }

  /** Ends the session at once, for `reason`. */
  async close(reason?: Error): Promise<void> {
    if (this.#error !== undefined) return;
    const error = reason ??
      new ClusterConnectionError(`The connection to the Ray cluster at "${this.address}" was closed`);
    if (this.#stream === undefined) return this.#ended(error);
    await this.#stream.close(error);
    this.#connection.close();
  }

  /** Sends a request of the data stream; its answer. */
  request(content: DataRequestContent): Promise<DataResponseContent> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#stream === undefined) {
      return Promise.reject(
        new Error(`Cannot use the Ray cluster at "${this.address}": call init() of the client first`),
      );
    }
    return this.#stream.request(content);
  }

  /** Makes a call with one answer. With `isChange`, it happens once, however often it is sent. */
  call(method: string, request: Uint8Array, isChange = false, signal?: AbortSignal): Promise<Uint8Array> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    // By these numbers the server knows a change that it has made already.
    const metadata = isChange ? { thread_id: "0", req_id: String(++this.#changes) } : undefined;
    const how = { patience: this.#gracePeriod, metadata, signal };
    return this.#connection.call(`RayletDriver/${method}`, request, how);
  }

  #refused(verb: string, error: Uint8Array | undefined): Error {
    return requestError(
      verb,
      error === undefined ? "the server gave no reason" : readPickle(error, (stub) => readStub(stub, unheld)),
    );
  }

  async #reconnect(reason: string): Promise<void> {
    try {
      if (this.#gracePeriod === 0) throw new Error(reason);
      await this.#connection.reconnect(this.#gracePeriod);
    } catch (cause) {
      throw new ClusterConnectionError(
        `Cannot reach the Ray cluster at "${this.address}" any more: the connection broke (${reason}) and did not come back ` +
          `within ${this.#gracePeriod} ms`,
        { cause },
      );
    }
  }

  #ended(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    // Not the connection: a clean end is still on its way.
    if (this.#stream === undefined) this.#connection.close();
    for (const callback of this.#onEnd.splice(0)) callback(error);
  }
}
