/**
 * What all that takes options refuses.
 *
 * @module
 */

import { isOptions, list, show } from "../define/show.ts";
import { Ref } from "./ref.ts";

/** What stands for options that were not given; they need no look. */
export const NO_OPTIONS: Record<never, never> = {};

/** Refuses what is no object of options, and names that it must not have. */
export function checkNames(verb: string, options: unknown, names: readonly string[]): void {
  if (!isOptions(options)) {
    const right = options instanceof Ref ? ", give several refs as one array" : "";
    throw new TypeError(
      `Cannot ${verb} with ${show(options)} as options: expected an object of ${list(names)}${right}`,
    );
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) {
      throw new TypeError(`Cannot ${verb} with option "${name}": it is unknown, use ${list(names)}`);
    }
  }
}

/** A timeout in milliseconds; `Infinity` if none was given. */
export function checkTimeout(verb: string, timeout: unknown): number {
  if (timeout === undefined) return Infinity;
  if (typeof timeout !== "number") {
    throw new TypeError(
      `Cannot ${verb} with ${show(timeout)} as "timeout": expected milliseconds as a number`,
    );
  }
  if (Number.isNaN(timeout) || timeout < 0) {
    throw new RangeError(`Cannot ${verb} with ${timeout} as "timeout": expected milliseconds from 0 on`);
  }
  return timeout;
}

/** A signal, if one was given. */
export function checkSignal(verb: string, signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal as AbortSignal | undefined;
  throw new TypeError(`Cannot ${verb} with ${show(signal)} as "signal": expected an AbortSignal`);
}

/** An option that is true or false, if it was given. */
export function checkFlag(verb: string, name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  throw new TypeError(`Cannot ${verb} with ${show(value)} as "${name}": expected true or false`);
}
