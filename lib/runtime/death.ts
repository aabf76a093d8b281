/**
 * Why a thread ended, in words.
 *
 * @module
 */

import { LazyError } from "../base/lazy_error.ts";
import { ActorDiedError } from "../base/actor_errors.ts";
import type { ClassShape } from "../define/class_definition.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { DeathNote } from "../transport/thread_address.ts";

/** Why an actor ends with another one. */
export const OWNER_ENDED = "the actor that made it has ended";

/** The end of a thread that ended itself: with code 0 it wanted to, as in Ray, and is not started again. */
export function exitNote(code: unknown): DeathNote {
  return { ending: code ? "exited" : "left", text: `with code ${code ?? 0}` };
}

/** The end of a sentence such as "it has died, …". */
export function deathText({ ending, text }: DeathNote): string {
  switch (ending) {
    case "killed":
    case "stopped":
      return "it was killed";
    case "exited":
    case "left":
      return `its thread ended itself ${text}`.trimEnd();
    case "crashed":
      return `its thread crashed with ${text || "an error"}`;
    case "owner ended":
      return OWNER_ENDED;
    case "shut down":
      return "the runtime was shut down";
    case "not made":
      return text || "it could not be made";
    case "broken link":
      return `its thread was ended: ${text}`;
    case "ended":
    case "crew ended":
      return text;
    case "process ended":
      return `its process ${text}`;
    case "unknown":
      return "its thread has ended";
  }
}

/** The error of calls to an actor that has died, for `reason`. */
export function diedError(cell: ActorCell, reason: string): LazyError<ActorDiedError> {
  return new LazyError(() => {
    const { actorId, shape } = cell;
    return new ActorDiedError(diedText(actorId, shape, reason), { actorId });
  });
}

/** What it says. */
export function diedText(id: string, { name }: ClassShape, reason: string): string {
  return `Cannot call ${id} (${name}): it has died, ${reason}`;
}
