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
import { type ActorAddress, ActorCell, type CellEnvironment, threadsOf } from "../supervise/actor_cell.ts";
import { CrewTarget } from "../supervise/crew_target.ts";
import { LinkTarget } from "../transport/link_target.ts";
import { Frame } from "../wire/frames.ts";
import { cancelChildren } from "./cancel.ts";
import { deathText } from "./death.ts";
import { isForeign } from "./pool_threads.ts";
import { disposeOf } from "./retire.ts";
import { LocalTarget } from "./replies.ts";
import type { Thread } from "./thread.ts";

/** What is left of a cell that was collected. */
interface HeldHandle {
  readonly ids: readonly string[];
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
  readonly #taskNames = new WeakMap<ClassShape, readonly string[]>();

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.#environment = {
      home: thread,
      callSites: thread.callSites,
      taskNames: (shape) => this.#taskNamesOf(shape),
      copyArgs: (args) => thread.values.copyArgs(args),
      activity: (cell) => this.#activityOf(cell),
      dispose: (cell) => disposeOf(thread, cell),
    };
    this.#registry = new FinalizationRegistry((held) => {
      for (const id of held.ids) if (this.#cells.get(id)?.held === held) this.#cells.delete(id);
      if (held.handles > 0) this.#giveBack(held);
    });
  }

  /** The cell of an actor, made if it is not known here yet. */
  of(address: ActorAddress, shape: ClassShape): ActorCell {
    const id = actorId(address.thread.id, address.local);
    const known = this.#cells.get(id)?.ref.deref();
    if (known !== undefined) return known;
    const { board, pool, self } = this.#thread;
    if (isForeign(address, self)) pool.announce(address);
    const target = this.#targetOf(address, shape);
    const cell = new ActorCell(this.#environment, address.id ?? id, shape, address, target);
    if (target instanceof CrewTarget) cell.onBroken.push(() => target.close(cell.deathError!));
    const ids = threadsOf(address).map((thread) => actorId(thread.id, address.local));
    const held = { ids, thread: address.thread.id, local: address.local, handles: 0 };
    const entry = { ref: new WeakRef(cell), held };
    for (const one of ids) this.#cells.set(one, entry);
    this.#registry.register(cell, held);
    for (const thread of threadsOf(address)) {
      if (thread.id === self.id || board.isAlive(thread)) continue;
      cell.break(diedError(cell, deathText(board.deathNote(thread))));
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
    const { holders, host, self } = this.#thread;
    if (thread === self.id) {
      // One that has ended is not counted any more.
      if (host.find(local) !== undefined) holders.change(local, thread, -handles);
      return;
    }
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
    const crew = ownsThread ? this.#thread.crews.crew : undefined;
    const thread = crew?.members[0] ?? this.#thread.self;
    const isSerial = !isAsync && crew === undefined;
    const address = { thread, local, ownsThread, isSerial, maxPendingCalls, crew };
    const isOwnId = id === actorId(this.#thread.self.id, local);
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

  /** An actor has ended: it is forgotten, and handles of it keep their cell. */
  ended(thread: number, local: number, error: ActorDiedError): void {
    const cell = this.find(thread, local);
    if (cell === undefined) return;
    this.#forget(cell);
    cell.break(error);
  }

  #forget({ address }: ActorCell): void {
    for (const thread of threadsOf(address)) this.#cells.delete(actorId(thread.id, address.local));
  }

  /** The actors of a thread have died; of all threads, if none is given. */
  breakAll(reason: string, thread?: number): void {
    for (const cell of this.all()) {
      if (thread !== undefined && threadsOf(cell.address).every(({ id }) => id !== thread)) continue;
      cell.break(diedError(cell, reason));
      this.#forget(cell);
    }
  }

  #targetOf(address: ActorAddress, shape: ClassShape): CallTarget {
    const { host, peers, pool, self, streams, values } = this.#thread;
    if (address.crew !== undefined) {
      const target = this.#thread.crews.targetOf(address.crew, shape);
      if (target !== undefined) return target;
    } else if (address.thread.id === self.id) {
      const actor = host.find(address.local);
      if (actor !== undefined) {
        return new LocalTarget(actor, values, streams, (parent) => cancelChildren(this.#thread, parent));
      }
    }
    const link = address.crew !== undefined
      ? undefined
      : address.owner === undefined
      ? peers.find(address.thread.id)
      : pool.reach(address.thread);
    if (link !== undefined) return new LinkTarget(link, values, address.local);
    const id = address.id ?? actorId(address.thread.id, address.local);
    return new BrokenTarget(
      new ActorDiedError(`Cannot call ${id} (${shape.name}): it has died`, { actorId: id }),
    );
  }

  #taskNamesOf(shape: ClassShape): readonly string[] {
    let names = this.#taskNames.get(shape);
    if (names === undefined) {
      names = shape.methods.map((method) => `${shape.name}.${method.name}`);
      this.#taskNames.set(shape, names);
    }
    return names;
  }

  #activityOf({ address, shape }: ActorCell): Omit<ActorActivity, "pending"> {
    const { board, clock } = this.#thread;
    const { actor, method, since, running } = address.crew === undefined
      ? board.activity(address.thread)
      : this.#thread.crews.activity(address.crew);
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
