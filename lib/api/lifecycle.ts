/**
 * Beginning and ending the runtime, and actors.
 *
 * @module
 */

import type { ActorHandle } from "../call/actor_handle.ts";
import { checkRuntime } from "../base/platform.ts";
import { checkResources } from "../define/demand.ts";
import { isOptions, show } from "../define/show.ts";
import { killActor } from "../runtime/actor_ends.ts";
import { clusterNamed, clusterOf, isClusterAddress } from "../runtime/cluster_link.ts";
import { beginThread, currentThread, endThread, requireThread } from "../runtime/current.ts";
import type { Thread } from "../runtime/thread.ts";
import { checkFlag, checkNames, checkSignal, NO_OPTIONS } from "../objects/option_checks.ts";
import { checkName } from "./checks.ts";
import { unlessAborted, type WaitSignal } from "./waiting.ts";

/** Options of `init`. */
export interface InitOptions {
  /**
   * The CPUs that are counted: actors and functions begin while enough of them are free. The number of cores unless given. Functions
   * need one each unless said, so that this is the number of worker threads for functions too.
   */
  numCpus?: number;
  /** What else is counted, by name, and how much of it there is: `{ browser: 2 }`. */
  resources?: Readonly<Record<string, number>>;
  /** The number of threads that actors of placement `"pool"` share; the number of cores unless given. They start as needed. */
  poolThreads?: number;
  /**
   * The namespace of all names of actors for which none is given, in every thread of the program. A random one unless given.
   */
  namespace?: string;
  /**
   * The Ray cluster that the program uses: the address of its client server, `"ray://host:10001"`. That of the environment
   * variable `RAY_ADDRESS` unless given; without either, the program is on none. Actors whose placement is not said, and functions,
   * run there, from a copy of the program. Python's actors and functions there are called by `@manta/ray/ray`.
   */
  address?: string;
  /** On a cluster: Ray's `runtime_env` of the job, in Ray's own words: `{ pip: ["scipy"], env_vars: { … } }`. */
  runtimeEnv?: Readonly<Record<string, unknown>>;
}

const INIT_OPTIONS: readonly string[] = [
  "numCpus",
  "resources",
  "poolThreads",
  "namespace",
  "address",
  "runtimeEnv",
];

/** Options of `kill`. */
export interface KillOptions extends WaitSignal {
  /**
   * `true` (the default): the actor ends for good. `false`: as if it had crashed, so that one with `maxRestarts` left starts again.
   */
  noRestart?: boolean;
}

/** The runtime that `init` has begun; disposing of it shuts it down. */
export interface RayRuntime extends AsyncDisposable {
  /** Ends every actor and thread; see {@linkcode shutdown}. */
  shutdown(options?: ShutdownOptions): Promise<void>;
}

/** Options of `shutdown`. */
export interface ShutdownOptions extends WaitSignal {}

/**
 * Begins the runtime. Optional: the first use of anything else does it too.
 *
 * @example A runtime that ends with its block
 * ```ts
 * import { init, put } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * {
 *   await using runtime = await init({ numCpus: 2 });
 *   assertEquals(await put(1), 1);
 *   void runtime;
 * }
 * ```
 *
 * @param options How to begin.
 * @returns The runtime.
 * @throws {TypeError} If an option is unknown or of a wrong type.
 * @throws {RangeError} If an option has a wrong value.
 * @throws {Error} If the runtime has begun already, or this is neither Deno nor Bun.
 * @throws {ClusterConnectionError} Rejects with it, if the cluster of `address` cannot be reached.
 */
