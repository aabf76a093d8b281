/**
 * How long a stream's reader waits.
 *
 * @module
 */

import { isOptions, show } from "../define/show.ts";

/** Options of a stream's `next`. */
export interface NextOptions {
  /** Ends the wait when it aborts. The generator goes on. */
  signal?: AbortSignal;
}

/** The signal among the options. Throws `TypeError` for what is none, and for unknown options. */
export function signalOf(options: NextOptions): AbortSignal | undefined {
  if (!isOptions(options)) {
    throw new TypeError(
      `Cannot wait for the next item with ${show(options)}: expected an object of "signal"`,
    );
  }
  const unknown = Object.keys(options).find((name) => name !== "signal");
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot wait for the next item with option "${unknown}": it is unknown, use "signal"`,
    );
  }
  const { signal } = options;
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new TypeError(
    `Cannot wait for the next item with ${show(signal)} as "signal": expected an AbortSignal`,
  );
}
