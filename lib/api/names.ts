/**
 * Named actors: any thread of the program finds them.
 *
 * @module
 */

import type { ActorHandle } from "../call/actor_handle.ts";
import { ActorNotFoundError } from "../base/name_errors.ts";
import { clusterOf } from "../runtime/cluster_link.ts";
import type { NameKey } from "../registry/name_key.ts";
import { requireThread } from "../runtime/current.ts";
import type { Thread } from "../runtime/thread.ts";
import { checkFlag, checkNames, checkSignal } from "../objects/option_checks.ts";
import { checkName } from "./checks.ts";
import { unlessAborted, type WaitSignal } from "./waiting.ts";

/** Options of `getActor`. */
export interface GetActorOptions extends WaitSignal {
  /** The namespace of the name; that of `init({ namespace })` unless given. */
  namespace?: string;
}

/** Options of `listNamedActors`. */
export interface ListNamedActorsOptions extends WaitSignal {
  /** True for the names of all namespaces; `false` unless given. */
  allNamespaces?: boolean;
}

/** The name of an actor, and where it holds. */
export interface NamedActor {
  /** The name. */
  readonly name: string;
  /** Its namespace. */
  readonly namespace: string;
}

/**
 * The handle of the actor that has a name, from any thread. The actor need not be constructed yet: calls wait for that.
 *
 * @example An actor that all others find
 * ```ts
 * import { Actor, getActor, remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Settings extends Actor {
 *   #values = new Map<string, string>();
 *   set(key: string, value: string): void {
 *     this.#values.set(key, value);
 *   }
 *   get(key: string): string | undefined {
 *     return this.#values.get(key);
 *   }
 * }
 * remote(Settings, { placement: "inline", module: import.meta.url });
 *
 * const made = Settings.options({ name: "settings" }).remote();
 * await made.set.remote("color", "red");
 *
 * const found = await getActor<Settings>("settings");
 * assertEquals(await found.get.remote("color"), "red");
 * await shutdown();
 * ```
 *
 * @typeParam T The actor's class.
 * @param name The name.
 * @param options In which namespace.
 * @returns The handle; rejects with `ActorNotFoundError` if no actor that lives has the name.
 * @throws {TypeError} If the name or an option is of a wrong type, or an option unknown.
 * @throws {RangeError} If the name or the namespace is empty, or both together are too long.
 */
export function getActor<T>(name: string, options: GetActorOptions = {}): Promise<ActorHandle<T>> {
  checkName("get an actor with", "its name", name);
  checkNames("get an actor", options, ["namespace", "signal"]);
  const { namespace } = options;
  const signal = checkSignal("get an actor", options.signal);
  if (namespace !== undefined) checkName("get an actor with", "its namespace", namespace);
  const thread = requireThread("get an actor");
  const found = find(thread, thread.names.key(name, namespace)) as Promise<ActorHandle<T>>;
  return unlessAborted(found, signal);
}

/**
 * The names that actors have, those under construction included, sorted.
 *
 * @example The names of two namespaces
 * ```ts
 * import { Actor, init, listNamedActors, remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Idler extends Actor {}
 * remote(Idler, { placement: "inline", module: import.meta.url });
 *
 * await init({ namespace: "here" });
 * Idler.options({ name: "a" }).remote();
 * Idler.options({ name: "b", namespace: "there" }).remote();
 *
 * assertEquals(await listNamedActors(), ["a"]);
 * assertEquals(await listNamedActors({ allNamespaces: true }), [
 *   { name: "a", namespace: "here" },
 *   { name: "b", namespace: "there" },
 * ]);
 * await shutdown();
 * ```
 *
 * @param options Which names.
 * @returns Names and their namespaces.
 * @throws {TypeError} If an option is unknown or of a wrong type.
 */
export function listNamedActors(options: WaitSignal & { allNamespaces: true }): Promise<NamedActor[]>;
/**
 * The names of the program's own namespace.
 *
 * @param options Which names.
 * @returns The names.
 */
export function listNamedActors(options?: WaitSignal & { allNamespaces?: false }): Promise<string[]>;
/**
 * The names of one namespace or of all.
 *
 * @param options Which names.
 * @returns The names, with their namespaces if all were asked for.
 */
export function listNamedActors(options?: ListNamedActorsOptions): Promise<string[] | NamedActor[]>;
export function listNamedActors(options: ListNamedActorsOptions = {}): Promise<string[] | NamedActor[]> {
  checkNames("list named actors", options, ["allNamespaces", "signal"]);
  const signal = checkSignal("list named actors", options.signal);
  const isOfAll = checkFlag("list named actors", "allNamespaces", options.allNamespaces) === true;
  return unlessAborted(names(requireThread("list named actors"), isOfAll), signal);
}

/** Here, or on the program's cluster. */
async function find(thread: Thread, key: NameKey): Promise<object> {
  try {
    return await thread.names.get(key);
  } catch (error) {
    const cluster = await clusterOf(thread);
    if (cluster === undefined || !(error instanceof ActorNotFoundError)) throw error;
    return await cluster.getActor(key.name, key.namespace);
  }
}

async function names(thread: Thread, isOfAll: boolean): Promise<string[] | NamedActor[]> {
  const { table } = thread.names;
  const far = await (await clusterOf(thread))?.namedActors() ?? [];
  const here = await thread.names.list(isOfAll ? undefined : table.namespace);
  const isHere = (one: NamedActor): boolean =>
    here.some(({ name, namespace }) => name === one.name && namespace === one.namespace);
  const there = far.filter((one) => (isOfAll || one.namespace === table.namespace) && !isHere(one));
  const found = [...here, ...there];
  const order = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0;
  found.sort((a, b) => order(a.namespace, b.namespace) || order(a.name, b.name));
  return isOfAll ? found : found.map(({ name }) => name);
}
