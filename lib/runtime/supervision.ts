/**
 * Actors that this thread has made and may have to start again: it keeps what that needs, and tells others where they are.
 *
 * @module
 */

import { LazyError } from "../base/lazy_error.ts";
import { ActorDiedError } from "../base/actor_errors.ts";
import { systemClock } from "../base/clock.ts";
import { type ActorId, actorId } from "../base/ids.ts";
import { describeThrown } from "../base/task_error.ts";
import { type ActorAddress, addressAfter, keyAt, threadsOf } from "../supervise/actor_address.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import { RestartQueue } from "../supervise/restart_queue.ts";
import { isUsedUp, mayRestart } from "../supervise/restart_policy.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { Reader } from "../wire/reader.ts";
import { endActor, sendKill } from "./actor_ends.ts";
import type { Creation } from "./creation.ts";
import { deathText, diedText, OWNER_ENDED } from "./death.ts";
import { EndedActors } from "./ended_actors.ts";
import { beginAgain, renew } from "./rebirth.ts";
import { endOf, noteOf } from "./run_end.ts";
import type { Thread } from "./thread.ts";
import type { KeptArguments } from "./when_ready.ts";
import { sendAt, sendGone } from "./whereabouts.ts";

/** What each start of an actor needs. */
export interface Birth extends Creation {
  readonly kept: KeptArguments;
}

/** An actor that this thread has made and may have to start again. */
export interface Supervised extends Birth {
  /** Its id, which begins with that of its first thread. */
  readonly id: ActorId;
  /** Where its present run is, or will be. */
  address: ActorAddress;
  /** What calls from here wait in, while it restarts; else cells are held weakly. */
  cell: ActorCell | undefined;
  /** True between a crash and the word of the next run. */
  isRestarting: boolean;
  /** The threads that wait to hear where it is. */
  readonly askers: Set<number>;
}

