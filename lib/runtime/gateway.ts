/**
 * The gateway of a driver: the actor that is connected to the Ray cluster. Its class is known here by its shape only, so that an
 * actor can be made at once, and what speaks to a cluster is loaded on the gateway's thread.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import { process } from "../base/platform.ts";
import type { ActorHandle } from "../call/actor_handle.ts";
import { ownerOf } from "../call/handle.ts";
import { type ClassShape, definitionKey } from "../define/class_definition.ts";
import { type Amounts, amountsOf, CPU } from "../define/demand.ts";
import { whenSettled } from "../objects/when_settled.ts";
import type { NameKey } from "../registry/name_key.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { answerOf, causeOf } from "./own_calls.ts";
import { createOnThread } from "./thread_actors.ts";
import type { FoundHost, HostGuest, HostNews, HostWish } from "./far_host.ts";
import type { Thread } from "./thread.ts";

/** Calls in progress: without limit, for a `get` lasts until the value is there. */
export const UNLIMITED = 2 ** 32 - 1;

/** The job that a driver becomes on the cluster, as the gateway is told. */
export interface GatewayJob {
  /** The namespace of names. */
  readonly namespace: string;
  /** Ray's `runtime_env`, in Ray's own words. */
  readonly runtimeEnv: Readonly<Record<string, unknown>>;
}

/** What is asked of the server: a task, as `transport/ray/messages.ts` describes it. */
type Task = Readonly<Record<string, unknown>>;

/** The gateway's methods. */
export interface Gateway {
  /** The client's id, when the job has begun. */
  ready(): Promise<string>;
  /** Stores a pickle; its id. */
  put(data: Uint8Array): Promise<Uint8Array>;
  /** The pickle of an object, when it is there. */
  get(id: Uint8Array): Promise<Uint8Array>;
  /** Schedules a task; the ids of what it gives. */
  schedule(verb: string, task: Task): Promise<readonly Uint8Array[]>;
  /** Ends an actor at once. */
  kill(id: Uint8Array, noRestart: boolean): Promise<void>;
  /** Cancels a task or an actor's call. */
  cancel(id: Uint8Array, force: boolean, recursive: boolean): Promise<void>;
  /** Lets the server forget ids. */
  release(ids: Uint8Array[]): Promise<void>;
  /** All names, with their namespaces. */
  namedActors(): Promise<{ name: string; namespace: string }[]>;
  /** The actor on the cluster that has a name; what it is, if asked for, when it has begun. */
  findHost(name: string, namespace: string, asks: boolean): Promise<FoundHost | undefined>;
  /** Has a process begin on the cluster, for that bridge: it ends with that, if this is true. */
  startHost(bridge: ThreadAddress, wish: HostWish & { readonly place: string }): Promise<boolean>;
  /** The same for a process that is there already, and goes on without the bridge. Its second call says nothing new. */
  joinHost(bridge: ThreadAddress, actor: Uint8Array): Promise<boolean>;
  /** Sends bytes to a bridge's process, which speak of the processes of `guests`; fulfilled when it has room for more. */
  sendToHost(bridge: number, bytes: Uint8Array, guests?: readonly HostGuest[]): Promise<void>;
  /** What is new of a bridge's process. One question at a time. */
  hostNews(bridge: number): Promise<HostNews>;
  /** A bridge's process has said that it ends: its host ends itself, when all others have heard of it. */
  hostOver(bridge: number): void;
  /** What the cluster has in all, in Ray's own words. */
  resources(): Promise<Record<string, number>>;
  /** Ends the session. */
  close(): Promise<void>;
}

/** The order of the class's methods, by which calls name them. */
const METHODS: readonly (keyof Gateway)[] = [
  ...["ready", "put", "get", "schedule", "kill", "cancel", "release", "namedActors"] as const,
  ...[
    "findHost",
    "startHost",
    "joinHost",
    "sendToHost",
    "hostNews",
    "hostOver",
    "resources",
    "close",
  ] as const,
];

/** The module that declares the class. */
const module: string = new URL("../cluster/gateway.ts", import.meta.url).href;

/** What callers know of the class. MUST be what its declaration gives, but for `isInternal`. */
export const gatewayShape: ClassShape = {
  name: "ClusterGateway",
  key: definitionKey(module, "ClusterGateway"),
  methods: METHODS.map((name) => ({ name, group: "", isGenerator: false })),
  groups: [],
  isInternal: true,
};

/** Never called: makes the module a part of the program's module graph, so that it is fetched and cached with the rest. */
export const gatewayInGraph = (): Promise<unknown> => import("../cluster/gateway.ts");

/** A driver's gateway. */
export class ProgramGateway {
  /** The actor. */
  readonly handle: ActorHandle<Gateway>;
  readonly #thread: Thread;
  #ready: PromiseLike<string> | undefined;
  #closing: Promise<void> | undefined;
  /** A program that simply ends tells the server, which would wait for it otherwise. */
  readonly #atEnd = (): void => void this.close();

  /**
   * @param thread The driver.
   * @param address Where the cluster is.
   * @param job The job to begin.
   */
  constructor(thread: Thread, address: string, job: GatewayJob) {
    const settings: ActorSettings = {
      className: gatewayShape.name,
      placement: "thread",
      isDetached: false,
      maxConcurrency: UNLIMITED,
      isSerial: false,
      maxPendingCalls: Infinity,
      fault: () => undefined,
    };
    const definition = { module, shape: gatewayShape };
    const handle = createOnThread(thread, definition, settings, [address, job], { isBridge: false });
    this.handle = handle as ActorHandle<Gateway>;
    this.#thread = thread;
    process.on("beforeExit", this.#atEnd);
  }

  /** Where it lives, for another thread. */
  get address(): ActorAddress {
    return (ownerOf(this.handle) as ActorCell).address;
  }

  /**
   * Blocks until the job has begun, as Ray's own first use does in a program that has not awaited `init`: so what is wrong with the
   * cluster is an error at the call, and no wait of the program's includes that of the connection. Throws `ClusterConnectionError`.
   */
  require(): void {
    this.#wait(this.#ready ??= this.handle.ready.remote());
  }

  /** Blocks until it is known which actor on the cluster has a name, if any. */
  findHost({ name, namespace }: NameKey, asks: boolean): FoundHost | undefined {
    return this.#wait(this.handle.findHost.remote(name, namespace, asks));
  }

  #wait<T>(call: PromiseLike<T>): T {
    try {
      return answerOf(this.#thread, call);
    } catch (error) {
      throw causeOf(error);
    }
  }

  /** Calls `told` when it is known what the cluster has in all; never if that cannot be known. */
  totals(told: (totals: Amounts) => void): void {
    whenSettled(this.handle.resources.remote(), ({ [CPU]: cpus = 0, ...named }) => {
      told(amountsOf(cpus, named));
    }, () => {});
  }

  /** Ends the session; fulfilled when the server has been told. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    process.off("beforeExit", this.#atEnd);
    try {
      await this.handle.close.remote();
    } catch (error) {
      // Its thread has ended, and the session with it.
      if (!(error instanceof ActorDiedError)) throw error;
    }
  }
}

/** The gateway of a program that is on a cluster, begun if need be. */
export function gatewayOf(thread: Thread): ProgramGateway {
  const cluster = thread.cluster!;
  return cluster.gateway ??= new ProgramGateway(thread, cluster.address, {
    namespace: thread.names.table.namespace,
    runtimeEnv: cluster.runtimeEnv,
  });
}
