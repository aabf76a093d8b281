/**
 * Actors that this thread has made and may have to start again: it keeps what that needs, and tells others where they are.
 *
 * @module
 */

import type { RayError } from "../base/errors.ts";
import { ActorDiedError, ActorUnavailableError } from "../base/actor_errors.ts";
import { actorId } from "../base/ids.ts";
import { describeThrown } from "../base/task_error.ts";
import type { ClassDefinition } from "../define/class_definition.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import { type EndedIncarnation, isUsedUp, mayRestart } from "../supervise/restart_policy.ts";
import type { Board } from "../transport/board.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { endActor } from "./actor_ends.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { PRIMARY, sendKept } from "./actors.ts";
import { constructKept } from "./inline_actors.ts";
import { diedError } from "./cells.ts";
import { deathText } from "./death.ts";
import type { Thread } from "./thread.ts";
import type { KeptArguments } from "./when_ready.ts";

/** What each start of an actor needs. */
export interface Birth {
  readonly definition: ClassDefinition;
  readonly settings: ActorSettings;
  readonly kept: KeptArguments;
}

/** An actor that this thread has made and may have to start again. */
export interface Supervised extends Birth {
  readonly cell: ActorCell;
  /** Its present thread. */
  thread: ThreadAddress;
  /** How often it was restarted. */
  restarts: number;
  /** The threads that wait to hear where it is. */
  readonly askers: Set<number>;
}

/** So many ends are remembered, for those who ask late. */
const MAX_ENDED = 256;

