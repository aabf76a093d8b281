/**
 * How long a stream's reader waits.
 *
 * @module
 */

import { checkNames, checkSignal } from "./option_checks.ts";

/** Options of a stream's `next`. */
export interface NextOptions {
  /** Ends the wait when it aborts. The generator goes on. */
  signal?: AbortSignal;
}

const VERB = "wait for the next item";

/** The signal among the options. Throws `TypeError` for what is none, and for unknown options. */
export function signalOf(options: NextOptions): AbortSignal | undefined {
  checkNames(VERB, options, ["signal"]);
  return checkSignal(VERB, options.signal);
}
