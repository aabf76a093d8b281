/**
 * The cells of actors that live in this very thread, and are never made again elsewhere. There may be a million of them, and entries in
 * tables would take longer than all else that makes one: so the actor itself knows its cell, and has no other key than its number.
 *
 * @module
 */

import type { ClassShape } from "../define/class_definition.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import { ActorCell } from "../supervise/actor_cell.ts";
import type { CellEnvironment } from "../supervise/cell_environment.ts";
import { cancelChildren } from "./cancel.ts";
import { isForeign } from "./pool_threads.ts";
import { type LocalEnvironment, LocalTarget } from "./replies.ts";
import type { Thread } from "./thread.ts";

/** Makes and finds them. */
export class OwnCells {
  readonly #thread: Thread;
  readonly #environment: CellEnvironment;
  readonly #local: LocalEnvironment;
  readonly #registry: FinalizationRegistry<ActorHost>;

  /**
   * @param thread The thread.
   * @param environment What cells need of it.
   */
  constructor(thread: Thread, environment: CellEnvironment) {
    this.#thread = thread;
    this.#environment = environment;
    this.#local = {
      thread: thread.self,
      values: thread.values,
      events: thread.observation.events,
      streams: thread.streams,
      cancelChildren: (parent) => cancelChildren(thread, parent),
    };
    this.#registry = new FinalizationRegistry((actor) => this.#collected(actor));
  }

  /** The actor at an address, if it is one of these, and lives. */
  actorAt(address: ActorAddress): ActorHost | undefined {
    const { host, pool, self } = this.#thread;
    const { crew, fault, id, local, thread } = address;
    if (thread.id !== self.id || crew !== undefined || fault !== undefined || id !== undefined) {
      return undefined;
    }
    if (isForeign(address, self)) pool.announce(address);
    const actor = host.find(local);
    return actor?.hasEnded ? undefined : actor;
  }

  /** The cell of such an actor, made if there is none. */
  of(actor: ActorHost, address: ActorAddress, shape: ClassShape): ActorCell {
    const known = cellOf(actor);
    if (known !== undefined) return known;
    const target = address instanceof LocalTarget ? address : this.target(actor);
    const cell = new ActorCell(this.#environment, shape, address, target);
    actor.ownCell = new WeakRef(cell);
    this.#registry.register(cell, actor);
    return cell;
  }

  /** The same of the actor of that place, if it is here, and there is one. */
  find(thread: number, local: number): ActorCell | undefined {
    const { host, self } = this.#thread;
    const actor = thread === self.id ? host.find(local) : undefined;
    return actor && cellOf(actor);
  }

  /** All of them. */
  all(): ActorCell[] {
    return [...this.#thread.host.actors()].map(cellOf).filter((cell) => cell !== undefined);
  }

  /** The actor has ended; its handle keeps the cell. */
  forget(cell: ActorCell): void {
    const { host, self } = this.#thread;
    const { local, thread } = cell.address;
    const actor = thread.id === self.id ? host.find(local) : undefined;
    if (actor !== undefined && cellOf(actor) === cell) actor.ownCell = undefined;
  }

  /** Where calls of an actor of this thread go, of whatever kind. */
  target(actor: ActorHost): LocalTarget {
    return new LocalTarget(actor, this.#local);
  }

  #collected(actor: ActorHost): void {
    // Another one has taken its place, and the handles of both are that one's to give back.
    if (cellOf(actor) !== undefined || actor.ownHandles === 0) return;
    actor.ownHandles = 0;
    this.#thread.holders.check(actor.local);
  }
}

function cellOf({ ownCell }: ActorHost): ActorCell | undefined {
  return ownCell?.deref() as ActorCell | undefined;
}
