/**
 * Calls of actors of the runtime's own, such as the gateway and the desks of names.
 *
 * @module
 */

import { TaskError } from "../base/task_error.ts";
import { FAILED, PENDING, type Ref } from "../objects/ref.ts";
import type { Thread } from "./thread.ts";

/** Blocks until such a call has its answer. Throws what it failed with. */
export function answerOf<T>(thread: Thread, call: PromiseLike<T>): T {
  const ref = call as Ref<T>;
  if (ref.status === PENDING) thread.block(() => ref.status !== PENDING, Infinity, [ref]);
  if (ref.status !== FAILED) return ref.value as T;
  thread.failureRead(ref);
  throw ref.value;
}

/** What such an actor threw: the program did not call it, and hears of that as of an error of its own call. */
export function causeOf(error: unknown): unknown {
  return error instanceof TaskError ? error.cause : error;
}
