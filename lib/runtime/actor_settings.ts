/**
 * What is common to new actors, wherever they live.
 *
 * @module
 */

import type { Demand } from "../define/demand.ts";
import type { ActorTerms } from "../exec/actor_terms.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";
import type { CrewPlan } from "./crew_plan.ts";
import type { FarHost } from "./far_host.ts";
import type { Naming } from "./names.ts";
import type { Thread } from "./thread.ts";

/** What options say of one actor, with the defaults filled in. */
export interface ActorSettings extends ActorTerms {
  readonly maxConcurrency: number;
  /** Its threads, if it has several. */
  readonly crew?: CrewPlan | undefined;
  /** What was said of its restarts and of repeated calls, for an actor that begins in that thread, with that number. */
  fault(origin: number, number: number): FaultSettings | undefined;
  /** Its name, if it has one. */
  readonly naming?: Naming | undefined;
  /** What it needs of the program's resources, if anything. */
  readonly demand?: Demand | undefined;
  /** The process that it lives in, if that is on another machine. */
  readonly far?: FarHost | undefined;
}

/** The handle of a new actor, which ends with the actor that made it unless it is detached. */
export function handleOfNew(thread: Thread, cell: ActorCell, isDetached = false): object {
  const handle = thread.cells.handleOf(cell);
  if (!isDetached) thread.pooled?.own(handle);
  return handle;
}
