/**
 * The client of a Ray cluster: values over a session.
 *
 * @module
 */

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
import type { ClusterSession } from "./cluster_session.ts";
import { HeldRefs } from "./held_refs.ts";
import { limited } from "./limited.ts";
import { ClusterInfoKind, type TaskContent, TaskKind, Wait, WaitAnswer } from "./messages.ts";
import { readPickle } from "./pickle_reader.ts";
import { writePickle } from "./pickle_writer.ts";
import { failureOf } from "./python_errors.ts";
import { PythonTuple } from "./python_values.ts";
import type { ActorRef, ObjectRefId } from "./remote_refs.ts";
import { readStub, stubOf } from "./stubs.ts";

/** Seconds that the server may wait in one call: it has a thread for each. */
const WAIT_SLICE = 2;

/** A client; see `client.ts`. */
export class ClusterClient implements RayClient {
  readonly #session: ClusterSession;
  readonly #refs = new HeldRefs((ids) => this.#session.release(ids));

  /** @param session The session. */
  constructor(session: ClusterSession) {
    this.#session = session;
  }

  get address(): string {
    return this.#session.address;
  }

  get id(): string {
    return this.#session.id;
  }

  get store(): ClusterStore {
    return this.#session.store;
  }

  onEnd(callback: (error: Error) => void): void {
    this.#session.onEnd(callback);
  }

  init(job: JobOptions = {}): Promise<ServerInfo> {
    return this.#session.init(job);
  }

  async put(value: unknown): Promise<ObjectRefId> {
    return this.#refs.object(await this.#session.put(this.#pickle(value, "value")));
  }

  async get(ref: ObjectRefId, how: ClientWait = {}): Promise<unknown> {
    const value = this.#unpickle(await limited(this.#session.get(ref.id), how));
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
      const answer = WaitAnswer.decode(await this.#session.call("WaitObject", request, false, how.signal));
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
    const found = await this.#session.namedActors(allNamespaces);
    const own = found.some((actor) => typeof actor === "string") ? (await this.context()).namespace : "";
    return found.map((actor) => typeof actor === "string" ? { name: actor, namespace: own } : actor);
  }

  kill(actor: ActorRef, noRestart: boolean = true): Promise<void> {
    return this.#session.kill(actor.id, noRestart);
  }

  cancel(ref: ObjectRefId, how: { force?: boolean; recursive?: boolean } = {}): Promise<void> {
    return this.#session.cancel(ref.id, how.force ?? false, how.recursive ?? true);
  }

  release(...refs: readonly (ObjectRefId | ActorRef)[]): void {
    for (const ref of refs) this.#refs.giveUp(ref);
  }

  async context(): Promise<JobContext> {
    const { context } = await this.#session.info(ClusterInfoKind.context);
    return {
      jobId: context?.jobId?.toHex() ?? "",
      nodeId: context?.nodeId?.toHex() ?? "",
      namespace: context?.namespace ?? "",
      gcsAddress: context?.gcsAddress ?? "",
    };
  }

  async nodes(): Promise<Record<string, unknown>[]> {
    return JSON.parse((await this.#session.info(ClusterInfoKind.nodes)).json ?? "[]");
  }

  resources(which: "total" | "available"): Promise<Record<string, number>> {
    return this.#session.resources(which);
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #schedule(verb: string, task: TaskContent, call: CallArguments): Promise<ObjectRefId[]> {
    return (await this.#ticket(verb, task, call)).map((id) => this.#refs.object(id));
  }

  #ticket(verb: string, task: TaskContent, call: CallArguments): Promise<readonly Uint8Array[]> {
    const { args = [], kwargs = {}, options, ownOptions } = call;
    const named = new Map(Object.entries(kwargs));
    return this.#session.schedule(verb, {
      ...task,
      data: this.#pickle(new PythonTuple([args, named]), "args"),
      options: options && { pickled: writePickle(options, undefined, "options") },
      baseline: ownOptions === undefined ? undefined : { pickled: writePickle(ownOptions) },
    });
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
}
