/**
 * The options of classes, methods, functions and calls, and what is refused.
 *
 * @module
 */

import type { AnyClass } from "./class_definition.ts";
import { checkRuntimeEnv, checkStrategy, type ClusterOptions } from "./cluster_options.ts";
import { checkAmount, checkResources } from "./demand.ts";
import { isOptions, list, show } from "./show.ts";

/** Where an actor runs. */
export type Placement = "thread" | "inline" | "pool" | "process";

/** Whether an actor ends with the actor that made it. */
export type Lifetime = "detached" | "non_detached";

/** Options that one actor may have of its own: `X.options({...}).remote()`. */
export interface ActorOptions extends ClusterOptions {
  /**
   * `"thread"` (the default): a worker thread of its own, so that a loop without `await` blocks nobody else. `"inline"`: the
   * caller's own thread, through the same mailbox and with the same copying. `"pool"`: one of a few threads that many actors
   * share, as many as cores unless `init({ poolThreads })` says otherwise; one that does not yield holds up its neighbours.
   * `"process"`: a child process of the same runtime, whose end by any means, lack of memory included, is the end of that
   * actor and of nothing else. No shared memory and no port can go there. Unless it is said, the actor of a program that is on a
   * Ray cluster is there, in a process of its own, whoever makes it.
   */
  placement?: Placement;
  /** How many calls of an async actor may be in progress at once; 1000 unless said, 1 for a class without async methods. */
  maxConcurrency?: number;
  /**
   * How many calls of one thread to the actor may be unanswered; without limit unless said. One more throws
   * `PendingCallsLimitExceeded` from `.remote()`. Each thread that has a handle counts its own calls.
   */
  maxPendingCalls?: number;
  /**
   * How often the actor is started again, with the same constructor arguments and new state, when its thread has crashed; 0 unless
   * said, -1 without end. A constructor that throws, and `kill()`, end it for good.
   */
  maxRestarts?: number;
  /**
   * How often a call is made again that was in progress when the actor crashed, if that is started again; 0 unless said, -1 without
   * end. A call may then run more than once, and in another order.
   */
  maxTaskRetries?: number;
  /** Whether calls are made again, as often as `maxTaskRetries` says, for what the method threw: `true`, or only errors of some classes. */
  retryExceptions?: boolean | readonly AnyClass[];
  /**
   * CPUs, perhaps a part of one, that the actor has from its beginning to its end, restarts included; none unless said. There are as
   * many as `init({ numCpus })` says; while too few are free, the actor waits, and its calls with it. It is counted, not enforced.
   */
  numCpus?: number;
  /** The same for resources of the program's own, by name: amounts of what `init({ resources })` says there is. */
  resources?: Readonly<Record<string, number>>;
  /** The name by which `getActor` finds the actor. Only one actor that lives has it in its namespace. */
  name?: string;
  /** The namespace of the name; that of `init({ namespace })` unless given. */
  namespace?: string;
  /** If an actor that lives has the name already: its handle, in place of a new actor. The arguments are not used then. */
  getIfExists?: boolean;
  /**
   * `"non_detached"` (the default): the actor ends with the actor that made it. `"detached"`: it lives until it is killed, or
   * the program shuts down; on a Ray cluster it outlives the program.
   */
  lifetime?: Lifetime;
}

/** Options of a remote class: `@remote({...})` or `remote(Class, {...})`. */
export interface ClassOptions extends Omit<ActorOptions, "name" | "namespace" | "getIfExists" | "lifetime"> {
  /** Named groups of methods, each with the number of calls that may be in progress at once. None blocks another. */
  concurrencyGroups?: Record<string, number>;
  /** The URL of the module that declares the class: `import.meta.url`. Found from the call site unless said. */
  module?: string;
}

/** Options of a method: `@method({...})`. */
export interface MethodOptions {
  /** The group in which the method's calls run; one that the class declares. */
  concurrencyGroup?: string;
  /** The method, a generator, pauses while so many of its items are unread; it never does unless said. */
  generatorBackpressure?: number;
  /**
   * The method returns an array of so many values, and a call of it gives an array of refs, one for each. The types do not see
   * what a decorator says: with `.options({ numReturns })` at the call they do.
   */
  numReturns?: number;
  /** How often the method's calls are made again; in place of the actor's `maxTaskRetries`. */
  maxTaskRetries?: number;
  /** Whether they are made again for what the method threw; in place of the actor's `retryExceptions`. */
  retryExceptions?: boolean | readonly AnyClass[];
}

