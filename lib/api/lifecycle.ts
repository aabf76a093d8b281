/**
 * Beginning and ending the runtime, and actors.
 *
 * @module
 */

import type { ActorHandle } from "../call/actor_handle.ts";
import { show } from "../define/options.ts";
import { killActor } from "../runtime/actor_ends.ts";
import { addressOfEnvironment, clusterReady, startGateway } from "../runtime/cluster_start.ts";
import { beginThread, currentThread, endThread, requireThread } from "../runtime/current.ts";
import { checkName } from "./checks.ts";

/** Options of `init`. */
export interface InitOptions {
  /** The number of worker threads for remote functions; the number of cores unless given. */
  numCpus?: number;
  /** The number of threads that actors of placement `"pool"` share; the number of cores unless given. They start as needed. */
  poolThreads?: number;
  /**
   * The namespace of all names of actors for which none is given, in every thread of the program. A random one unless given.
   */
  namespace?: string;
  /**
   * The Ray cluster on which actors run: the address of its client server, `"ray://host:10001"`. That of the environment
   * variable `RAY_ADDRESS` unless given; without either, actors run on this machine.
   */
  address?: string;
  /**
   * On a cluster: the folder whose files travel to the nodes, without what its `.gitignore` names. The nearest one above the program's main
   * module with a `deno.json` or `package.json` unless given. Modules of actors must be in it, or have `https:` URLs.
   */
  workingDir?: string;
  /** On a cluster: Ray's `runtime_env` of the program, in Ray's own words: `{ pip: ["deno"] }`. */
  runtimeEnv?: Readonly<Record<string, unknown>>;
}

const INIT_OPTIONS: readonly string[] = [
  "numCpus",
  "poolThreads",
  "namespace",
  "address",
  "workingDir",
  "runtimeEnv",
];

/** Options of `kill`. */
export interface KillOptions {
  /**
   * `true` (the default): the actor ends for good. `false`: as if it had crashed, so that one with `maxRestarts` left starts again.
   */
  noRestart?: boolean;
}

/** The runtime that `init` has begun; disposing of it shuts it down. */
export interface RayRuntime extends AsyncDisposable {
  /** Ends every actor and thread; see {@linkcode shutdown}. */
  shutdown(): Promise<void>;
}

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
 * @throws {Error} If the runtime has begun already.
 */
export function init(options: InitOptions = {}): Promise<RayRuntime> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot init with ${show(options)}: expected an object of options`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!INIT_OPTIONS.includes(name)) {
      const known = INIT_OPTIONS.map((option) => `"${option}"`).join(", ");
      throw new TypeError(`Cannot use option "${name}" of init: it is unknown, use one of ${known}`);
    }
    if (value === undefined) continue;
    if (name === "address") {
      if (typeof value !== "string" || !/^(?:ray:\/\/[^/]+:\d+|fd:\d+)$/.test(value)) {
        throw new TypeError(
          `Cannot use ${show(value)} as option "address" of init: expected "ray://host:port"`,
        );
      }
      continue;
    }
    if (name === "workingDir" || name === "runtimeEnv") {
      const type = name === "workingDir" ? "string" : "object";
      if (typeof value !== type || value === null) {
        throw new TypeError(
          `Cannot use ${show(value)} as option "${name}" of init: expected a${
            type === "object" ? "n" : ""
          } ${type}`,
        );
      }
      continue;
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
  const { workingDir, runtimeEnv, address = addressOfEnvironment() } = options;
  const namespace = options.namespace ?? crypto.randomUUID();
  const thread = beginThread({ taskThreads: options.numCpus, poolThreads: options.poolThreads, namespace });
  const runtime = { shutdown, [Symbol.asyncDispose]: shutdown };
  if (address === undefined) return Promise.resolve(runtime);
  startGateway(thread, { address, namespace, workingDir, runtimeEnv });
  return clusterReady(thread).then(() => runtime, async (error) => {
    await shutdown();
    throw error;
  });
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
 * @returns Fulfilled when all threads have ended.
 * @throws {Error} In an actor: only the driver may.
 */
export async function shutdown(): Promise<void> {
  const thread = currentThread();
  if (thread === undefined) return;
  if (thread.isLoading) requireThread("call shutdown()");
  if (thread.isWorker) {
    throw new Error("Cannot shut down from an actor: only the driver may, use kill(handle) to end an actor");
  }
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
 * @param options Whether it may start again.
 * @returns Fulfilled when the actor, or this run of it, has ended.
 * @throws {TypeError} If `handle` is no handle, or an option is unknown or of a wrong type.
 */
export function kill(handle: ActorHandle<object>, options: KillOptions = {}): Promise<void> {
  checkKillOptions(options);
  return killActor(requireThread("kill an actor"), handle, options.noRestart !== false);
}

function checkKillOptions(options: KillOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot kill with ${show(options)}: expected an object of options`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (name !== "noRestart") {
      throw new TypeError(`Cannot use option "${name}" of kill: it is unknown, use "noRestart"`);
    }
    if (value === undefined || typeof value === "boolean") continue;
    throw new TypeError(`Cannot use ${show(value)} as option "noRestart" of kill: expected true or false`);
  }
}
