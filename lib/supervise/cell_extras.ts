/**
 * What few cells of actors have.
 *
 * @module
 */

import type { ActorDiedError } from "../base/actor_errors.ts";
import type { LazyError } from "../base/lazy_error.ts";
import type { HeldCall } from "./held_call.ts";

/** What a cell has as soon as it needs any of it: there may be very many cells. */
export class CellExtras {
  /** Called once when the actor is known to have ended. */
  onBroken: (() => void)[] = [];
  /** Called once when it has crashed and would start again. */
  onSuspended: (() => void)[] = [];
  /** Called once when no call is unanswered. */
  onAnswered: (() => void)[] = [];
  /** The calls that wait for their arguments, or behind one that does, by concurrency group. */
  held: Map<string, HeldCall[]> | undefined = undefined;
  /** Why the actor ended. */
  death: LazyError<ActorDiedError> | undefined = undefined;
}
