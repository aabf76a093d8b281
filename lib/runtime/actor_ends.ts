/**
 * How actors end.
 *
 * @module
 */

import { foreignHandleNote } from "../base/foreign.ts";
import { LazyError } from "../base/lazy_error.ts";
import { withoutStacks } from "../base/stack.ts";
import { ActorDiedError } from "../base/actor_errors.ts";
import { actorId } from "../base/ids.ts";
import { describeThrown } from "../base/task_error.ts";
import { ownerOf } from "../call/handle.ts";
import { show } from "../define/show.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import { Ref } from "../objects/ref.ts";
import { type ActorAddress, isRestartable, threadsOf } from "../supervise/actor_address.ts";
import { ActorCell } from "../supervise/actor_cell.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { DeathNote, ThreadAddress } from "../transport/thread_address.ts";
import { Frame } from "../wire/frames.ts";
import type { Thread } from "./thread.ts";

/** How long that may take, in milliseconds: a thread that is blocked reads nothing. */
const PATIENCE = 1_000;

/** An actor of this thread could not be made: `cause` is why, in step `step`. Its thread ends, if it was made for it. */
export function reportEnd(
  thread: Thread,
  actor: ActorHost,
  cause: unknown,
  step = "its constructor threw",
): void {
  // What unwinds a thread that others have ended is no cause: they have said why.
  if (thread.host.isPrimary(actor) && !thread.board.isAlive(thread.self)) return;
  const text = `${step} ${describeThrown(cause)}`;
  endActor(thread, actor, text, { cause });
  if (!thread.host.isPrimary(actor)) return;
  untilTold(thread);
  thread.exit({ ending: "not made", text });
}

/** Before a thread ends: waits a while for the others to read what is written. A ring that is full would keep the rest from them. */
export function untilTold(thread: Thread): void {
  thread.observation.flush();
  const isFar = (link: PeerLink): boolean => thread.membrane?.of(link) !== undefined;
  thread.loop.block(() => thread.peers.all().every((link) => isFar(link) || link.flush()), PATIENCE);
}

/** Ends an actor of this thread, and tells all threads with a link to this one. */
export function endActor(thread: Thread, actor: ActorHost, reason: string, options: ErrorOptions = {}): void {
  const death = new LazyError(() => {
    const { definition, id } = actor;
    const name = definition === undefined ? id : `${id} (${definition.shape.name})`;
    return new ActorDiedError(`Cannot call ${name}: it has died, ${reason}`, { actorId: id, ...options });
  });
  const isFirst = !actor.hasEnded;
  // Before its calls fail.
  if (isFirst) thread.observation.actorDied(actor, reason);
  actor.end(death);
  thread.holders.forget(actor.local);
  thread.streams.readerEnded(actor);
  if (isFirst) thread.pooled?.ended(actor);
  thread.cells.ended(thread.self.id, actor.local, death);
  if (!("cause" in options)) thread.host.forget(actor);
  thread.names.ended(actor.local);
  for (const link of thread.peers.all()) {
    link.open(Frame.actorEnded).u32(actor.local);
    thread.values.finishThrown(link, death.error);
  }
}

/** Tells a thread of the end of an actor of this one, which it did not know of, and may wait for. */
export function sayEnded(thread: Thread, link: PeerLink, local: number, reason = ""): void {
  const id = actorId(thread.self.id, local);
  const error = thread.host.deathOf(local) ??
    new ActorDiedError(`Cannot call ${id}: it has died${reason}`, { actorId: id });
  link.open(Frame.actorEnded).u32(local);
  thread.values.finishThrown(link, error);
}

/** Ends an actor, wherever it lives; fulfilled when it has ended. Throws at once if `handle` is none. */
export function killActor(thread: Thread, handle: unknown, noRestart: boolean): Promise<void> {
  const cell = ownerOf(handle);
  if (!(cell instanceof ActorCell)) {
    const right = handle instanceof Ref
      ? "expected an actor's handle, use cancel(ref) to end a call"
      : foreignHandleNote(handle) || "expected an actor's handle";
    throw new TypeError(`Cannot kill ${show(handle)}: ${right}`);
  }
  // One of a runtime that was shut down has ended, and another may have its number in this one.
  return cell.home === thread ? killCell(thread, cell, noRestart) : Promise.resolve();
}

/** The same with the actor's cell. */
export function killCell(thread: Thread, cell: ActorCell, noRestart = true): Promise<void> {
  return isRestartable(cell.address) ? thread.restarts.kill(cell, noRestart) : kill(thread, cell, noRestart);
}

/** Marks an actor's threads dead. If this one is among them, what it says from now on is nobody's to hear. */
export function killThreads(thread: Thread, threads: readonly ThreadAddress[], note: DeathNote): void {
  const isOwn = threads.some(({ id }) => id === thread.self.id);
  if (isOwn) {
    thread.observation.flush();
    thread.loop.flush();
  }
  for (const one of threads) thread.board.markDead(one, note);
  if (isOwn) { for (const link of thread.peers.all()) link.isMuted = true; }
  // A call that follows at once must not be answered by a thread that has not heard of its end yet.
  if (!isOwn && !thread.values.isBusy) thread.loop.poll();
  thread.loop.schedule();
}

/** Asks the thread of an actor to end it; `startsAgain` is for one of another process, where it may. */
export function sendKill(link: PeerLink, { local }: ActorAddress, startsAgain = false): void {
  const out = link.open(Frame.kill);
  out.u32(local);
  out.u8(startsAgain ? 1 : 0);
  link.seal();
}

/** Ends an actor that this process does not start again; one of another process may, unless `noRestart`. */
export async function kill(thread: Thread, cell: ActorCell, noRestart = true): Promise<void> {
  const { address } = cell;
  const actor = address.thread.id === thread.self.id ? thread.host.find(address.local) : undefined;
  if (address.ownsThread) {
    const threads = threadsOf(address);
    killThreads(thread, threads, { ending: "killed", text: "" });
    await Promise.all(threads.map((one) => thread.deathWatch.untilGone(one)));
  } else if (actor !== undefined) endActor(thread, actor, "it was killed");
  else if (!cell.hasEnded) {
    const link = thread.peers.find(address.thread.id);
    if (link === undefined) return;
    const startsAgain = !noRestart && address.id !== undefined;
    if (startsAgain) return sendKill(link, address, true);
    const ended = thread.cells.untilEnded(cell);
    sendKill(link, address);
    thread.wait(1);
    await ended;
    thread.wait(-1);
  }
}

/** The runtime ends: so do all actors of this thread, and all that it knows. */
export function endAll({ cells, host }: Thread, reason: string): void {
  // There may be a million of them, and each of their errors would look for its stack.
  withoutStacks(() => {
    cells.breakAll(reason);
    host.endAll(reason);
  });
}