/** The actors that one thread starts again. */
export class Supervision {
  readonly #thread: Thread;
  readonly #byId = new Map<string, Supervised>();
  readonly #byThread = new Map<number, Supervised>();
  readonly #ended = new Map<string, RayError>();

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** This thread has made an actor that may be restarted. */
  supervise(cell: ActorCell, birth: Birth): void {
    const { thread, ownsThread } = cell.address;
    const supervised: Supervised = { ...birth, cell, thread, restarts: 0, askers: new Set() };
    this.#byId.set(cell.actorId, supervised);
    if (ownsThread) this.#byThread.set(thread.id, supervised);
    cell.onBroken.push(() => this.#end(supervised));
  }

  /** The actor of this thread's making that lives in that one. */
  cellOn(thread: number): ActorCell | undefined {
    return this.#byThread.get(thread)?.cell;
  }

  /** A thread has died: the actor that this thread made there starts again, or has ended. */
  died(thread: number): void {
    const supervised = this.#byThread.get(thread);
    if (supervised === undefined) return;
    const { cell } = supervised;
    const end = endOf(this.#thread.board, supervised.thread, cell.address.fault!, supervised.restarts);
    if (!mayRestart(end)) {
      const reason = deathText(this.#thread.board.deathNote(supervised.thread));
      return cell.break(diedError(cell, isUsedUp(end) ? `${reason}, and its restarts are used up` : reason));
    }
    this.#byThread.delete(thread);
    cell.suspend();
    this.#restart(supervised);
  }

  #restart(supervised: Supervised): void {
    const { cell, definition, settings, kept } = supervised;
    const { actorId, shape } = cell;
    supervised.restarts++;
    const restarted = { origin: cell.address.fault!.origin, restarts: supervised.restarts };
    try {
      const worker = this.#thread.children.make(definition.module, { restarted });
      this.#thread.names.table.move(cell.address, { ...cell.address, thread: worker.address });
      supervised.thread = worker.address;
      this.#byThread.set(worker.address.id, supervised);
      const { fault } = addressAfter(cell.address, supervised.restarts);
      sendKept(this.#thread, worker.link, definition, settings, fault, kept);
      try {
        worker.start();
      } catch (error) {
        worker.discard();
        throw error;
      }
    } catch (cause) {
      const text = `it has died, and could not be started again: ${describeThrown(cause)}`;
      cell.break(new ActorDiedError(`Cannot call ${actorId} (${shape.name}): ${text}`, { actorId, cause }));
    }
  }

  /** A restarted actor has been constructed. */
  ready(link: PeerLink): void {
    const supervised = this.#byThread.get(link.peer.id);
    if (supervised === undefined) return;
    const { cell, thread, restarts, askers } = supervised;
    this.#thread.cells.move(cell, { ...addressAfter(cell.address, restarts), thread });
    for (const asker of askers) this.#answer(asker, supervised);
    askers.clear();
  }

  /** Another thread wants to know where an actor is. */
  wanted(link: PeerLink, reader: Reader): void {
    const [origin, local, known] = [reader.u32(), reader.u32(), reader.u32()];
    const id = actorId(origin, local);
    const supervised = this.#byId.get(id);
    if (supervised === undefined) {
      const error = this.#ended.get(id) ??
        new ActorDiedError(`Cannot call ${id}: it has died, and its end was long ago`, { actorId: id });
      return this.#sendGone(link, origin, local, error);
    }
    const { cell, askers } = supervised;
    // One that knows of no later run than this thread has heard of its death before this one did.
    if (cell.isRestarting || cell.address.fault!.restarts <= known) askers.add(link.peer.id);
    else this.#answer(link.peer.id, supervised);
  }

  #answer(asker: number, { cell, thread, restarts }: Supervised): void {
    const { peers } = this.#thread;
    const link = peers.find(asker);
    if (link === undefined) return;
    const isAcquainted = link.acquainted.has(thread.id) || asker === thread.id;
    const introduction = isAcquainted ? undefined : peers.introduce(link, thread.id);
    const out = link.open(Frame.actorAt);
    for (const word of [cell.address.fault!.origin, cell.address.local, restarts, thread.id, thread.slot]) {
      out.u32(word);
    }
    if (introduction === undefined) return link.seal();
    link.seal([introduction.end], [introduction.end.port]);
    introduction.announce();
  }

  /** The actor of this thread's making with that id, until it has ended for good. */
  find(id: string): Supervised | undefined {
    return this.#byId.get(id);
  }

  /** An actor has ended for good. */
  #end(supervised: Supervised): void {
    const { cell, thread, askers } = supervised;
    const error = cell.deathError!;
    this.#byId.delete(cell.actorId);
    this.#byThread.delete(thread.id);
    this.#thread.cells.forget(cell);
    this.#ended.set(cell.actorId, error);
    if (this.#ended.size > MAX_ENDED) this.#ended.delete(this.#ended.keys().next().value!);
    for (const asker of askers) {
      const link = this.#thread.peers.find(asker);
      if (link !== undefined) this.#sendGone(link, cell.address.fault!.origin, cell.address.local, error);
    }
  }

  #sendGone(link: PeerLink, origin: number, local: number, error: RayError): void {
    const out = link.open(Frame.actorGone);
    out.u32(origin);
    out.u32(local);
    this.#thread.values.finishThrown(link, error);
  }

  /** Another thread ends an actor, which may start again if it says so. */
  stop(reader: Reader): void {
    const supervised = this.#byId.get(actorId(reader.u32(), reader.u32()));
    const startsAgain = reader.u8() === 1;
    if (supervised !== undefined) this.end(supervised, startsAgain);
  }

  /** Ends an actor: for good, or this run of it. */
  end(supervised: Supervised, startsAgain: boolean): void {
    const { cell, thread } = supervised;
    const { board, host } = this.#thread;
    if (!cell.address.ownsThread) {
      const actor = host.find(cell.address.local);
      if (actor === undefined) return;
      return startsAgain ? this.#renew(supervised) : endActor(this.#thread, actor, "it was killed");
    }
    board.markDead(thread, { ending: startsAgain ? "stopped" : "killed", text: "" });
    if (!startsAgain) cell.break(diedError(cell, "it was killed"));
    this.#thread.loop.schedule();
  }

  /** A new instance of an inline actor, in place of the old one. */
  #renew(supervised: Supervised): void {
    const { cell, definition, settings, kept } = supervised;
    const { cells, host } = this.#thread;
    const { address, actorId } = cell;
    const old = host.find(address.local)!;
    const { maxRestarts } = address.fault!;
    if (!mayRestart({ ending: "stopped", restarts: supervised.restarts, maxRestarts, ownerLives: true })) {
      return endActor(this.#thread, old, "it was killed, and its restarts are used up");
    }
    const actor = host.expect(actorId, address.local);
    const next = addressAfter(address, ++supervised.restarts);
    actor.fault = next.fault;
    actor.maxPendingCalls = address.maxPendingCalls;
    cells.move(cell, next);
    const text = "it was killed, and starts again; the call may or may not have been executed";
    old.end(new ActorUnavailableError(`Cannot finish a call of ${actorId}: ${text}`, { actorId }));
    constructKept(this.#thread, actor, definition, settings.maxConcurrency, kept);
  }
}

/** An actor's address after so many restarts. */
export function addressAfter(address: ActorAddress, restarts: number): ActorAddress {
  return { ...address, fault: { ...address.fault!, restarts } };
}

/** What is known of the end of an actor's thread. */
export function endOf(
  board: Board,
  thread: ThreadAddress,
  { maxRestarts, owner }: FaultSettings,
  restarts: number,
): EndedIncarnation {
  const { ending } = board.deathNote(thread);
  return { ending, restarts, maxRestarts, ownerLives: board.isAlive(owner) };
}

/** Tells the owner that this thread's actor, which was restarted, has been constructed. */
export function sendReady(thread: Thread, owner: number): void {
  const link = thread.peers.find(owner);
  if (link === undefined) return;
  link.open(Frame.actorReady).u32(PRIMARY);
  link.seal();
}
