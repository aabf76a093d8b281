/**
 * Restarts of actors. The thread that made an actor, its owner, starts it again; all others that know it ask the owner where it
 * is, and wait. An owner's end ends its actors for good.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import { isRestartable } from "../supervise/actor_address.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import { mayRestart } from "../supervise/restart_policy.ts";
import type { PeerLink } from "../transport/peer.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { kill } from "./actor_ends.ts";
import { diedError } from "./cells.ts";
import { deathText } from "./death.ts";
import { addressAfter, endOf, Supervision } from "./supervision.ts";
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

  /** True if the death of a thread ends the cell's actor; else that may start again, and its cell waits. */
  endsWith(cell: ActorCell, thread: number): boolean {
    const { address } = cell;
    if (cell.isRestarting) return address.fault?.owner.id === thread;
    return address.thread.id === thread && !this.awaits(cell);
  }

  /** An actor's thread is dead: true if its owner was asked for the next one. */
  awaits(cell: ActorCell): boolean {
    const { address } = cell;
    const { board, peers, self } = this.#thread;
    if (!isRestartable(address) || address.fault!.owner.id === self.id) return false;
    const { fault } = address;
    if (!mayRestart(endOf(board, address.thread, fault!, fault!.restarts))) return false;
    const owner = peers.connect(fault!.owner);
    if (owner === undefined) return false;
    if (!this.#waiting.has(cell)) cell.onBroken.push(() => this.#waiting.delete(cell));
    this.#waiting.add(cell);
    cell.suspend();
    const out = owner.open(Frame.actorWanted);
    for (const word of [fault!.origin, address.local, fault!.restarts]) out.u32(word);
    owner.seal();
    return true;
  }

  /** The owner's answer: where the actor is. */
  at(link: PeerLink, reader: Reader): void {
    const [origin, local, restarts] = [reader.u32(), reader.u32(), reader.u32()];
    const thread = { id: reader.u32(), slot: reader.u32() };
    const cell = this.#known(link, origin, local);
    if (cell === undefined || !cell.isRestarting) return;
    const { board, cells, peers, self } = this.#thread;
    const address = { ...addressAfter(cell.address, restarts), thread };
    this.#waiting.delete(cell);
    if (thread.id === self.id) return cells.move(cell, address);
    link.acquainted.add(thread.id);
    if (board.isAlive(thread) && peers.connect(thread) !== undefined) return cells.move(cell, address);
    // It has crashed again meanwhile.
    cell.address = address;
    if (!this.awaits(cell)) this.#break(cell, diedError(cell, deathText(board.deathNote(thread))));
  }

  /** The owner's answer: the actor has ended. */
  gone(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const cell = this.#known(link, reader.u32(), reader.u32());
    const error = this.#thread.values.read(link, reader, items);
    if (cell !== undefined && error instanceof ActorDiedError) this.#break(cell, error);
  }

  #known(link: PeerLink, origin: number, local: number): ActorCell | undefined {
    const cell = this.#thread.cells.find(origin, local);
    return cell?.address.fault?.owner.id === link.peer.id ? cell : undefined;
  }

  #break(cell: ActorCell, error: ActorDiedError): void {
    cell.break(error);
    this.#thread.cells.forget(cell);
  }

  /** Ends an actor that may be restarted: for good, or this run of it. */
  async kill(cell: ActorCell, noRestart: boolean): Promise<void> {
    const { board, loop, self } = this.#thread;
    const { address } = cell;
    const supervised = this.own.find(cell.actorId);
    if (!address.ownsThread) {
      if (noRestart) return await kill(this.#thread, cell);
      if (supervised !== undefined) return this.own.end(supervised, true);
      return this.#sendStop(cell, true);
    }
    if (cell.deathError !== undefined) return await this.#thread.untilGone(address.thread);
    if (!cell.isRestarting) {
      board.markDead(address.thread, { ending: noRestart ? "killed" : "stopped", text: "" });
      loop.schedule();
      // If it has ended in another way before, only its owner can say that it must not start again.
      const { ending } = board.deathNote(address.thread);
      if (!noRestart || ending === "killed") return await this.#thread.untilGone(address.thread);
    }
    if (!noRestart) return;
    if (address.fault!.owner.id === self.id) {
      if (supervised === undefined) return;
      this.own.end(supervised, false);
      return await this.#thread.untilGone(supervised.thread);
    }
    const ended = new Promise<void>((resolve) => cell.onBroken.push(resolve));
    this.#sendStop(cell, false);
    this.#thread.wait(1);
    await ended;
    this.#thread.wait(-1);
  }

  #sendStop({ address }: ActorCell, startsAgain: boolean): void {
    const owner = this.#thread.peers.connect(address.fault!.owner);
    // A dead owner's actors are dead too.
    if (owner === undefined) return;
    const out = owner.open(Frame.stopActor);
    out.u32(address.fault!.origin);
    out.u32(address.local);
    out.u8(startsAgain ? 1 : 0);
    owner.seal();
  }
}
