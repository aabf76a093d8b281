/**
 * What the benchmarks write down.
 *
 * @module
 */

import type { Samples } from "./children.ts";

/** All numbers of a run. */
export interface Results {
  /** The runtime, its version, and the machine's processors. */
  readonly machine: string;
  /** The day. */
  readonly date: string;
  /** How often each row was run. */
  readonly runs: number;
  /** By workload. */
  readonly samples: Record<string, Samples>;
}
