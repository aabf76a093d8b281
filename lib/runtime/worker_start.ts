/**
 * What a worker is told when it starts, and how the thread that started it sees it.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { Amounts } from "../define/demand.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { LinkEnd } from "../transport/link_end.ts";
import type { FarHost } from "./far_host.ts";

/** What a worker is told when it starts. */
export interface WorkerStart {
  /** The board's memory. */
  readonly board: SharedArrayBuffer;
  /** The memory of the table of names. */
  readonly names: SharedArrayBuffer;
  /** The resources that the program has. */
  readonly totals: Amounts;
  /** The worker's own address. */
  readonly self: ThreadAddress;
  /** Its end of the link to the thread that started it. */
  readonly link: LinkEnd;
  /** The module that declares its actor's class; `""` for a worker that runs tasks. */
  readonly module: string;
  /** Its actor's id, where that does not follow from the address: the actor was made from another process. */
  readonly id?: ActorId;
  /** True for a bridge to a process, which loads no module. */
  readonly isBridge?: boolean;
  /** The process that a bridge is for, if that is on another machine. */
  readonly far?: FarHost | undefined;
  /** How often its actor was restarted before, where that is not said with what makes it: in another process. */
  readonly runs?: number | undefined;
  /** The number of its actor's first thread, if it is restarted. */
  readonly origin?: number | undefined;
}

/** What is said of some workers only. */
export type WorkerDetails = Pick<WorkerStart, "id" | "isBridge" | "far" | "origin" | "runs">;

/** A started worker. */
export interface StartedWorker {
  /** Stops it, whatever it is doing. */
  terminate(): void;
}

/** Told once when a worker has ended. */
export type WorkerEnded = (reason: { error?: unknown; code?: number }) => void;