/** Options of one call: `handle.m.options({...}).remote()`. */
export interface CallOptions {
  /** The group in which this call runs, in place of the method's. */
  concurrencyGroup?: string;
  /** Cancels the call when it aborts, as `cancel(ref)` does. */
  signal?: AbortSignal;
  /** The call's name in errors and to those who look; `"Class.method"` unless given. */
  name?: string;
  /** How often this call is made again; in place of the method's and the actor's `maxTaskRetries`. */
  maxTaskRetries?: number;
  /** Whether it is made again for what the method threw; in place of the method's and the actor's `retryExceptions`. */
  retryExceptions?: boolean | readonly AnyClass[];
}

/** Options of one task: `fn.options({...}).remote()`. */
export interface TaskOptions extends ClusterOptions {
  /** How often the function is run again when its worker has died; 3 unless said, -1 without end. */
  maxRetries?: number;
  /** Whether it is run again, as often as `maxRetries` says, for what it threw: `true`, or only errors of some classes. */
  retryExceptions?: boolean | readonly AnyClass[];
  /** CPUs that the function has while it runs; 1 unless said. They are given back while it waits for a ref. */
  numCpus?: number;
  /** Resources of the program's own that it has from its beginning to its end. */
  resources?: Readonly<Record<string, number>>;
}

/** Options of one call of a generator: `handle.m.options({...}).remote()`. */
export interface StreamCallOptions extends CallOptions {
  /** The generator pauses while so many of its items are unread, in place of what the method's declaration says. */
  generatorBackpressure?: number;
}

/** Options of one call that gives many refs: `handle.m.options({ numReturns: 2 }).remote()`. */
export interface SplitCallOptions<N extends number> extends CallOptions {
  /** The method returns an array of so many values; the call gives a ref for each. */
  numReturns: N;
}

/** Options of a remote function: `remote(fn, {...})`. */
export interface FunctionOptions extends TaskOptions {
  /** The function, a generator, pauses while so many of its items are unread; it never does unless said. */
  generatorBackpressure?: number;
  /** The URL of the module that declares the function: `import.meta.url`. Found from the call site unless said. */
  module?: string;
}

/** Checks one option; returns what would be right if it is wrong. */
type Check = (value: unknown) => string | undefined;

const isCount: Check = (value) => {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) return undefined;
  return "an integer of at least 1";
};

const PLACEMENTS: readonly Placement[] = ["thread", "inline", "pool", "process"];
const isLimit: Check = (value) => {
  if (typeof value === "number" && Number.isInteger(value) && value >= -1) return undefined;
  return "an integer of at least 0, or -1 for without end";
};
const isBoolean: Check = (value) => typeof value === "boolean" ? undefined : "true or false";
const isName: Check = (value) =>
  typeof value === "string" && value !== "" ? undefined : "a name, which is not empty";

const checks = {
  placement: (value) =>
    PLACEMENTS.includes(value as Placement) ? undefined : '"thread", "inline", "pool" or "process"',
  maxConcurrency: isCount,
  maxPendingCalls: isCount,
  generatorBackpressure: isCount,
  numReturns: isCount,
  numCpus: checkAmount,
  resources: checkResources,
  schedulingStrategy: checkStrategy,
  runtimeEnv: checkRuntimeEnv,
  maxRestarts: isLimit,
  maxTaskRetries: isLimit,
  maxRetries: isLimit,
  retryExceptions: (value) =>
    typeof value === "boolean" || (Array.isArray(value) && value.every((item) => typeof item === "function"))
      ? undefined
      : "true, false or an array of classes of errors",
  concurrencyGroups: (value) => {
    const right = "an object of group names and limits, each an integer of at least 1";
    if (typeof value !== "object" || value === null || Array.isArray(value)) return right;
    for (const [name, limit] of Object.entries(value)) {
      if (name === "" || isCount(limit) !== undefined) return right;
    }
    return undefined;
  },
  module: (value) =>
    typeof value === "string" && URL.canParse(value) ? undefined : "a URL, such as import.meta.url",
  concurrencyGroup: (value) => typeof value === "string" && value !== "" ? undefined : "the name of a group",
  signal: (value) => value instanceof AbortSignal ? undefined : "an AbortSignal",
  name: isName,
  namespace: isName,
  getIfExists: isBoolean,
  lifetime: (value) =>
    value === "detached" || value === "non_detached" ? undefined : '"detached" or "non_detached"',
} satisfies Record<string, Check>;

