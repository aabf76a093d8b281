/**
 * Options of actors and functions that mean something on a Ray cluster only.
 *
 * @module
 */

import { isOptions } from "./show.ts";

/**
 * Which node of a Ray cluster is to run an actor or function: Ray's choice (`"DEFAULT"`), one after the other (`"SPREAD"`), or the
 * one with that id, in hexadecimal digits as Ray lists it; with `soft`, another one if that cannot.
 */
export type SchedulingStrategy = "DEFAULT" | "SPREAD" | { readonly nodeId: string; readonly soft?: boolean };

/** What a Ray cluster is told of an actor or function. A program that is on no cluster has one machine, and its own environment. */
export interface ClusterOptions {
  /** On which node of the cluster; Ray chooses unless said. */
  schedulingStrategy?: SchedulingStrategy;
  /**
   * Ray's `runtime_env`, in Ray's own words, on top of that of `init({ runtimeEnv })`: `{ env_vars: { … } }`. Ray starts a worker for
   * each that is new to a node, which takes a second or more.
   */
  runtimeEnv?: Readonly<Record<string, unknown>>;
}

/** What would be right, if `value` is no strategy. */
export function checkStrategy(value: unknown): string | undefined {
  const right = '"DEFAULT", "SPREAD" or { nodeId, soft }, a node\'s id in hexadecimal digits';
  if (value === "DEFAULT" || value === "SPREAD") return undefined;
  if (!isOptions(value)) return right;
  const { nodeId, soft, ...others } = value as Record<string, unknown>;
  const isRight = typeof nodeId === "string" && /^[0-9a-f]+$/.test(nodeId) &&
    (soft === undefined || typeof soft === "boolean") && Object.keys(others).length === 0;
  return isRight ? undefined : right;
}

/** What would be right, if `value` is no runtime environment. */
export function checkRuntimeEnv(value: unknown): string | undefined {
  const right = "an object that JSON can hold, Ray's runtime environment";
  if (!isOptions(value)) return right;
  try {
    JSON.stringify(value);
    return undefined;
  } catch {
    return right;
  }
}

/** Of options, those that are a cluster's; `undefined` if there are none. */
export function clusterOptionsOf(
  { schedulingStrategy, runtimeEnv }: ClusterOptions,
): ClusterOptions | undefined {
  if (schedulingStrategy === undefined && runtimeEnv === undefined) return undefined;
  return { schedulingStrategy, runtimeEnv };
}
