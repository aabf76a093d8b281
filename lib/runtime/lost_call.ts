/**
 * The error of what is not answered because the link to whoever should have is closed.
 *
 * @module
 */

import { OwnerDiedError } from "../base/lost_errors.ts";
import type { Ref } from "../objects/ref.ts";
import type { Thread } from "./thread.ts";

/** Why `ref` has no value: the thread at the other end has ended, for `reason`. */
export function lostErrorOf(thread: Thread, ref: Ref, reason: string): Error {
  return ref.source?.lost?.(ref.taskName, reason) ?? thread.tasks.lostError(ref, reason) ??
    new OwnerDiedError(`Cannot get "${ref.taskName}": the thread that owns it has ended, ${reason}`);
}
