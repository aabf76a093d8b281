/**
 * What an actor is doing, as others can see it.
 *
 * @module
 */

import type { ActorActivity } from "../base/errors.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { Thread } from "./thread.ts";

/** What an actor is doing, without the count of unanswered calls, which is the cell's own. */
export function activityOf(
  thread: Thread,
  { address, shape, isRestarting }: ActorCell,
): Omit<ActorActivity, "pending"> {
  const { admission, board, clock } = thread;
  const waitsFor = admission.waitOf(address);
  if (waitsFor !== undefined) return { method: undefined, elapsed: 0, running: 0, waitsFor };
  if (isRestarting) return { method: undefined, elapsed: 0, running: 0, isRestarting };
  const { actor, method, since, running } = address.crew === undefined
    ? board.activity(address.thread)
    : thread.crews.activity(address.crew);
  if (actor === 0) return { method: undefined, elapsed: 0, running };
  const elapsed = Math.max(0, clock.now() - since);
  if (actor !== address.local) return { method: "another actor of its thread", elapsed, running };
  const name = method < 0 ? "constructor" : shape.methods[method]?.name ?? "another method";
  return { method: `${shape.name}.${name}`, elapsed, running: running + 1 };
}