/** The actors that one thread starts again. */
export class Supervision {
  readonly #thread: Thread;
  readonly #byId = new Map<string, Supervised>();
  /** By the thread and the number of the present run. */
  readonly #byPlace = new Map<string, Supervised>();
  readonly #onThread = new Map<number, Set<Supervised>>();
  readonly #ended = new EndedActors();
  /** Actors that others have made, and who did. */
  readonly #adopted = new Map<Supervised, ThreadAddress>();
  /** The next runs that wait until there are fewer dead threads. */
  readonly queue: RestartQueue;

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    // Threads end in real time, whatever clock the program uses.
    this.queue = new RestartQueue((dead) => thread.board.isGone(dead), systemClock);
    thread.children.onEnded = () => this.queue.proceed();
  }

  /** This thread has made an actor that may be restarted. */
  supervise(address: ActorAddress, birth: Birth): void {
    const id = keyAt(address);
    const supervised: Supervised = {
      ...birth,
      id,
      address,
      cell: undefined,
      isRestarting: false,
      askers: new Set(),
    };
    this.#byId.set(id, supervised);
    this.#place(supervised);
  }

  /** This thread, the driver, is to look after an actor that `maker` has made, and whose arguments come later. */
  adopt(address: ActorAddress, birth: Birth, maker: ThreadAddress): void {
    this.supervise(address, birth);
    this.#adopted.set(this.#byId.get(keyAt(address))!, maker);
    this.deaths();
  }

  /** Some thread has died: looks for those of adopted actors, to which there may be no link, and for their makers. */
  deaths(): void {
    const { board } = this.#thread;
    for (const [supervised, maker] of this.#adopted) {
      const { address: { thread }, id, kept } = supervised;
      if (this.#byId.get(id) !== supervised) this.#adopted.delete(supervised);
      else if (!kept.areThere && !board.isAlive(maker)) this.end(supervised, false, OWNER_ENDED);
      else if (!board.isAlive(thread)) this.died(thread.id);
    }
  }

  #place(supervised: Supervised): void {
    const { address } = supervised;
    for (const { id } of threadsOf(address)) {
      this.#byPlace.set(actorId(id, address.local), supervised);
      let there = this.#onThread.get(id);
      if (there === undefined) this.#onThread.set(id, there = new Set());
      there.add(supervised);
    }
  }

  #displace(supervised: Supervised): void {
    const { address } = supervised;
    for (const { id } of threadsOf(address)) {
      this.#byPlace.delete(actorId(id, address.local));
      const there = this.#onThread.get(id);
      there?.delete(supervised);
      if (there?.size === 0) this.#onThread.delete(id);
    }
  }

  /** The cell of the actor of this thread's making that lives in that place. */
  cellAt(thread: number, local: number): ActorCell | undefined {
    const supervised = this.#byPlace.get(actorId(thread, local));
    return supervised && this.#cellOf(supervised);
  }

  #cellOf({ cell, id }: Supervised): ActorCell | undefined {
    return cell ?? this.#thread.cells.get(id);
  }

  /** This thread has a new cell of an actor of its making: tells it how things stand. */
  join(cell: ActorCell): void {
    const supervised = this.#byId.get(keyAt(cell.address));
    if (supervised === undefined) {
      const error = this.#ended.of(cell.actorId);
      return cell.break(new LazyError(() => error));
    }
    if (supervised.isRestarting) {
      supervised.cell = cell;
      cell.suspend();
    } else if (cell.address.fault!.restarts !== supervised.address.fault!.restarts) {
      this.#thread.cells.move(cell, supervised.address);
    }
  }

  /** A thread has died: the actors that this thread made there start again, or have ended. */
  died(thread: number): void {
    for (const supervised of [...this.#onThread.get(thread) ?? []]) this.#lost(supervised);
  }

  #lost(supervised: Supervised): void {
    const { address } = supervised;
    const { board } = this.#thread;
    const end = endOf(board, address);
    const reason = deathText(noteOf(board, address));
    if (!mayRestart(end)) {
      return this.#died(supervised, isUsedUp(end) ? `${reason}, and its restarts are used up` : reason);
    }
    this.#displace(supervised);
    this.#suspend(supervised, reason);
    this.queue.add(address.thread, supervised.id, () => this.#restart(supervised));
  }

  #suspend(supervised: Supervised, reason: string): void {
    supervised.cell = this.#cellOf(supervised);
    supervised.isRestarting = true;
    supervised.cell?.suspend();
    this.#thread.observation.events.actorRestarting(supervised.id, reason);
  }

  #restart(supervised: Supervised): void {
    const { address, id, definition } = supervised;
    try {
      beginAgain(this.#thread, supervised, (next) => {
        this.#thread.names.move(address, next, definition.shape);
        supervised.address = next;
        this.#place(supervised);
      }, () => this.#isReady(supervised));
    } catch (cause) {
      const text = `it has died, and could not be started again: ${describeThrown(cause)}`;
      const message = `Cannot call ${id} (${definition.shape.name}): ${text}`;
      this.#gone(supervised, new ActorDiedError(message, { actorId: id, cause }));
    }
  }

  /** A restarted actor has been constructed. False if it is none of this thread's. */
  ready(link: PeerLink, reader: Reader): boolean {
    const supervised = this.#byPlace.get(actorId(link.peer.id, reader.u32()));
    // Each thread of a crew says so; the first one can take calls.
    if (supervised?.isRestarting) this.#isReady(supervised);
    return supervised !== undefined;
  }

  #isReady(supervised: Supervised): void {
    const cell = this.#cellOf(supervised);
    supervised.isRestarting = false;
    supervised.cell = undefined;
    if (cell !== undefined) this.#thread.cells.move(cell, supervised.address);
    for (const asker of supervised.askers) sendAt(this.#thread, asker, supervised.address);
    supervised.askers.clear();
  }

  /** Another thread wants to know where an actor is. */
  wanted(link: PeerLink, reader: Reader): void {
    const [origin, number, known] = [reader.u32(), reader.u32(), reader.u32()];
    const id = actorId(origin, number);
    const supervised = this.#byId.get(id);
    if (supervised === undefined) return sendGone(this.#thread, link, { origin, number }, this.#ended.of(id));
    const { address, askers, isRestarting } = supervised;
    // One that knows of no later run than this thread has heard of its death before this one did.
    if (isRestarting || address.fault!.restarts <= known) askers.add(link.peer.id);
    else sendAt(this.#thread, link.peer.id, address);
  }

  /** The actor of this thread's making with that id, until it has ended for good. */
  find(id: string): Supervised | undefined {
    return this.#byId.get(id);
  }

  /** An actor in a place has ended for good. */
  ended(thread: number, local: number, death: LazyError<ActorDiedError>): void {
    const supervised = this.#byPlace.size > 0 ? this.#byPlace.get(actorId(thread, local)) : undefined;
    if (supervised !== undefined) this.#gone(supervised, death.error);
  }

  #died(supervised: Supervised, reason: string): void {
    const { id, definition } = supervised;
    this.#gone(supervised, new ActorDiedError(diedText(id, definition.shape, reason), { actorId: id }));
  }

  /** An actor has ended for good. */
  #gone(supervised: Supervised, error: ActorDiedError): void {
    const { address, askers, id } = supervised;
    const { admission, cells, names, observation, peers } = this.#thread;
    const cell = this.#cellOf(supervised);
    this.#byId.delete(id);
    this.#displace(supervised);
    supervised.cell = undefined;
    supervised.kept.drop();
    if (supervised.settings.demand !== undefined) admission.over(id);
    this.queue.withdraw(id);
    this.#ended.add(id, error);
    names.table.free(address.thread, address.local);
    observation.events.actorDied(id, error.message.replace(/^.*? has died, /s, ""));
    for (const asker of askers) {
      const link = peers.find(asker);
      if (link !== undefined) sendGone(this.#thread, link, address.fault!, error);
    }
    if (cell === undefined) return;
    cells.forget(cell);
    cell.break(new LazyError(() => error));
  }

  /** Another thread ends an actor, which may start again if it says so. */
  stop(reader: Reader): void {
    const supervised = this.#byId.get(actorId(reader.u32(), reader.u32()));
    const startsAgain = reader.u8() === 1;
    if (supervised !== undefined) this.end(supervised, startsAgain);
  }

  /** Ends an actor: for good, for `reason`, or this run of it. */
  end(supervised: Supervised, startsAgain: boolean, reason = "it was killed"): void {
    const { address } = supervised;
    const { board, host, loop, self } = this.#thread;
    if (address.ownsThread) {
      const note = { ending: startsAgain ? "stopped" : "killed", text: "" } as const;
      for (const thread of threadsOf(address)) board.markDead(thread, note);
      if (!startsAgain) this.#died(supervised, reason);
      return loop.schedule();
    }
    if (startsAgain) return this.#renew(supervised);
    const actor = address.thread.id === self.id ? host.find(address.local) : undefined;
    if (actor !== undefined) return endActor(this.#thread, actor, reason);
    const link = this.#thread.peers.find(address.thread.id);
    if (link !== undefined) sendKill(link, address);
    this.#died(supervised, reason);
  }

  /** A new instance of an actor beside others, in place of the old one. */
  #renew(supervised: Supervised): void {
    const { address, isRestarting } = supervised;
    // It has not begun: it is new already.
    if (isRestarting || this.#thread.admission.waits(address)) return;
    const { maxRestarts, restarts } = address.fault!;
    if (!mayRestart({ ending: "stopped", restarts, maxRestarts, ownerLives: true })) {
      return this.end(supervised, false, "it was killed, and its restarts are used up");
    }
    supervised.address = addressAfter(address, restarts + 1);
    this.#thread.names.move(address, supervised.address, supervised.definition.shape);
    renew(this.#thread, supervised);
  }
}
