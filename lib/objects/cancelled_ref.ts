/**
 * Refs of calls that were cancelled after they had left: whatever the answer is, it is `TaskCancelledError`.
 *
 * @module
 */

import { ActorError } from "../base/actor_errors.ts";
import { TaskCancelledError } from "../base/cancel_error.ts";
import { PENDING, Ref } from "./ref.ts";

/** The error of a task that its caller cancelled. */
export function cancelledError(taskName: string): TaskCancelledError {
  return new TaskCancelledError(`Cannot get "${taskName}": it was cancelled`);
}

/**
 * What takes the answer in the place of `ref`, which is rejected when it comes: with `TaskCancelledError`, or with the death of the
 * actor.
 */
export function takerOf(ref: Ref): Ref {
  const { source } = ref;
  const taker = new Ref(ref.home, ref.taskName, source);
  ref.source = source && {
    actorId: source.actorId,
    activity: () => source.activity(),
    fulfiller: () => source.fulfiller(),
    answered: () => {},
    cancel: () => {},
  };
  taker.observe({
    settled() {
      if (ref.status !== PENDING) return;
      ref.reject(taker.value instanceof ActorError ? taker.value : cancelledError(ref.taskName));
    },
  });
  return taker;
}