export function init(options: InitOptions = {}): Promise<RayRuntime> {
  checkRuntime("init");
  checkNames("init", options, INIT_OPTIONS);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (name === "address" || name === "runtimeEnv") {
      checkCluster(name, value);
      continue;
    }
    if (name === "resources") {
      const right = checkResources(value);
      if (right === undefined) continue;
      const message = `Cannot use ${show(value)} as option "resources" of init: expected ${right}`;
      throw typeof value === "object" && !Array.isArray(value)
        ? new RangeError(message)
        : new TypeError(message);
    }
    if (name === "namespace") {
      checkName("init with", 'option "namespace"', value);
      continue;
    }
    if (typeof value !== "number") {
      throw new TypeError(`Cannot use ${show(value)} as option "${name}" of init: expected a number`);
    }
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot use ${value} as option "${name}" of init: expected an integer of at least 1`,
      );
    }
  }
  if (currentThread()?.isLoading === true) requireThread("call init()");
  if (currentThread() !== undefined) {
    throw new Error(
      "Cannot init: the runtime has begun already, call init() before anything else, or shutdown() first",
    );
  }
  const thread = beginThread({
    taskThreads: options.numCpus,
    resources: options.resources,
    poolThreads: options.poolThreads,
    namespace: options.namespace,
    cluster: clusterNamed(options),
  });
  const runtime = { shutdown, [Symbol.asyncDispose]: () => shutdown() };
  return thread.cluster === undefined ? Promise.resolve(runtime) : connected(thread, runtime);
}

/** Refuses an option that is for a cluster. */
function checkCluster(name: "address" | "runtimeEnv", value: unknown): void {
  if (name === "runtimeEnv" ? isOptions(value) : typeof value === "string") {
    if (name === "runtimeEnv" || isClusterAddress(value as string)) return;
    throw new RangeError(
      `Cannot use ${
        show(value)
      } as option "address" of init: expected "ray://host:port", as "ray://127.0.0.1:10001"`,
    );
  }
  const right = name === "address" ? 'a text, "ray://host:port"' : "an object, Ray's runtime environment";
  throw new TypeError(`Cannot use ${show(value)} as option "${name}" of init: expected ${right}`);
}

async function connected(thread: Thread, runtime: RayRuntime): Promise<RayRuntime> {
  try {
    await (await clusterOf(thread))?.ready();
    return runtime;
  } catch (error) {
    await shutdown();
    throw error;
  }
}

/**
 * Ends every actor and thread: pending calls reject with `ActorDiedError`. Does nothing if there is nothing to end. The next use
 * of anything begins a new runtime.
 *
 * @example Twice
 * ```ts
 * import { shutdown } from "@manta/ray";
 *
 * await shutdown();
 * await shutdown();
 * ```
 *
 * @param options A signal that ends the wait; the threads end all the same.
 * @returns Fulfilled when all threads have ended.
 * @throws {Error} In an actor: only the driver may.
 * @throws {TypeError} If an option is unknown or of a wrong type.
 */
export function shutdown(options: ShutdownOptions = NO_OPTIONS): Promise<void> {
  if (options !== NO_OPTIONS) checkNames("shut down", options, ["signal"]);
  const signal = checkSignal("shut down", options.signal);
  return unlessAborted(shutDown(), signal);
}

async function shutDown(): Promise<void> {
  const thread = currentThread();
  if (thread === undefined) return;
  if (thread.isLoading) requireThread("call shutdown()");
  if (thread.isWorker) {
    throw new Error("Cannot shut down from an actor: only the driver may, use kill(handle) to end an actor");
  }
  const gateway = thread.cluster?.gateway;
  // Without one, what is pending ends now, and not a turn later.
  if (gateway !== undefined) await gateway.close();
  const ended = thread.children.endAll({ ending: "shut down", text: "" });
  thread.close("the runtime was shut down");
  endThread(thread);
  await ended;
}

/**
 * Ends an actor at once, whatever it is doing: its running, queued and later calls reject with `ActorDiedError`.
 *
 * @example Ending an actor
 * ```ts
 * import { Actor, kill, remote, shutdown } from "@manta/ray";
 *
 * class Idler extends Actor {}
 * remote(Idler, { placement: "inline", module: import.meta.url });
 *
 * await kill(Idler.remote());
 * await shutdown();
 * ```
 *
 * @param handle The actor's handle.
 * @param options Whether it may start again, and a signal that ends the wait: the actor ends all the same.
 * @returns Fulfilled when the actor, or this run of it, has ended.
 * @throws {TypeError} If `handle` is no handle, or an option is unknown or of a wrong type.
 */
export function kill(handle: ActorHandle<object>, options: KillOptions = {}): Promise<void> {
  checkNames("kill an actor", options, ["noRestart", "signal"]);
  const noRestart = checkFlag("kill an actor", "noRestart", options.noRestart) ?? true;
  const signal = checkSignal("kill an actor", options.signal);
  const thread = requireThread("kill an actor");
  const ended = thread.cluster?.link?.kill(handle, noRestart) ?? killActor(thread, handle, noRestart);
  return unlessAborted(ended, signal);
}
