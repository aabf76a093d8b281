/**
 * What the functions that wait refuse.
 *
 * @module
 */

import { foreignRefNote } from "../base/foreign.ts";
import { show } from "../define/show.ts";
import { ObjectRefGenerator } from "../objects/object_ref_generator.ts";
import { nameKey } from "../registry/name_key.ts";
import { Ref } from "../objects/ref.ts";
import type { Thread } from "../runtime/thread.ts";

/** Refuses a stream where refs are wanted. */
function refuseStream(verb: string, value: unknown, where: string): void {
  if (!(value instanceof ObjectRefGenerator)) return;
  throw new TypeError(
    `Cannot ${verb} a stream${where}: it is many refs, loop over it with "for await (const ref of stream)", or use ` +
      `"stream.completed()" for its end`,
  );
}

/** The refs given, one or many. @internal */
export function refsOf(verb: string, refs: unknown): readonly Ref[] {
  if (refs instanceof Ref) return [refs];
  refuseStream(verb, refs, "");
  if (!Array.isArray(refs)) {
    const right = foreignRefNote(refs) || "expected an ObjectRef or an array of them";
    throw new TypeError(`Cannot ${verb} ${show(refs)}: ${right}`);
  }
  refs.forEach((ref: unknown, index) => {
    refuseStream(verb, ref, ` at index ${index}`);
    if (!(ref instanceof Ref)) {
      const right = foreignRefNote(ref) || "expected an ObjectRef";
      throw new TypeError(`Cannot ${verb} ${show(ref)} at index ${index}: ${right}`);
    }
  });
  return refs as Ref[];
}

/** A name or namespace of actors. @internal */
export function checkName(verb: string, what: string, name: unknown): string {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot ${verb} ${show(name)} as ${what}: expected a string`);
  }
  if (name === "") throw new RangeError(`Cannot ${verb} "" as ${what}: expected a name, which is not empty`);
  // One too long for the table of names is refused here, whatever goes with it.
  nameKey("", name);
  return name;
}

/** Warns once of a blocking wait in an async actor. @internal */
export function warnInAsyncActor(thread: Thread, used: string, instead: string): void {
  if (!thread.inAsyncMethod || thread.hasWarned) return;
  thread.hasWarned = true;
  console.warn(`"${used}" in an async actor blocks all of its calls; use "${instead}"`);
}
