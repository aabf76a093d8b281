/**
 * What a thread is told when its part of the runtime begins.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import type { Schedule } from "../base/schedule.ts";
import { type Amounts, amountsOf } from "../define/demand.ts";
import type { Definitions } from "../define/definitions.ts";
import type { ProgramCluster } from "./cluster_link.ts";
import type { WorkerStart } from "./worker_start.ts";

/** How a thread begins. */
export interface ThreadStart {
  /** The declarations that were made in it. */
  readonly definitions: Definitions;
  /** Board, table of names, resources and address, in a worker. */
  readonly worker?: Pick<WorkerStart, "board" | "names" | "totals" | "self">;
  /** In the first thread of a child process: what its ids begin with. */
  readonly place?: string;
  /** The namespace of names for which none is given, in the driver; a random one unless said. */
  readonly namespace?: string;
  /** The number of CPUs, and of workers for tasks; the number of cores unless said. */
  readonly taskThreads?: number;
  /** The resources that there are besides CPUs. */
  readonly resources?: Readonly<Record<string, number>> | undefined;
  /** The number of threads in the pool of actors; the number of cores unless said. */
  readonly poolThreads?: number;
  /** The Ray cluster that the program uses. */
  readonly cluster?: ProgramCluster | undefined;
  /** The clock; the system's unless given. */
  readonly clock?: Clock;
  /** The order of what happens; actors are inline then, and functions run in this thread. */
  readonly schedule?: Schedule | undefined;
}

/** The resources of the program that a thread begins in, which has so many cores. */
export function totalsOf({ worker, taskThreads = 0, resources }: ThreadStart, cores: number): Amounts {
  return worker?.totals ?? amountsOf(taskThreads || cores, resources);
}
