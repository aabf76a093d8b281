/**
 * What consoles show of objects whose innards are no program's.
 *
 * @module
 */

/** The method that `console.log` calls, on both runtimes. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;
