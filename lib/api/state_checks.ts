/**
 * What the functions that look at a program refuse.
 *
 * @module
 */

import { list, show } from "../define/show.ts";
import { EVENT_TYPES, type RayEventType } from "../observe/events.ts";
import { checkNames } from "../objects/option_checks.ts";

/** The kinds of events given. @internal */
export function checkKinds(kinds: unknown): ReadonlySet<RayEventType> | undefined {
  if (kinds === undefined) return undefined;
  if (!Array.isArray(kinds)) {
    throw new TypeError(`Cannot read events of kinds ${show(kinds)}: expected an array of kinds`);
  }
  if (kinds.length === 0) {
    throw new RangeError('Cannot read events of no kind: name at least one, or leave out "kinds" for all');
  }
  for (const kind of kinds) {
    if (!EVENT_TYPES.includes(kind)) {
      throw new RangeError(
        `Cannot read events of kind ${show(kind)}: there is none, use ${list(EVENT_TYPES)}`,
      );
    }
  }
  // A gap is news for whoever reads any kind.
  return new Set([...kinds, "events-dropped"]);
}

/** What each field of a filter must be: a string, or one of some. */
type FilterRules = Readonly<Record<string, "a string" | readonly string[]>>;

/** Checks the options of a list; returns what picks the items. @internal */
export function checkList<T extends object>(
  verb: string,
  options: { readonly filter?: object; readonly limit?: number },
  rules: FilterRules,
): (items: T[]) => T[] {
  checkNames(verb, options, ["filter", "limit", "signal"]);
  const { filter = {}, limit = Infinity } = options;
  checkNames(`${verb} with a filter`, filter, Object.keys(rules));
  const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
  for (const [name, value] of wanted) {
    const rule = rules[name];
    if (typeof value !== "string") {
      throw new TypeError(`Cannot ${verb} with ${show(value)} as "${name}": expected a string`);
    }
    if (rule !== "a string" && !rule.includes(value)) {
      throw new RangeError(`Cannot ${verb} with ${show(value)} as "${name}": expected ${list(rule)}`);
    }
  }
  if (typeof limit !== "number") {
    throw new TypeError(`Cannot ${verb} with ${show(limit)} as "limit": expected a number`);
  }
  if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 1)) {
    throw new RangeError(`Cannot ${verb} with ${limit} as "limit": expected an integer of at least 1`);
  }
  return (items) => {
    const found = items.filter((item) => wanted.every(([name, value]) => Reflect.get(item, name) === value));
    return limit === Infinity ? found : found.slice(-limit);
  };
}
