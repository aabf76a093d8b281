/**
 * What actors and functions need of a program's resources: CPUs, and what it has named itself. Nothing is measured or bound; it is
 * counted who may begin.
 *
 * @module
 */

import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { checkRuntimeEnv, checkStrategy, type ClusterOptions, clusterOptionsOf } from "./cluster_options.ts";
import { isOptions } from "./show.ts";

/** The name of CPUs among the resources. */
export const CPU = "CPU";

/** Amounts are kept as whole numbers of this part of one, so that fractions add up. */
export const UNITS = 10_000;

/** Amounts by name, in units. */
export type Amounts = readonly (readonly [name: string, units: number])[];

/** What one actor or one run of a function needs; only what is more than 0. */
export interface Demand {
  /** The amounts, CPUs first, then by name. */
  readonly amounts: Amounts;
  /** What a cluster is told besides. */
  readonly cluster?: ClusterOptions;
  /** The same as text, equal for equal demands; `""` for one CPU, which functions need unless said. */
  readonly key: string;
}

/** Options that say what is needed. */
export interface ResourceOptions extends ClusterOptions {
  /** CPUs. */
  numCpus?: number | undefined;
  /** All else, by name. */
  resources?: Readonly<Record<string, number>> | undefined;
}

/** What functions need unless said. */
export const ONE_CPU: Demand = { amounts: [[CPU, UNITS]], key: "" };

/** What options ask for; `cpus` is how many CPUs unless said. */
export function demandOf(options: ResourceOptions, cpus: number): Demand {
  const { numCpus = cpus, resources } = options;
  const cluster = clusterOptionsOf(options);
  if (cluster === undefined && resources === undefined && numCpus === 1) return ONE_CPU;
  const amounts = amountsOf(numCpus, resources);
  if (cluster === undefined) return { amounts, key: JSON.stringify(amounts) };
  return { amounts, cluster, key: JSON.stringify({ amounts, cluster }) };
}

/** Amounts that options say, in units. */
export function amountsOf(cpus: number, resources: Readonly<Record<string, number>> = {}): Amounts {
  const named = Object.entries(resources).sort(([a], [b]) => a < b ? -1 : 1);
  return [[CPU, cpus] as const, ...named]
    .map(([name, amount]) => [name, Math.round(amount * UNITS)] as const)
    .filter(([, units]) => units > 0);
}

/** The demand of a key that another thread sent. */
export function readDemand(key: string): Demand {
  if (key === "") return ONE_CPU;
  let needs: unknown;
  try {
    needs = JSON.parse(key);
  } catch { /* refused below */ }
  const { amounts, cluster } = isOptions(needs) ? needs as Partial<Demand> : { amounts: needs as Amounts };
  if (!Array.isArray(amounts) || !amounts.every(isAmount) || !isForCluster(cluster)) {
    throw new CorruptFrameError("resources that nobody could need");
  }
  return { amounts: amounts as Amounts, cluster, key };
}

function isForCluster(value: unknown): value is ClusterOptions | undefined {
  if (value === undefined) return true;
  if (!isOptions(value)) return false;
  const { schedulingStrategy, runtimeEnv } = value as ClusterOptions;
  return (schedulingStrategy === undefined || checkStrategy(schedulingStrategy) === undefined) &&
    (runtimeEnv === undefined || checkRuntimeEnv(runtimeEnv) === undefined);
}

function isAmount(entry: unknown): boolean {
  return Array.isArray(entry) && entry.length === 2 && typeof entry[0] === "string" &&
    Number.isSafeInteger(entry[1]) && entry[1] > 0;
}

/** The first amount that is more than there is in all, with that; `undefined` if there is enough. */
export function excessOf(
  { amounts }: Demand,
  totals: Amounts,
): { name: string; needed: number; total: number } | undefined {
  for (const [name, units] of amounts) {
    const total = totals.find(([other]) => other === name)?.[1] ?? 0;
    if (units > total) return { name, needed: units / UNITS, total: total / UNITS };
  }
  return undefined;
}

/** A demand in words, beside what there is in all: `2 of 4 CPUs and 1 of 1 "printer"`. */
export function describeDemand({ amounts }: Demand, totals: Amounts): string {
  return amounts.map(([name, units]) => {
    const total = (totals.find(([other]) => other === name)?.[1] ?? 0) / UNITS;
    const noun = name !== CPU ? JSON.stringify(name) : total === 1 ? "CPU" : "CPUs";
    return `${units / UNITS} of ${total} ${noun}`;
  }).join(" and ");
}

/** What would be right, if `value` is no amount. */
export function checkAmount(value: unknown): string | undefined {
  const isRight = typeof value === "number" && Number.isFinite(value) && value >= 0 &&
    (value === 0 || Math.round(value * UNITS) > 0);
  return isRight ? undefined : "a number from 0 on, to four places";
}

/** What would be right, if `value` is no object of resources by name. */
export function checkResources(value: unknown): string | undefined {
  const right = "an object of names and amounts, each a number from 0 on, to four places";
  if (typeof value !== "object" || value === null || Array.isArray(value)) return right;
  for (const [name, amount] of Object.entries(value)) {
    if (name === CPU) return `${right}; "CPU" is what the option "numCpus" says`;
    if (name === "GPU") return `${right}; "GPU" is Ray's own, count devices under a name like "gpu"`;
    if (name === "" || checkAmount(amount) !== undefined) return right;
  }
  return undefined;
}
