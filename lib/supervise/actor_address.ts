/**
 * Where an actor lives, and what whoever calls it must know of it; it travels with handles.
 *
 * @module
 */

import { type ActorId, actorId } from "../base/ids.ts";
import type { RetryWish } from "../base/retry_rule.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { CrewAddress } from "../transport/crew_memory.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";

/** Where an actor lives. */
export interface ActorAddress {
  /** Its thread. */
  readonly thread: ThreadAddress;
  /** Its number in that thread. */
  readonly local: number;
  /** True if the thread was made for it alone, so that it ends with it. */
  readonly ownsThread: boolean;
  /** True if its calls begin in the order made, also while one waits for its arguments. */
  readonly isSerial: boolean;
  /** How many calls of one thread may be unanswered; `Infinity` for no limit. */
  readonly maxPendingCalls: number;
  /** Its id, where that does not follow from thread and number: the actor lives in another process. */
  readonly id?: ActorId | undefined;
  /** The thread of the actor that made it, if it lives on a thread of the pool. */
  readonly owner?: ThreadAddress | undefined;
  /** All of its threads, if it has several; `thread` is the first. */
  readonly crew?: CrewAddress | undefined;
  /** What was said of its restarts, and of repeated calls. */
  readonly fault?: FaultSettings | undefined;
}

/** The threads of an actor. */
export function threadsOf({ thread, crew }: ActorAddress): readonly ThreadAddress[] {
  return crew?.members ?? [thread];
}

/** What an actor is known by in this process: where it began. */
export function keyAt({ thread, local, fault }: ActorAddress): ActorId {
  return fault === undefined ? actorId(thread.id, local) : actorId(fault.origin, fault.number);
}

/** The id of the actor at an address: the same after restarts. */
export function idAt(address: ActorAddress): ActorId {
  return address.id ?? keyAt(address);
}

/** What is said of an actor that whoever knows that address cannot restart, and whose calls may be made again. */
export function retriedAt(
  { thread, local }: Pick<ActorAddress, "thread" | "local">,
  retries: RetryWish,
): FaultSettings {
  return { maxRestarts: 0, restarts: 0, origin: thread.id, number: local, owner: thread, retries };
}

/** True if an actor may be restarted. */
export function isRestartable({ fault }: Pick<ActorAddress, "fault">): boolean {
  return fault !== undefined && fault.maxRestarts !== 0;
}

/** The same actor at another place, after so many restarts. */
export function addressAfter(
  address: ActorAddress,
  restarts: number,
  place: Partial<Pick<ActorAddress, "thread" | "local" | "crew">> = {},
): ActorAddress {
  return { ...address, ...place, fault: { ...address.fault!, restarts } };
}
