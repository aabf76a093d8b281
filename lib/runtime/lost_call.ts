/**
 * The error of what is not answered because the link to whoever should have is closed.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import { OwnerDiedError } from "../base/lost_errors.ts";
import type { Ref } from "../objects/ref.ts";
import { ActorCell } from "../supervise/actor_cell.ts";
import type { Thread } from "./thread.ts";

/** Why `ref` has no value: the thread at the other end has ended, for `reason`. */
export function lostErrorOf(thread: Thread, ref: Ref, reason: string): Error {
  const { source } = ref;
  // It has said itself why it ended, and that error knows more.
  if (source instanceof ActorCell && source.deathError?.cause !== undefined) return source.deathError;
  const id = source?.actorId;
  if (id !== undefined) {
    return new ActorDiedError(`Cannot finish "${ref.taskName}": ${id} has died, ${reason}`, { actorId: id });
  }
  return thread.tasks.lostError(ref, reason) ??
    new OwnerDiedError(`Cannot get "${ref.taskName}": the thread that owns it has ended, ${reason}`);
}