/** The options that each kind of declaration takes. */
export const allowed = {
  class: [
    "placement",
    "maxConcurrency",
    "maxPendingCalls",
    "maxRestarts",
    "maxTaskRetries",
    "retryExceptions",
    "numCpus",
    "resources",
    "schedulingStrategy",
    "runtimeEnv",
    "concurrencyGroups",
    "module",
  ],
  actor: [
    "placement",
    "maxConcurrency",
    "maxPendingCalls",
    "maxRestarts",
    "maxTaskRetries",
    "retryExceptions",
    "numCpus",
    "resources",
    "schedulingStrategy",
    "runtimeEnv",
    "name",
    "namespace",
    "getIfExists",
    "lifetime",
  ],
  method: ["concurrencyGroup", "generatorBackpressure", "numReturns", "maxTaskRetries", "retryExceptions"],
  call: [
    "concurrencyGroup",
    "name",
    "signal",
    "generatorBackpressure",
    "numReturns",
    "maxTaskRetries",
    "retryExceptions",
  ],
  function: [
    ...["generatorBackpressure", "maxRetries", "retryExceptions"] as const,
    ...["numCpus", "resources", "schedulingStrategy", "runtimeEnv", "module"] as const,
  ],
  task: ["maxRetries", "retryExceptions", "numCpus", "resources", "schedulingStrategy", "runtimeEnv"],
} as const satisfies Record<string, readonly (keyof typeof checks)[]>;

/** Of these, no value has the right type that is wrong. */
const NO_TYPE: ReadonlySet<string> = new Set(["retryExceptions", "resources", "signal", "runtimeEnv"]);
/** Of these, an object may be wrong by what is in it. */
const HAS_NAMES: ReadonlySet<string> = new Set(["concurrencyGroups", "resources", "schedulingStrategy"]);

/**
 * Refuses options that are unknown (`TypeError`) or have a wrong value (`TypeError` for a wrong type, `RangeError` for a wrong
 * number or name). `subject` is what they were given for.
 */
export function checkOptions(kind: keyof typeof allowed, subject: string, options: unknown): void {
  if (!isOptions(options)) {
    const right = kind === "method" && typeof options === "function" ? ', write "@method({…})"' : "";
    throw new TypeError(`Cannot use options ${show(options)} for ${subject}: expected an object${right}`);
  }
  const names: readonly string[] = allowed[kind];
  for (const [name, value] of Object.entries(options)) {
    if (!names.includes(name)) {
      throw new TypeError(
        `Cannot use option "${name}" (${show(value)}) for ${subject}: it is unknown here, use ${list(names)}`,
      );
    }
    if (value === undefined) continue;
    const right = checks[name as keyof typeof checks](value);
    if (right === undefined) continue;
    const message = `Cannot use ${show(value)} as option "${name}" of ${subject}: expected ${right}`;
    const check: Check = checks[name as keyof typeof checks];
    const type = check === isCount || check === isLimit || check === checkAmount
      ? "number"
      : NO_TYPE.has(name) || check === isBoolean
      ? ""
      : "string";
    const isOfRightType = typeof value === type ||
      (HAS_NAMES.has(name) && typeof value === "object" && value !== null && !Array.isArray(value));
    throw isOfRightType ? new RangeError(message) : new TypeError(message);
  }
  const { name, getIfExists } = options as ActorOptions;
  if (getIfExists !== true || name !== undefined) return;
  throw new TypeError(
    `Cannot use option "getIfExists" for ${subject}: it has no name, say which one with the option "name"`,
  );
}
