/**
 * Refs and handles of another copy of Manta, which a program may have loaded by another address or in another version. They look the
 * same, and are of no use here.
 *
 * @module
 */

const NOTE = "it is of another copy of Manta, have all modules of the program import the same one";

function tagOf(value: unknown): string {
  return typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : "";
}

/** What a message says of something that is no ref of ours, but looks like one; `""` if it does not. */
export function foreignRefNote(value: unknown): string {
  return tagOf(value) === "[object ObjectRef]" ? NOTE : "";
}

/** The same of handles. */
export function foreignHandleNote(value: unknown): string {
  return tagOf(value).startsWith("[object ActorHandle<") ? NOTE : "";
}
