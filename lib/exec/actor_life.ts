/**
 * What becomes of few actors.
 *
 * @module
 */

import type { RayError } from "../base/errors.ts";
import type { LazyError } from "../base/lazy_error.ts";
import type { ActorId } from "../base/ids.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";

/** What an actor has as soon as it needs any of it: there may be very many actors. */
export class ActorLife {
  /** Its id, if that does not follow from its place. */
  id: ActorId | undefined = undefined;
  /** The error that calls are refused with, once it has ended. */
  death: LazyError<RayError> | undefined = undefined;
  /** Why it comes to its end. */
  retiredFor: string | undefined = undefined;
  /** What was said of its restarts, and how often it was restarted before. */
  fault: FaultSettings | undefined = undefined;
  restarts = 0;
  /** Called once it is constructed. */
  onConstructed: (() => void) | undefined = undefined;
}

/** That of most actors. Never written to. */
export const NO_LIFE: ActorLife = Object.freeze(new ActorLife());
