/**
 * Options of Python's actors, functions and calls, and what Ray calls them.
 *
 * @module
 */

import type { ClusterOptions, SchedulingStrategy } from "../define/cluster_options.ts";
import { isOptions, list, show } from "../define/show.ts";
import { PythonGlobal, PythonObject } from "../transport/ray/python_values.ts";

/** What actors and functions need. */
export interface PythonResources extends ClusterOptions {
  /** CPUs that Ray sets aside. */
  numCpus?: number;
  /** GPUs that Ray sets aside. */
  numGpus?: number;
  /** Bytes of memory that Ray sets aside. */
  memory?: number;
  /** The same for resources of the cluster's own, by name. */
  resources?: Readonly<Record<string, number>>;
}

/** Options of a Python actor. */
export interface PythonActorOptions extends PythonResources {
  /** The name by which `getActor` finds it. */
  name?: string;
  /** The namespace of the name; that of `init({ namespace })` unless given. */
  namespace?: string;
  /** If an actor has the name already: its handle, in place of a new actor. */
  getIfExists?: boolean;
  /** `"detached"`: it lives on when this program has ended. */
  lifetime?: "detached" | "non_detached";
  /** How often Ray starts it again when its process has ended; -1 without end. */
  maxRestarts?: number;
  /** How often a call is made again that was in progress then; -1 without end. */
  maxTaskRetries?: number;
  /** How many calls may be in progress at once. */
  maxConcurrency?: number;
  /** How many calls may wait at one caller. */
  maxPendingCalls?: number;
}

/** Options of a call of a Python actor. */
export interface PythonCallOptions {
  /** The call's name in errors. */
  name?: string;
  /** The group in which it runs. */
  concurrencyGroup?: string;
  /** How often it is made again. */
  maxTaskRetries?: number;
  /** Whether it is made again for what the method raised. */
  retryExceptions?: boolean;
  /** Cancels the call when it aborts. */
  signal?: AbortSignal;
}

/** Options of a Python function. */
export interface PythonTaskOptions extends PythonResources {
  /** The task's name in errors. */
  name?: string;
  /** How often it is run again when its worker has died; 3 unless said, -1 without end. */
  maxRetries?: number;
  /** Whether it is run again for what it raised. */
  retryExceptions?: boolean;
  /** Cancels the task when it aborts. */
  signal?: AbortSignal;
}

/** Of how many values the result is an array, for calls and functions: a ref for each. */
export interface PythonSplitOptions<N extends number> {
  /** How many values are returned; each gets a ref. */
  numReturns: N;
}

const resources = ["numCpus", "numGpus", "memory", "resources", "schedulingStrategy", "runtimeEnv"];
/** The options that there are, by what they are for. */
const known = {
  actor: [
    ...resources,
    ...["name", "namespace", "getIfExists", "lifetime", "maxRestarts", "maxTaskRetries", "maxConcurrency"],
    "maxPendingCalls",
  ],
  call: ["name", "concurrencyGroup", "maxTaskRetries", "retryExceptions", "numReturns", "signal"],
  function: [...resources, "name", "maxRetries", "retryExceptions", "numReturns", "signal"],
};

/**
 * Options in Ray's own words, `signal` apart.
 *
 * @throws {TypeError} If an option is unknown, or `numReturns` or `signal` of a wrong type. What else is wrong Ray refuses.
 * @internal
 */
export function rayOptions(
  kind: keyof typeof known,
  subject: string,
  options: object,
): Record<string, unknown> {
  if (!isOptions(options)) {
    throw new TypeError(`Cannot use ${show(options)} as options of ${subject}: expected an object`);
  }
  const said: [name: string, value: unknown][] = [];
  for (const [name, value] of Object.entries(options)) {
    if (!known[kind].includes(name)) {
      throw new TypeError(
        `Cannot use option "${name}" for ${subject}: it is unknown, use ${list(known[kind])}`,
      );
    }
    if (value === undefined) continue;
    if (name === "signal") {
      if (value instanceof AbortSignal) continue;
      throw new TypeError(
        `Cannot use ${show(value)} as option "signal" of ${subject}: expected an AbortSignal`,
      );
    }
    if (name === "numReturns" && !(Number.isInteger(value) && (value as number) >= 1)) {
      throw new RangeError(
        `Cannot use ${show(value)} as option "numReturns" of ${subject}: expected an integer of at least 1`,
      );
    }
    said.push([name, value]);
  }
  return inRayWords(said);
}

/** Options, without those that are not said, as Ray calls them. @internal */
export function inRayWords(
  options: Iterable<readonly [name: string, value: unknown]>,
): Record<string, unknown> {
  const words: Record<string, unknown> = {};
  for (const [name, value] of options) {
    if (value === undefined) continue;
    words[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = name === "schedulingStrategy"
      ? strategyOf(value as SchedulingStrategy)
      : value;
  }
  return words;
}

function strategyOf(strategy: SchedulingStrategy): unknown {
  if (typeof strategy === "string") return strategy;
  const affinity = new PythonGlobal("ray.util.scheduling_strategies", "NodeAffinitySchedulingStrategy");
  return new PythonObject(affinity, [strategy.nodeId, strategy.soft === true]);
}
