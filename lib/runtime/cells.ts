/**
 * The actors that one thread knows, wherever they live.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import type { ActorActivity } from "../base/errors.ts";
import { actorId } from "../base/ids.ts";
import { BrokenTarget, type CallTarget } from "../call/call_target.ts";
import { HandleFactory } from "../call/handle.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { type ActorAddress, ActorCell, type CellEnvironment } from "../supervise/actor_cell.ts";
import { LinkTarget } from "../transport/link_target.ts";
import { Frame } from "../wire/frames.ts";
import { cancelChildren } from "./cancel.ts";
import { deathText } from "./death.ts";
import { disposeOf } from "./retire.ts";
import { LocalTarget } from "./replies.ts";
import type { Thread } from "./thread.ts";

/** What is left of a cell that was collected. */
interface HeldHandle {
  readonly id: string;
  readonly thread: number;
  readonly local: number;
  /** How often this thread was given a handle. */
  handles: number;
}

/** The cells of one thread, by actor. */
export class Cells {
  readonly #thread: Thread;
  readonly #environment: CellEnvironment;
  readonly #handles = new HandleFactory();
  /** Weakly: a handle that the program has no more is nobody's. */
  readonly #cells = new Map<string, { ref: WeakRef<ActorCell>; held: HeldHandle }>();
  readonly #registry: FinalizationRegistry<HeldHandle>;

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.#environment = {
      home: thread,
      callSites: thread.callSites,
      copyArgs: (args) => thread.values.copyArgs(args),
      activity: (cell) => this.#activityOf(cell),
      dispose: (cell) => disposeOf(thread, cell),
    };
    this.#registry = new FinalizationRegistry((held) => {
      if (this.#cells.get(held.id)?.held === held) this.#cells.delete(held.id);
      if (held.handles > 0) this.#giveBack(held);
    });
  }

  /** The cell of an actor, made if it is not known here yet. */
  of(address: ActorAddress, shape: ClassShape): ActorCell {
    const id = actorId(address.thread.id, address.local);
    const known = this.#cells.get(id)?.ref.deref();
    if (known !== undefined) return known;
    const cell = new ActorCell(
      this.#environment,
      address.id ?? id,
      shape,
      address,
      this.#targetOf(address, shape),
    );
    const held = { id, thread: address.thread.id, local: address.local, handles: 0 };
    this.#cells.set(id, { ref: new WeakRef(cell), held });
    this.#registry.register(cell, held);
    const { board, self } = this.#thread;
    if (address.thread.id !== self.id && !board.isAlive(address.thread)) {
      cell.break(diedError(cell, deathText(board.deathNote(address.thread))));
    }
    return cell;
  }

  /** This thread was given a handle of the actor: it lives as long as that is within reach. */
  count(cell: ActorCell): void {
    const known = this.#cells.get(actorId(cell.address.thread.id, cell.address.local));
    if (known !== undefined) known.held.handles++;
  }

  /** A handle of the actor goes to another thread. */
  lend(cell: ActorCell, holder: number): void {
    const { thread, local } = cell.address;
    if (thread.id === this.#thread.self.id) return this.#thread.holders.change(local, holder, 1);
    const link = this.#thread.peers.find(thread.id);
    if (link === undefined) return;
    const out = link.open(Frame.holdActor);
    out.u32(local);
    out.u32(holder);
    link.seal();
  }

  #giveBack({ thread, local, handles }: HeldHandle): void {
    if (thread === this.#thread.self.id) return this.#thread.holders.change(local, thread, -handles);
    const link = this.#thread.peers.find(thread);
    if (link === undefined || link.isClosed) return;
    const out = link.open(Frame.releaseActor);
    out.u32(local);
    out.u32(handles);
    link.seal();
  }

  /** The handle of an actor, one a thread. */
  handleOf(cell: ActorCell): object {
    return cell.handle ??= this.#handles.make(cell);
  }

  /** The handle of an actor that lives in this thread; `undefined` until it is constructed. */
  handleHere(
    { id, local, shape, isAsync, maxPendingCalls }: ActorHost,
    ownsThread: boolean,
  ): object | undefined {
    if (shape === undefined) return undefined;
    const thread = this.#thread.self;
    const address = { thread, local, ownsThread, isSerial: !isAsync, maxPendingCalls };
    const isOwnId = id === actorId(thread.id, local);
    return this.handleOf(this.of(isOwnId ? address : { ...address, id }, shape));
  }

  /** The cell of an actor, if it is known here. */
  find(thread: number, local: number): ActorCell | undefined {
    return this.#cells.get(actorId(thread, local))?.ref.deref();
  }

  /** All that are known. */
  all(): ActorCell[] {
    return [...this.#cells.values()].map(({ ref }) => ref.deref()).filter((cell) => cell !== undefined);
  }

  /** Forgets an actor that has ended; handles of it keep their cell. */
  forget(cell: ActorCell): void {
    this.#cells.delete(actorId(cell.address.thread.id, cell.address.local));
  }

  /** The actors of a thread have died; of all threads, if none is given. */
  breakAll(reason: string, thread?: number): void {
    for (const cell of this.all()) {
      if (thread !== undefined && cell.address.thread.id !== thread) continue;
      cell.break(diedError(cell, reason));
      this.forget(cell);
    }
  }

  #targetOf(address: ActorAddress, shape: ClassShape): CallTarget {
    const { host, peers, self, streams, values } = this.#thread;
    if (address.thread.id === self.id) {
      const actor = host.find(address.local);
      if (actor !== undefined) {
        return new LocalTarget(actor, values, streams, (parent) => cancelChildren(this.#thread, parent));
      }
    }
    const link = peers.find(address.thread.id);
    if (link !== undefined) return new LinkTarget(link, values, address.local);
    const id = address.id ?? actorId(address.thread.id, address.local);
    return new BrokenTarget(
      new ActorDiedError(`Cannot call ${id} (${shape.name}): it has died`, { actorId: id }),
    );
  }

  #activityOf({ address, shape }: ActorCell): Omit<ActorActivity, "pending"> {
    const { board, clock } = this.#thread;
    const { actor, method, since, running } = board.activity(address.thread);
    if (actor === 0) return { method: undefined, elapsed: 0, running };
    const elapsed = Math.max(0, clock.now() - since);
    if (actor !== address.local) return { method: "another actor of its thread", elapsed, running };
    const name = method < 0 ? "constructor" : shape.methods[method]?.name ?? "another method";
    return { method: `${shape.name}.${name}`, elapsed, running: running + 1 };
  }
}

function diedError({ actorId, shape }: ActorCell, reason: string): ActorDiedError {
  return new ActorDiedError(`Cannot call ${actorId} (${shape.name}): it has died, ${reason}`, { actorId });
}
