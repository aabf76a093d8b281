/**
 * What was said of an actor when it was made.
 *
 * @module
 */

import type { Placement } from "../define/options.ts";

/** What was said of an actor: one object for all that are made in the same way, for there may be very many. */
export interface ActorTerms {
  /** The name of its class; `""` if that is told with its construction. */
  readonly className: string;
  /** Where it was meant to live. */
  readonly placement: Placement;
  /** True if its calls begin in the order made, also while one waits for its arguments. */
  readonly isSerial: boolean;
  /** How many calls of one thread may be unanswered; `Infinity` for no limit. */
  readonly maxPendingCalls: number;
  /** True if it does not end for want of handles. */
  readonly isDetached: boolean;
}

/** Those of an actor of which nothing was said yet. */
export const USUAL_TERMS: ActorTerms = {
  className: "",
  placement: "inline",
  isSerial: true,
  maxPendingCalls: Infinity,
  isDetached: false,
};
