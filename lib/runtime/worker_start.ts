/**
 * What a worker is told when it starts, and how the thread that started it sees it.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { LinkEnd } from "../transport/link.ts";
import type { ClusterSetup } from "./cluster_setup.ts";

/** What a worker is told when it starts. */
export interface WorkerStart {
  /** The board's memory. */
  readonly board: SharedArrayBuffer;
  /** The memory of the table of names. */
  readonly names: SharedArrayBuffer;
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
  /** The thread that is connected to the cluster on which the program's actors run, if they do. */
  readonly gateway?: ThreadAddress | undefined;
  /** Of that thread itself: what it connects to. */
  readonly cluster?: ClusterSetup;
  /** Of an actor that is restarted: the number of its first thread, and how often it has been. */
  readonly restarted?: { readonly origin: number; readonly restarts: number } | undefined;
}

/** A started worker. */
export interface StartedWorker {
  /** Stops it, whatever it is doing. */
  terminate(): void;
}

/** Told once when a worker has ended. */
export type WorkerEnded = (reason: { error?: unknown; code?: number }) => void;
