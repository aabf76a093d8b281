/**
 * What the board says of the end of a run of an actor.
 *
 * @module
 */

import { type ActorAddress, threadsOf } from "../supervise/actor_address.ts";
import type { EndedIncarnation } from "../supervise/restart_policy.ts";
import type { Board } from "../transport/board.ts";
import { type DeathNote, isCrash } from "../transport/thread_address.ts";

/** Why an actor's thread has ended. Of several, one that was ended on purpose counts before one that crashed. */
export function noteOf(board: Board, address: ActorAddress): DeathNote {
  const threads = threadsOf(address).filter((thread) => !board.isAlive(thread));
  const notes = (threads.length === 0 ? [address.thread] : threads).map((thread) => board.deathNote(thread));
  const own = notes.filter(({ ending }) => ending !== "crew ended");
  return own.find(({ ending }) => !isCrash[ending]) ?? own[0] ?? notes[0];
}

/** What decides whether the actor starts again. */
export function endOf(board: Board, address: ActorAddress): EndedIncarnation {
  const { maxRestarts, owner, restarts } = address.fault!;
  const { ending } = noteOf(board, address);
  return { ending, restarts, maxRestarts, ownerLives: board.isAlive(owner) };
}
