/**
 * Values and names as they stand in messages.
 *
 * @module
 */

import type { AnyClass } from "./class_definition.ts";

/** A value as it may stand in a message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return `${isClass(value) ? "class" : "function"} "${value.name}"`;
  if (typeof value !== "object" || value === null) {
    return typeof value === "bigint" ? `${value}n` : String(value);
  }
  try {
    if (!isPlain(value)) {
      const tag = Object.prototype.toString.call(value).slice(8, -1);
      const name = tag === "Object" ? value.constructor.name : tag;
      return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
    }
    const text = JSON.stringify(value);
    return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  } catch {
    return "an object";
  }
}

/** Longer values are cut in messages. */
const LONGEST_SHOWN = 100;

/** True for classes, which cannot be called. */
export function isClass(value: object): value is AnyClass {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

/** True for an object of options: neither an array nor an instance of a class. */
export function isOptions(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isPlain(value);
}

/** Names for a message: `"a", "b" or "c"`. */
export function list(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length === 1 ? quoted[0] : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
