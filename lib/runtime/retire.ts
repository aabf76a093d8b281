/**
 * Graceful ends: an actor does what it was given before, runs its `onShutdown`, and is no more.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import { threadsOf } from "../supervise/actor_address.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import { Frame } from "../wire/frames.ts";
import { type CrewEnd, DISPOSED, EXITED, UNHELD } from "../transport/crew_memory.ts";
import { type DeathNote, isCrash } from "../transport/thread_address.ts";
import { endActor, killCell } from "./actor_ends.ts";
import { deathText } from "./death.ts";
import type { Thread } from "./thread.ts";

/**
 * Lets an actor of this thread come to its end: it takes no more calls. Those that are there are done first; with `isNow` only
 * those that have begun. Returns the error of all others.
 */
export function retireActor(
  thread: Thread,
  actor: ActorHost,
  reason: CrewEnd,
  isNow: boolean,
): ActorDiedError {
  const error = diedOf(actor, reason);
  const { crew } = thread.crews;
  if (crew !== undefined && thread.host.isPrimary(actor)) {
    thread.crews.retire(crew, reason);
    return error;
  }
  thread.names.ended(actor.local);
  actor.retire(error, reason, isNow, () => endNow(thread, actor, reason));
  return error;
}

/** An actor of this thread ends itself. Returns the error of its calls. */
export function exitHere(thread: Thread, actor: ActorHost): ActorDiedError {
  return retireActor(thread, actor, EXITED, true);
}

/** All threads of this one's actor have done what they had begun: this one ends the actor. */
export function endCrew(thread: Thread, actor: ActorHost, reason: CrewEnd): void {
  actor.retire(diedOf(actor, reason), reason, true, () => endNow(thread, actor, reason));
}

function endNow(thread: Thread, actor: ActorHost, reason: CrewEnd): void {
  endActor(thread, actor, reason);
  if (thread.host.isPrimary(actor)) thread.exit({ ending: "ended", text: reason });
}

/** The error of an actor's calls that ends in order. */
function diedOf({ id }: ActorHost, reason: CrewEnd): ActorDiedError {
  return new ActorDiedError(`Cannot call ${id}: it has died, ${reason}`, { actorId: id });
}

/** A thread ends by itself: actors on their way out do not start again, however it ends. */
export function endRetired(thread: Thread, note: DeathNote): void {
  if (!isCrash[note.ending] && note.ending !== "left") return;
  const { crews, host } = thread;
  for (const actor of [...host.actors()]) {
    const reason = actor.retiredFor ?? (host.isPrimary(actor) ? crews.member?.memory.end : undefined);
    if (reason === undefined || actor.deathError !== undefined) continue;
    endActor(thread, actor, `${reason}, and before its last calls had ended ${deathText(note)}`);
  }
}

/** The same of an actor whose handle was disposed of, if it lives. */
export function disposeHere(thread: Thread, local: number): void {
  const actor = thread.host.find(local);
  if (actor !== undefined) retireActor(thread, actor, DISPOSED, false);
}

/** Nobody has a handle of an actor of this thread any more. */
export function retireUnheld(thread: Thread, local: number): void {
  const actor = thread.host.find(local);
  if (actor === undefined || actor.isDetached) return;
  if (actor.deathError !== undefined) return thread.host.forget(actor);
  // For one that lives beyond a border, those who have handles there count too.
  if (thread.membrane !== undefined && !thread.host.isPrimary(actor)) return;
  retireActor(thread, actor, UNHELD, false);
}

/** Ends an actor, wherever it lives, after the calls that this thread has made; fulfilled when it has ended. */
export async function disposeOf(thread: Thread, cell: ActorCell): Promise<void> {
  thread.wait(1);
  try {
    await new Promise<void>((resolve) => cell.whenAnswered(resolve));
    if (cell.deathError === undefined) await retired(thread, cell);
    if (cell.address.ownsThread) {
      await Promise.all(threadsOf(cell.address).map((one) => thread.deathWatch.untilGone(one)));
    }
  } finally {
    thread.wait(-1);
  }
}

function retired(thread: Thread, cell: ActorCell): Promise<void> {
  return new Promise((resolve) => {
    thread.cells.untilEnded(cell).then(resolve);
    const { address } = cell;
    // It would start again without having heard of it.
    const kill = (): void => void killCell(thread, cell);
    // Or has nothing to do before it has begun.
    if (cell.isRestarting || thread.admission.waits(cell.address)) return kill();
    cell.onSuspended = [...cell.onSuspended, kill];
    // Any of its threads may be held; so no message.
    if (address.crew !== undefined) return thread.crews.retire(address.crew, DISPOSED);
    const actor = address.thread.id === thread.self.id ? thread.host.find(address.local) : undefined;
    if (actor !== undefined) return void retireActor(thread, actor, DISPOSED, false);
    const link = thread.peers.find(address.thread.id);
    if (link === undefined) return resolve();
    link.open(Frame.retire).u32(address.local);
    link.seal();
  });
}
