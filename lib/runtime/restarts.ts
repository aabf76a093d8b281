/**
 * Restarts of actors. The thread that made an actor, its owner, starts it again; all others that know it ask the owner where it
 * is, and wait. An owner's end ends its actors for good.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import { actorId } from "../base/ids.ts";
import { type ActorAddress, addressAfter, isRestartable, threadsOf } from "../supervise/actor_address.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import { mayRestart } from "../supervise/restart_policy.ts";
import { readCrew } from "../transport/crew_memory.ts";
import type { PeerLink } from "../transport/peer.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { kill, killThreads } from "./actor_ends.ts";
import { diedError } from "./cells.ts";
import { readThread } from "./children.ts";
import { deathText } from "./death.ts";
import { endOf, noteOf } from "./run_end.ts";
import { Supervision } from "./supervision.ts";
import type { Thread } from "./thread.ts";

/** The restarts that one thread waits for. */
export class Restarts {
  /** Those that it makes. */
  readonly own: Supervision;
  readonly #thread: Thread;
  /** Cells are held weakly elsewhere: calls wait in these. */
  readonly #waiting = new Set<ActorCell>();

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.own = new Supervision(thread);
  }

  /** Blocks the thread: see `Loop.block`. */
  block(done: () => boolean, timeout: number): boolean {
    const { queue } = this.own;
    const before = queue.blocked(true);
    try {
      return this.#thread.loop.block(done, timeout);
    } finally {
      queue.blocked(before);
    }
  }

  /** True for an actor that this thread starts again. */
  owns(address: ActorAddress): boolean {
    return isRestartable(address) && address.fault!.owner.id === this.#thread.self.id;
  }

  /** True if the death of a thread ends the cell's actor; else that may start again, and its cell waits. */
  endsWith(cell: ActorCell, thread: number): boolean {
    const { address } = cell;
    if (cell.isRestarting) return address.fault?.owner.id === thread;
    return threadsOf(address).some(({ id }) => id === thread) && !this.awaits(cell);
  }

  /** An actor's thread is dead: true if its owner was asked for the next one. */
  awaits(cell: ActorCell): boolean {
    const { address } = cell;
    const { board, peers } = this.#thread;
    if (!isRestartable(address) || this.owns(address)) return false;
    const { fault } = address;
    if (!mayRestart(endOf(board, address))) return false;
    const owner = peers.connect(fault!.owner);
    if (owner === undefined) return false;
    if (!this.#waiting.has(cell)) cell.onBroken = [...cell.onBroken, () => this.#waiting.delete(cell)];
    this.#waiting.add(cell);
    cell.suspend();
    const out = owner.open(Frame.actorWanted);
    for (const word of [fault!.origin, fault!.number, fault!.restarts]) out.u32(word);
    owner.seal();
    return true;
  }

  /** The owner's answer: where the actor is. */
  at(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const [origin, number, restarts] = [reader.u32(), reader.u32(), reader.u32()];
    const thread = readThread(reader);
    const local = reader.u32();
    const crew = reader.u8() === 0 ? undefined : readCrew(reader, (at) => items[at]);
    const cell = this.#known(link, origin, number);
    if (cell === undefined || !cell.isRestarting) return;
    const { board, cells, peers, self } = this.#thread;
    const address = addressAfter(cell.address, restarts, { thread, local, crew });
    this.#waiting.delete(cell);
    const isThere = threadsOf(address).every((one) =>
      one.id === self.id || (board.isAlive(one) && peers.connect(one) !== undefined)
    );
    if (crew === undefined) link.acquainted.add(thread.id);
    if (isThere) return cells.move(cell, address);
    // It has crashed again meanwhile.
    cell.address = address;
    if (!this.awaits(cell)) this.#break(cell, diedError(cell, deathText(noteOf(board, address))));
  }

  /** The owner's answer: the actor has ended. */
  gone(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const cell = this.#known(link, reader.u32(), reader.u32());
    const error = this.#thread.values.read(link, reader, items);
    if (cell !== undefined && error instanceof ActorDiedError) this.#break(cell, error);
  }

  #known(link: PeerLink, origin: number, number: number): ActorCell | undefined {
    const cell = this.#thread.cells.get(actorId(origin, number));
    return cell?.address.fault?.owner.id === link.peer.id ? cell : undefined;
  }

  #break(cell: ActorCell, error: ActorDiedError): void {
    cell.break(error);
    this.#thread.cells.forget(cell);
  }

  /** Ends an actor that may be restarted: for good, or this run of it. */
  async kill(cell: ActorCell, noRestart: boolean): Promise<void> {
    const { address } = cell;
    if (cell.deathError !== undefined) return await this.#untilGone(address);
    if (!address.ownsThread) {
      if (!noRestart) return this.#stop(cell, true);
      if (cell.isRestarting) return await this.#stopForGood(cell);
      // It may crash before it hears of this.
      cell.onSuspended = [...cell.onSuspended, () => void this.#stopForGood(cell)];
      return await kill(this.#thread, cell);
    }
    if (!cell.isRestarting) {
      const { board } = this.#thread;
      killThreads(this.#thread, threadsOf(address), { ending: noRestart ? "killed" : "stopped", text: "" });
      // If it has ended in another way before, only its owner can say that it must not start again.
      if (!noRestart || noteOf(board, address).ending === "killed") return await this.#untilGone(address);
    }
    if (noRestart) await this.#stopForGood(cell);
  }

  async #untilGone(address: ActorAddress): Promise<void> {
    if (!address.ownsThread) return;
    await Promise.all(threadsOf(address).map((one) => this.#thread.deathWatch.untilGone(one)));
  }

  /** Has its owner end it. */
  async #stopForGood(cell: ActorCell): Promise<void> {
    const supervised = this.own.find(cell.actorId);
    if (supervised !== undefined) {
      const { address } = supervised;
      this.own.end(supervised, false);
      return await this.#untilGone(address);
    }
    if (cell.deathError !== undefined) return;
    const ended = this.#thread.cells.untilEnded(cell);
    this.#stop(cell, false);
    this.#thread.wait(1);
    await ended;
    this.#thread.wait(-1);
  }

  #stop({ address, actorId: id }: ActorCell, startsAgain: boolean): void {
    const supervised = this.own.find(id);
    if (supervised !== undefined) return this.own.end(supervised, startsAgain);
    const owner = this.#thread.peers.connect(address.fault!.owner);
    // A dead owner's actors are dead too.
    if (owner === undefined) return;
    const out = owner.open(Frame.stopActor);
    out.u32(address.fault!.origin);
    out.u32(address.fault!.number);
    out.u8(startsAgain ? 1 : 0);
    owner.seal();
  }
}
