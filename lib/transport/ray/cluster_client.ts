/**
 * The client of a Ray cluster: requests and values over a connection.
 *
 * @module
 */

import { ClusterConnectionError } from "../../base/cluster_errors.ts";
import { ActorNotFoundError } from "../../base/name_errors.ts";
import type {
  CallArguments,
  ClientWait,
  ClusterStore,
  JobContext,
  JobOptions,
  RayClient,
  ServerInfo,
} from "./client.ts";
import { clusterStore } from "./cluster_store.ts";
import type { Connection } from "./connection.ts";
import { DataStream } from "./data_stream.ts";
import { HeldRefs } from "./held_refs.ts";
import { jobConfig } from "./job_config.ts";
import { limited } from "./limited.ts";
import { followLogs } from "./log_stream.ts";
import {
  ClusterInfo,
  ClusterInfoAnswer,
  ClusterInfoKind,
  type DataRequestContent,
  type DataResponseContent,
  type TaskContent,
  TaskKind,
  Wait,
  WaitAnswer,
} from "./messages.ts";
import { readPickle } from "./pickle_reader.ts";
import { writePickle } from "./pickle_writer.ts";
import { failureOf, requestError } from "./python_errors.ts";
import { PythonTuple } from "./python_values.ts";
import type { ActorRef, ObjectRefId } from "./remote_refs.ts";
import { readStub, stubOf } from "./stubs.ts";

/** Ray's version whose protocol this is. */
const RAY_VERSION = "2.58";
/** Times that a job is begun when the server fails by chance. */
const ATTEMPTS = 5;
/** The server's proxy looks at the process that it has just started, which may be between fork and exec or slow to listen. */
const BY_CHANCE = /ZombieProcess|Starting Ray client server failed/;
/** Seconds that the server may wait in one call: it has a thread for each. */
const WAIT_SLICE = 2;

