/**
 * Why a value cannot cross, and where in the message it is. The encoder keeps no path while it works: it throws a
 * {@linkcode Refusal}, and only then a second walk looks for the value.
 *
 * @module
 */

import { SerializationError } from "../base/errors.ts";
import { foreignHandleNote, foreignRefNote } from "../base/foreign.ts";
import { captureStack, programLines } from "../base/stack.ts";
import { defineField } from "./define_field.ts";
import { MAX_DEPTH } from "./limits.ts";

/** Thrown inside the encoder only; never seen outside. */
export class Refusal {
  /**
   * @param value What cannot cross.
   * @param reason Why, and what would be right, as the end of a sentence.
   */
  constructor(readonly value: unknown, readonly reason: string) {}
}

/** What moves but is never copied. */
const movables: ReadonlySet<string> = new Set([
  "MessagePort",
  "ReadableStream",
  "WritableStream",
  "TransformStream",
]);

/** The name of an object's class, without running code of the object's own where that can be avoided. */
export function classNameOf(value: object): string {
  try {
    const name: unknown = value.constructor?.name;
    if (typeof name === "string" && name !== "") return name;
    return Object.prototype.toString.call(value).slice(8, -1);
  } catch {
    return "Object";
  }
}

/** The refusal of a value that no rule covers. */
export function refuse(value: unknown): Refusal {
  if (typeof value === "symbol") return new Refusal(value, "a symbol cannot cross threads; pass a string");
  if (typeof value === "function") {
    if (/^class\b/.test(Function.prototype.toString.call(value))) {
      return new Refusal(value, `class "${value.name}" cannot cross threads; import it there`);
    }
    return new Refusal(value, "a function cannot cross threads; pass data, an ActorHandle, or an ObjectRef");
  }
  const name = classNameOf(value as object);
  if (movables.has(name)) {
    return new Refusal(value, `a ${name} is never copied; move it with transfer(value, [it])`);
  }
  if (name === "Promise") {
    return new Refusal(value, "a Promise cannot cross threads; await it first, or pass an ObjectRef");
  }
  if (name === "Generator" || name === "AsyncGenerator") {
    return new Refusal(
      value,
      "a generator cannot cross threads; make the method itself one (*method), or pass an array of its values",
    );
  }
  if (name === "AbortSignal") {
    return new Refusal(
      value,
      "an AbortSignal cannot cross threads; give it to the call, .options({ signal })",
    );
  }
  const foreign = foreignRefNote(value) || foreignHandleNote(value);
  if (foreign !== "") return new Refusal(value, foreign);
  const article = /^[AEIOU]/.test(name) ? "an" : "a";
  if (Object.hasOwn(globalThis, name) || !hasClass(value as object)) {
    return new Refusal(value, `${article} ${name} cannot cross threads; pass plain data made from it`);
  }
  if ("remote" in (value as object).constructor) {
    return new Refusal(
      value,
      `an instance of remote class "${name}" cannot cross threads; pass the handle that ${name}.remote() gives, or, of itself, ` +
        `runtimeContext().currentActor`,
    );
  }
  return new Refusal(
    value,
    `an instance of class "${name}" cannot cross threads; declare the class @serializable, or pass plain data`,
  );
}

/** The refusal of a value at which the limit of depth was passed. */
export function tooDeep(value: unknown): Refusal {
  return new Refusal(value, `it is nested more than ${MAX_DEPTH} levels deep; pass it in a flatter form`);
}

/** False for what no class of the user's made: generators, iterators and the like. */
function hasClass(value: object): boolean {
  try {
    return typeof value.constructor === "function";
  } catch {
    return false;
  }
}

/** One line on a value, to stand where the value itself cannot. */
export function describeRefused(value: unknown): string {
  if (typeof value === "function") return value.name === "" ? "[function]" : `[function ${value.name}]`;
  if (typeof value === "object" && value !== null) return `[object ${classNameOf(value)}]`;
  return `[${String(value)}]`;
}

/** Frames that are looked through for the program's: an encoder lies deeper in Manta than a stack of the usual length shows. */
const FRAMES = 50;

/** The error for a value found below `root`. Its stack begins with the program's own line; a result has none. */
export function serializationError(refusal: Refusal, root: unknown, rootName: string): SerializationError {
  const path = findPath(root, refusal.value, rootName);
  const error = new SerializationError(`Cannot serialize "${path}": ${refusal.reason}`, path);
  const lines = programLines(captureStack(FRAMES).stack);
  const first = lines.findIndex((line) => !/<anonymous>\)|\b(?:native|ext|node):/.test(line));
  const own = first < 0 ? [] : lines.slice(first);
  defineField(error, "stack", [`${error.name}: ${error.message}`, ...own].join("\n"), false);
  return error;
}

/** A value on the walk, and the way to it. */
interface Step {
  readonly value: unknown;
  readonly name: string;
  readonly parent: Step | undefined;
}

/** Where `target` is first met below `root`; the root's own name if it cannot be found again (a getter made it). */
export function findPath(root: unknown, target: unknown, rootName: string): string {
  const seen = new Set<unknown>();
  // A stack of our own: what is looked for may lie deeper than calls can.
  const stack: Step[] = [{ value: root, name: rootName, parent: undefined }];
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    if (step.value === target) return pathOf(step);
    if (typeof step.value !== "object" || step.value === null || seen.has(step.value)) continue;
    seen.add(step.value);
    const children: Step[] = [];
    try {
      collect(step, children);
    } catch {
      // A getter or a proxy that throws: go on beside it.
    }
    // The first child on top, so that the walk meets values in the encoder's order.
    while (children.length > 0) stack.push(children.pop() as Step);
  }
  return rootName;
}

function collect(parent: Step, children: Step[]): void {
  const value = parent.value as object;
  // What an error holds is never the reason: an error arrives without it.
  if (value instanceof Error) return;
  if (ArrayBuffer.isView(value)) {
    children.push({ value: value.buffer, name: "", parent });
    return;
  }
  if (value instanceof Map) {
    let index = 0;
    for (const [key, item] of value) {
      const name = typeof key === "string"
        ? JSON.stringify(key)
        : typeof key === "object"
        ? `key ${index}`
        : String(key);
      children.push({ value: key, name: `[key ${index}]`, parent });
      children.push({ value: item, name: `.get(${name})`, parent });
      index++;
    }
  } else if (value instanceof Set) {
    let index = 0;
    for (const item of value) children.push({ value: item, name: `[item ${index++}]`, parent });
  } else {
    const array = Array.isArray(value);
    for (const key of Object.keys(value)) {
      const item = (value as Record<string, unknown>)[key];
      const name = array && /^\d+$/.test(key)
        ? `[${key}]`
        : /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
        ? `.${key}`
        : `[${JSON.stringify(key)}]`;
      children.push({ value: item, name, parent });
    }
  }
}

/** Longer paths are cut in the middle: their ends are what tells. */
const LONGEST_PATH = 200;

function pathOf(step: Step): string {
  const names: string[] = [];
  for (let at: Step | undefined = step; at !== undefined; at = at.parent) names.push(at.name);
  const path = names.reverse().join("");
  return path.length <= LONGEST_PATH ? path : `${path.slice(0, 120)}…${path.slice(-60)}`;
}
