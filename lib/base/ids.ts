/**
 * The ids that programs see, and the numbers that threads use for them.
 *
 * @module
 */

/** The id of an actor: the same for all handles of one actor, on every thread. */
export type ActorId = `actor-${string}`;

/** The id of an object ref: the same for all copies of one ref, on every thread. */
export type ObjectId = `ref-${string}`;

/** The id of a task: of one call of a method or function. */
export type TaskId = `task-${string}`;

/** What the ids of a child process begin with, so that no two processes of a program give out the same; `""` in the driver's, unless it is on a cluster. */
let place = "";

/** Says what the ids that this thread gives out begin with: once, before the first. */
export function setPlace(prefix: string): void {
  place = prefix;
}

/** Refs are numbered within the thread that owns them; a number and its owner go into one float64 without loss. */
const REF_SPAN = 2 ** 32;

/** Packs a ref's owner and number into the number that goes over the wire. */
export function packRef(thread: number, sequence: number): number {
  return thread * REF_SPAN + sequence;
}

/** The thread that owns a packed ref. */
export function refOwner(packed: number): number {
  return Math.floor(packed / REF_SPAN);
}

/** The id of a packed ref, as programs see it. */
export function objectId(packed: number): ObjectId {
  return `ref-${place}${refOwner(packed).toString(16)}-${(packed % REF_SPAN).toString(16)}`;
}

/** The id of actor `local` of `thread`, as programs see it. */
export function actorId(thread: number, local: number): ActorId {
  return `actor-${place}${thread.toString(16)}-${local.toString(16)}`;
}

/** The thread that has, or had, an actor of this process by that id as its number `local`. */
export function threadOfActor(id: ActorId, local: number): number | undefined {
  const thread = parseInt(id.slice(`actor-${place}`.length), 16);
  return actorId(thread, local) === id ? thread : undefined;
}

/** The id of the task with that number among those that `thread` has numbered. */
export function taskId(thread: number, number: number): TaskId {
  return `task-${place}${thread.toString(16)}-${number.toString(16)}`;
}
