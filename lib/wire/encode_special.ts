/**
 * The encoder's rules for everything that is not a primitive, a plain object or an array.
 *
 * @module
 */

import type { Movable } from "../base/movable.ts";
import { encodeBuffer, encodeSharedBuffer, encodeView, viewKinds } from "./buffer_codec.ts";
import type { EncodeHooks, Encoding } from "./coding.ts";
import { encodeError } from "./error_codec.ts";
import { classNameOf, Refusal, refuse } from "./refusal.ts";
import { ASIDE, BOXED, DATE, MAP, REGEXP, SET } from "./tags.ts";

/** Writes an object of one built-in class. Throws a `TypeError` if it only looks like one. */
type Rule = (encoder: Encoding, value: never) => void;

// The built-ins' own methods: what a subclass or a field of the object overrides says nothing about the contents, and these
// refuse whatever has not the inner parts of the class.
const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;
const dateTime = Date.prototype.getTime;
const getter = (prototype: object, name: string): () => unknown =>
  Object.getOwnPropertyDescriptor(prototype, name)!.get as () => unknown;
const regexpSource = getter(RegExp.prototype, "source");
const regexpFlags = getter(RegExp.prototype, "flags");

function encodeMap(encoder: Encoding, map: Map<unknown, unknown>): void {
  const entries = mapEntries.call(map);
  encoder.writer.u8(MAP);
  // The count comes last: a getter inside may change the map.
  const at = encoder.writer.pos;
  encoder.writer.u32(0);
  let count = 0;
  for (const [key, item] of entries) {
    encoder.write(key);
    encoder.write(item);
    count++;
  }
  encoder.writer.patchU32(at, count);
}

function encodeSet(encoder: Encoding, set: Set<unknown>): void {
  const values = setValues.call(set);
  encoder.writer.u8(SET);
  const at = encoder.writer.pos;
  encoder.writer.u32(0);
  let count = 0;
  for (const item of values) {
    encoder.write(item);
    count++;
  }
  encoder.writer.patchU32(at, count);
}

function encodeDate(encoder: Encoding, date: Date): void {
  const time = dateTime.call(date);
  encoder.writer.u8(DATE);
  encoder.writer.f64(time);
}

function encodeRegExp(encoder: Encoding, pattern: RegExp): void {
  const source = regexpSource.call(pattern) as string;
  const flags = regexpFlags.call(pattern) as string;
  encoder.writer.u8(REGEXP);
  encoder.writer.string(source);
  encoder.writer.string(flags);
}

/** For a `Number`, `String`, `Boolean` or `BigInt` object; `valueOf` is that of its class. */
function boxed(valueOf: () => unknown): (encoder: Encoding, value: object) => void {
  return (encoder, value) => {
    const inner = valueOf.call(value);
    encoder.writer.u8(BOXED);
    encoder.write(inner);
  };
}

/** In the order in which an object of no exact prototype is tried. */
const classes: readonly (readonly [prototype: object, rule: Rule])[] = [
  [Map.prototype, encodeMap],
  [Set.prototype, encodeSet],
  [Date.prototype, encodeDate],
  [RegExp.prototype, encodeRegExp],
  [ArrayBuffer.prototype, encodeBuffer],
  [SharedArrayBuffer.prototype, encodeSharedBuffer],
  [Number.prototype, boxed(Number.prototype.valueOf)],
  [String.prototype, boxed(String.prototype.valueOf)],
  [Boolean.prototype, boxed(Boolean.prototype.valueOf)],
  [BigInt.prototype, boxed(BigInt.prototype.valueOf)],
];

/** Views are found by their inner parts, not here, when their prototype is not one of these. */
const exact: ReadonlyMap<object, Rule> = new Map<object, Rule>([
  ...classes,
  ...viewKinds.map((kind): [object, Rule] => [kind.prototype, encodeView]),
  ...[Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError]
    .map((kind): [object, Rule] => [kind.prototype, encodeError]),
]);

/** Writes an object (or callable) that has its number already and is neither plain nor an array. */
export function encodeSpecial(encoder: Encoding, value: object, prototype: object, hooks: EncodeHooks): void {
  const rule = typeof value === "object" ? exact.get(prototype) : undefined;
  if (rule !== undefined) return apply(rule, encoder, value);
  if (hooks.encode(value, encoder)) return;
  if (typeof value === "function") throw refuse(value);
  // From here on what is lost is the class: a subclass of a built-in arrives as the built-in, as in structured clone.
  if (ArrayBuffer.isView(value)) return apply(encodeView, encoder, value);
  if (value instanceof Error) return encodeError(encoder, value);
  if (encoder.marked?.has(value) && !(value instanceof ArrayBuffer)) {
    if (encoder.reach !== "thread") {
      throw new Refusal(value, `a ${classNameOf(value)} cannot cross processes; pass an ActorHandle`);
    }
    encoder.transfer.push(value as Movable);
    return encodeAside(encoder, value);
  }
  const inherited = classes.find(([base]) => Object.prototype.isPrototypeOf.call(base, value));
  if (inherited !== undefined) return apply(inherited[1], encoder, value);
  if (isPlain(value, prototype)) return encoder.plain(value);
  throw refuse(value);
}

/** Writes something that only goes beside the bytes. */
function encodeAside(encoder: Encoding, value: object): void {
  encoder.writer.u8(ASIDE);
  encoder.writer.varint(encoder.aside(value));
}

function apply(rule: Rule, encoder: Encoding, value: object): void {
  const start = encoder.writer.pos;
  try {
    rule(encoder, value as never);
  } catch (error) {
    // Nothing written yet: the built-in's own method refused an object that only has its prototype, or a proxy.
    if (error instanceof TypeError && encoder.writer.pos === start) throw refuse(value);
    throw error;
  }
}

/** Whether an object is plain all the same: of another realm, or made from a plain one. */
function isPlain(value: object, prototype: object): boolean {
  const above: unknown = Object.getPrototypeOf(prototype);
  return (above === null || above === Object.prototype) && !Object.hasOwn(value, "constructor") &&
    classNameOf(value) === "Object" && typeof value.constructor === "function";
}