/** A client; see `client.ts`. */
export class ClusterClient implements RayClient {
  readonly address: string;
  readonly store: ClusterStore;
  readonly #connection: Connection;
  readonly #gracePeriod: number;
  readonly #refs = new HeldRefs((ids) => {
    this.#stream?.request({ release: { ids } }).catch(() => {});
  });
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
    this.store = clusterStore((method, request, isChange) => this.#call(method, request, isChange));
  }

  get id(): string {
    return this.#connection.clientId;
  }

  onEnd(callback: (error: Error) => void): void {
    if (this.#error !== undefined) callback(this.#error);
    else this.#onEnd.push(callback);
  }

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
    const { server } = await this.#request({ server: {} });
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

  async put(value: unknown): Promise<ObjectRefId> {
    const { put } = await this.#request({ put: { data: this.#pickle(value, "value") } });
    if (put?.valid !== true) throw this.#refused("put a value", put?.error);
    return this.#refs.object(put.id!);
  }

  async get(ref: ObjectRefId, how: ClientWait = {}): Promise<unknown> {
    const request = this.#request({ get: { ids: [ref.id], isAsync: true } });
    const { get } = await limited(request, how);
    if (get?.valid !== true) throw this.#refused("get a value", get?.error);
    const value = this.#unpickle(get.data!);
    const failure = failureOf(value);
    if (failure !== undefined) throw failure;
    return value;
  }

  async wait(
    refs: readonly ObjectRefId[],
    count: number,
    how: ClientWait = {},
  ): Promise<{ ready: ObjectRefId[]; pending: ObjectRefId[] }> {
    const end = Date.now() + (how.timeout ?? Infinity);
    for (;;) {
      const seconds = Math.min(WAIT_SLICE, Math.max(0, end - Date.now()) / 1000);
      const request = Wait.encode({ ids: refs.map(({ id }) => id), count, seconds, clientId: this.id });
      const answer = WaitAnswer.decode(await this.#call("WaitObject", request, false, how.signal));
      if (answer.valid !== true) {
        throw new RangeError(`Cannot wait for ${count} of ${refs.length} refs: the server refused it`);
      }
      const ready = new Set((answer.ready ?? []).map(String));
      if (ready.size < count && Date.now() < end) continue;
      const isReady = ({ id }: ObjectRefId): boolean => ready.has(String(id));
      return { ready: refs.filter(isReady), pending: refs.filter((ref) => !isReady(ref)) };
    }
  }

  callFunction(fn: ObjectRefId, call: CallArguments = {}): Promise<ObjectRefId[]> {
    return this.#schedule("call a function", { kind: TaskKind.function, target: fn.id }, call);
  }

  async createActor(cls: ObjectRefId, call: CallArguments = {}): Promise<ActorRef> {
    const task = { kind: TaskKind.actor, target: cls.id };
    return this.#refs.actor((await this.#ticket("make an actor", task, call))[0]);
  }

  callMethod(actor: ActorRef, method: string, call: CallArguments = {}): Promise<ObjectRefId[]> {
    return this.#schedule(
      `call "${method}"`,
      { kind: TaskKind.method, name: method, target: actor.id },
      call,
    );
  }

  async getActor(name: string, namespace: string = ""): Promise<ActorRef> {
    try {
      return this.#refs.actor(
        (await this.#ticket("get an actor", { kind: TaskKind.namedActor, name, namespace }, {}))[0],
      );
    } catch (error) {
      if (!(error instanceof Error) || !/ValueError: Failed to look up actor/.test(error.message)) {
        throw error;
      }
      throw new ActorNotFoundError(
        `Cannot get the actor "${name}"${
          namespace && ` of namespace "${namespace}"`
        }: the cluster has no actor of that name that lives`,
        { cause: error },
      );
    }
  }

  async listNamedActors(allNamespaces: boolean = false): Promise<{ name: string; namespace: string }[]> {
    const { namedActors } = await this.#request({ namedActors: { allNamespaces } });
    const found = JSON.parse(namedActors?.json ?? "[]") as (string | { name: string; namespace: string })[];
    const own = found.some((actor) => typeof actor === "string") ? (await this.context()).namespace : "";
    return found.map((actor) => typeof actor === "string" ? { name: actor, namespace: own } : actor);
  }

  async kill(actor: ActorRef, noRestart: boolean = true): Promise<void> {
    await this.#request({ terminate: { clientId: this.id, actor: { id: actor.id, noRestart } } });
  }

  async cancel(ref: ObjectRefId, how: { force?: boolean; recursive?: boolean } = {}): Promise<void> {
    const { force = false, recursive = true } = how;
    await this.#request({ terminate: { clientId: this.id, task: { id: ref.id, force, recursive } } });
  }

  release(...refs: readonly (ObjectRefId | ActorRef)[]): void {
    for (const ref of refs) this.#refs.giveUp(ref);
  }

  async context(): Promise<JobContext> {
    const { context } = await this.#info(ClusterInfoKind.context);
    return {
      jobId: context?.jobId?.toHex() ?? "",
      nodeId: context?.nodeId?.toHex() ?? "",
      namespace: context?.namespace ?? "",
      gcsAddress: context?.gcsAddress ?? "",
    };
  }

  async nodes(): Promise<Record<string, unknown>[]> {
    return JSON.parse((await this.#info(ClusterInfoKind.nodes)).json ?? "[]");
  }

  async resources(which: "total" | "available"): Promise<Record<string, number>> {
    const kind = which === "total" ? ClusterInfoKind.totalResources : ClusterInfoKind.availableResources;
    const { resources } = await this.#info(kind);
    return Object.fromEntries((resources?.entries ?? []).map(({ key = "", value = 0 }) => [key, value]));
  }

  async close(reason?: Error): Promise<void> {
    if (this.#error !== undefined) return;
    const error = reason ??
      new ClusterConnectionError(`The connection to the Ray cluster at "${this.address}" was closed`);
    if (this.#stream === undefined) return this.#ended(error);
    await this.#stream.close(error);
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #schedule(verb: string, task: TaskContent, call: CallArguments): Promise<ObjectRefId[]> {
    return (await this.#ticket(verb, task, call)).map((id) => this.#refs.object(id));
  }

  async #ticket(verb: string, task: TaskContent, call: CallArguments): Promise<readonly Uint8Array[]> {
    const { args = [], kwargs = {}, options, ownOptions } = call;
    const named = new Map(Object.entries(kwargs));
    const { ticket } = await this.#request({
      task: {
        ...task,
        clientId: this.id,
        data: this.#pickle(new PythonTuple([args, named]), "args"),
        options: options && { pickled: writePickle(options, undefined, "options") },
        baseline: ownOptions === undefined ? undefined : { pickled: writePickle(ownOptions) },
      },
    });
    if (ticket?.valid !== true) throw this.#refused(verb, ticket?.error);
    return ticket.ids ?? [];
  }

  #request(content: DataRequestContent): Promise<DataResponseContent> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#stream === undefined) {
      return Promise.reject(
        new Error(`Cannot use the Ray cluster at "${this.address}": call init() of the client first`),
      );
    }
    return this.#stream.request(content);
  }

  #call(method: string, request: Uint8Array, isChange = false, signal?: AbortSignal): Promise<Uint8Array> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    // By these numbers the server knows a change that it has made already.
    const metadata = isChange ? { thread_id: "0", req_id: String(++this.#changes) } : undefined;
    const how = { patience: this.#gracePeriod, metadata, signal };
    return this.#connection.call(`RayletDriver/${method}`, request, how);
  }

  async #info(kind: number) {
    return ClusterInfoAnswer.decode(await this.#call("ClusterInfo", ClusterInfo.encode({ kind })));
  }

  #pickle(value: unknown, name: string): Uint8Array {
    return writePickle(value, (item) => stubOf(item, this.id), name);
  }

  #unpickle(bytes: Uint8Array): unknown {
    const make = {
      object: (id: Uint8Array) => this.#refs.object(id),
      actor: (id: Uint8Array) => this.#refs.actor(id),
    };
    return readPickle(bytes, (stub) => readStub(stub, make));
  }

  #refused(verb: string, error: Uint8Array | undefined): Error {
    return requestError(verb, error === undefined ? "the server gave no reason" : this.#unpickle(error));
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
