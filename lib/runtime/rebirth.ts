/**
 * How an actor begins again, on each placement.
 *
 * @module
 */

import { LazyError } from "../base/lazy_error.ts";
import { ActorUnavailableError } from "../base/actor_errors.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import { type ActorAddress, addressAfter, idAt, keyAt } from "../supervise/actor_address.ts";
import type { NewWorker } from "./children.ts";
import { RENEWED, sendKept, startLate } from "./creation.ts";
import { constructKept } from "./inline_actors.ts";
import type { Birth } from "./supervision.ts";
import type { Thread } from "./thread.ts";

/** An actor to start again, and where it was. */
type Reborn = Birth & { readonly address: ActorAddress };

/**
 * Starts an actor's next run. Throws if it cannot be.
 *
 * @param thread The thread that restarts it.
 * @param reborn The actor.
 * @param placed Told where it will be, before it begins.
 * @param ready Called when it is constructed, if that is in this thread; else its thread says so.
 */
export function beginAgain(
  thread: Thread,
  reborn: Reborn,
  placed: (address: ActorAddress) => void,
  ready: () => void,
): void {
  if (reborn.address.ownsThread) beginOnThreads(thread, reborn, placed);
  else beginOnPool(thread, reborn, placed, ready);
}

function beginOnThreads(thread: Thread, reborn: Reborn, placed: (address: ActorAddress) => void): void {
  const { definition, settings, isBridged, kept } = reborn;
  const { crew: before, fault } = reborn.address;
  const { workers, crew } = before !== undefined
    ? thread.crews.make(definition.module, settings.crew!, { origin: fault!.origin })
    : {
      workers: [
        thread.children.make(definition.module, {
          isBridge: isBridged,
          far: settings.far,
          origin: fault!.origin,
        }),
      ],
    };
  const address = addressAfter(reborn.address, fault!.restarts + 1, { thread: workers[0].address, crew });
  placed(address);
  sendKept(thread, workers.map(({ link }) => link), reborn, address, kept);
  const start = (): void => startLate(thread, workers, () => workers.forEach((worker) => worker.start()));
  const threads = workers.map(({ address }) => address);
  if (!thread.admission.putOff(idAt(address), threads, start)) startAll(workers);
}

function startAll(workers: readonly NewWorker[]): void {
  try {
    for (const worker of workers) worker.start();
  } catch (error) {
    for (const worker of workers) worker.discard();
    throw error;
  }
}

function beginOnPool(
  thread: Thread,
  reborn: Reborn,
  placed: (address: ActorAddress) => void,
  ready: () => void,
): void {
  const { board, pool, self } = thread;
  let next = pool.choose();
  let link = next.id === self.id ? undefined : pool.reach(next);
  // One that has ended meanwhile is not chosen again.
  while (link === undefined && !board.isAlive(next)) {
    next = pool.choose();
    link = next.id === self.id ? undefined : pool.reach(next);
  }
  const local = pool.table.give(next);
  const address = addressAfter(reborn.address, reborn.address.fault!.restarts + 1, { thread: next, local });
  placed(address);
  if (next.id === self.id) {
    const actor = expectAgain(thread, address);
    actor.terms = { ...actor.terms, placement: "pool" };
    actor.ownLife.onConstructed = ready;
    return begin(thread, address, () => constructKept(thread, actor, reborn, reborn.kept));
  }
  if (link === undefined) return;
  const { kept } = reborn;
  begin(thread, address, () => sendKept(thread, [link], reborn, address, kept));
}

/** Begins now, or when the actor has what it has been waiting for since its first start. */
function begin(thread: Thread, address: ActorAddress, create: () => void): void {
  // Of one whose arguments are not there yet, too.
  thread.pool.announce(address);
  if (!thread.admission.putOff(idAt(address), [], create)) create();
}

/** Puts a new instance of an actor that lives beside others in place of the old one, of whose life nothing is left. */
export function renew(thread: Thread, reborn: Reborn): void {
  const { address, kept } = reborn;
  const { host, peers, self } = thread;
  if (address.thread.id !== self.id) {
    const link = peers.find(address.thread.id);
    if (link !== undefined) sendKept(thread, [link], reborn, address, kept, RENEWED);
    return;
  }
  const old = host.find(address.local);
  if (old !== undefined) constructKept(thread, renewHere(thread, old, address), reborn, kept);
}

/** An actor of this thread ends, and another one has its number, and its calls from now on. */
export function renewHere(thread: Thread, old: ActorHost, address: Pick<ActorAddress, "fault">): ActorHost {
  const { cells, host, self } = thread;
  const { id, local } = old;
  const actor = host.expect(local, id);
  actor.ownLife.fault = address.fault;
  actor.ownLife.restarts = address.fault?.restarts ?? 0;
  actor.terms = old.terms;
  const cell = cells.find(self.id, local);
  if (cell !== undefined) cells.move(cell, { ...cell.address, fault: address.fault });
  const text = "it was killed, and starts again; the call may or may not have been executed";
  old.end(
    new LazyError(() => new ActorUnavailableError(`Cannot finish a call of ${id}: ${text}`, { actorId: id })),
  );
  thread.pooled?.renewed(old);
  return actor;
}

/** An actor of this thread to come, which has lived elsewhere. */
function expectAgain(thread: Thread, address: ActorAddress): ActorHost {
  const actor = thread.host.expect(address.local, keyAt(address));
  actor.ownLife.fault = address.fault;
  actor.ownLife.restarts = address.fault?.restarts ?? 0;
  actor.terms = { ...actor.terms, maxPendingCalls: address.maxPendingCalls };
  return actor;
}
