/**
 * What a thread is told when its part of the runtime begins.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import type { Schedule } from "../base/schedule.ts";
import type { Definitions } from "../define/definitions.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { WorkerStart } from "./worker_start.ts";

/** How a thread begins. */
export interface ThreadStart {
  /** The declarations that were made in it. */
  readonly definitions: Definitions;
  /** Board, table of names and address, in a worker. */
  readonly worker?: Pick<WorkerStart, "board" | "names" | "self">;
  /** In the first thread of a child process: what its ids begin with. */
  readonly place?: string;
  /** The namespace of names for which none is given, in the driver; a random one unless said. */
  readonly namespace?: string;
  /** The thread that is connected to the cluster on which actors run, if they do. */
  readonly gateway?: ThreadAddress | undefined;
  /** The number of workers for tasks; the number of cores unless said. */
  readonly taskThreads?: number;
  /** The number of threads in the pool of actors; the number of cores unless said. */
  readonly poolThreads?: number;
  /** The clock; the system's unless given. */
  readonly clock?: Clock;
  /** The order of what happens; actors are inline then, and functions run in this thread. */
  readonly schedule?: Schedule | undefined;
}
