/**
 * How a thread of the runtime begins.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import type { Schedule } from "../base/schedule.ts";
import type { Definitions } from "../define/definitions.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";

/** How a thread begins. */
export interface ThreadStart {
  /** The declarations that were made in it. */
  readonly definitions: Definitions;
  /** Board and address, in a worker. */
  readonly worker?: { readonly board: SharedArrayBuffer; readonly self: ThreadAddress };
  /** In the first thread of a child process: what its ids begin with. */
  readonly place?: string;
  /** The number of workers for tasks; the number of cores unless said. */
  readonly taskThreads?: number;
  /** The number of threads in the pool of actors; the number of cores unless said. */
  readonly poolThreads?: number;
  /** The clock; the system's unless given. */
  readonly clock?: Clock;
  /** The order of what happens; actors are inline then, and functions run in this thread. */
  readonly schedule?: Schedule | undefined;
}
