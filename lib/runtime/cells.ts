/**
 * The actors that one thread knows, wherever they live.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import { actorId } from "../base/ids.ts";
import { LazyError } from "../base/lazy_error.ts";
import { BrokenTarget, type CallTarget } from "../call/call_target.ts";
import { HandleFactory } from "../call/handle.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { type ActorAddress, isRestartable, keyAt, threadsOf } from "../supervise/actor_address.ts";
import { ActorCell } from "../supervise/actor_cell.ts";
import type { CellEnvironment } from "../supervise/cell_environment.ts";
import { LinkTarget } from "../transport/link_target.ts";
import { Frame } from "../wire/frames.ts";
import { deathText, diedError, OWNER_ENDED } from "./death.ts";
import { activityOf } from "./activity.ts";
import type { LocalTarget } from "./replies.ts";
import { OwnCells } from "./own_cells.ts";
import { isForeign } from "./pool_threads.ts";
import { disposeOf } from "./retire.ts";
import type { Thread } from "./thread.ts";

/** What is left of a cell that was collected. */
interface HeldHandle {
  readonly id: string;
  /** Where the actor was known to be last. */
  place: ActorAddress;
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
  /** Those whose end somebody waits for. */
  readonly #awaited = new Set<ActorCell>();
  readonly #registry: FinalizationRegistry<HeldHandle>;
  readonly #own: OwnCells;
  readonly #taskNames = new WeakMap<ClassShape, readonly string[]>();
  /** The keys of actors that may have been restarted, by where they are. */
  readonly #moved = new Map<string, string>();

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.#environment = {
      home: thread,
      callSites: thread.callSites,
      taskNames: (shape) => this.#taskNamesOf(shape),
      events: thread.observation.events,
      watch: thread.observation.watch,
      copyArgs: (args) => thread.values.copyArgs(args),
      activity: (cell) => activityOf(thread, cell),
      retryWish: (options, subject) => thread.definitions.retryWish(options, subject),
      isOfClass: (thrown, ids) => thread.definitions.isOfClass(thrown, ids),
      attempted: (attempt) => thread.attempted(attempt),
      dispose: (cell) => disposeOf(thread, cell),
    };
    this.#own = new OwnCells(thread, this.#environment);
    this.#registry = new FinalizationRegistry((held) => {
      if (this.#cells.get(held.id)?.held === held) {
        this.#cells.delete(held.id);
        for (const place of placesOf(held.place)) this.#moved.delete(place);
      }
      if (held.handles > 0) this.#giveBack(held);
    });
  }

  /** The cell of an actor, made if it is not known here yet. */
  of(address: ActorAddress, shape: ClassShape): ActorCell {
    const actor = this.#own.actorAt(address);
    return actor === undefined ? this.#ofOther(address, shape) : this.#own.of(actor, address, shape);
  }

  #ofOther(address: ActorAddress, shape: ClassShape): ActorCell {
    const id = keyAt(address);
    const known = this.#cells.get(id)?.ref.deref();
    if (known !== undefined) return known;
    const { board, pool, self } = this.#thread;
    if (isForeign(address, self)) pool.announce(address);
    const target = this.#targetOf(address, shape);
    const cell = new ActorCell(this.#environment, shape, address, target);
    const held = { id, place: address, handles: 0 };
    this.#cells.set(id, { ref: new WeakRef(cell), held });
    this.#registry.register(cell, held);
    const { restarts } = this.#thread;
    if (address.fault !== undefined) { for (const place of placesOf(address)) this.#moved.set(place, id); }
    if (restarts.owns(address)) {
      restarts.own.join(cell);
      return cell;
    }
    for (const thread of threadsOf(address)) {
      if (thread.id === self.id || board.isAlive(thread) || restarts.awaits(cell)) continue;
      cell.break(diedError(cell, deathText(board.deathNote(thread))));
    }
    return cell;
  }

  /** The cell of a new actor of this thread, whose first handle is this thread's. */
  ofNew(actor: ActorHost, address: ActorAddress, shape: ClassShape): ActorCell {
    const cell = this.of(address, shape);
    if (actor.ownCell !== undefined) actor.ownHandles = 1;
    else {
      this.count(cell);
      this.#thread.holders.change(address.local, this.#thread.self.id, 1);
    }
    return cell;
  }

  /** This thread was given a handle of the actor: it lives as long as that is within reach, or as its owner if it may be restarted. */
  count(cell: ActorCell): void {
    if (isRestartable(cell.address)) return;
    const own = this.#own.actorAt(cell.address);
    if (own !== undefined) {
      own.ownHandles++;
      return this.#thread.holders.change(own.local, this.#thread.self.id, -1);
    }
    const known = this.#cells.get(keyAt(cell.address));
    if (known !== undefined) known.held.handles++;
  }

  /** A handle of the actor goes to another thread. */
  lend(cell: ActorCell, holder: number): void {
    const { thread, local } = cell.address;
    if (isRestartable(cell.address)) return;
    if (thread.id === this.#thread.self.id) return this.#thread.holders.change(local, holder, 1);
    const { peers } = this.#thread;
    // A thread of a crew may not know the first one, which counts.
    const link = cell.address.crew === undefined ? peers.find(thread.id) : peers.connect(thread);
    if (link === undefined) return;
    const out = link.open(Frame.holdActor);
    out.u32(local);
    out.u32(holder);
    link.seal();
  }

  #giveBack({ place: { thread, local }, handles }: HeldHandle): void {
    const { holders, host, self } = this.#thread;
    if (thread.id === self.id) {
      // One that has ended is not counted any more.
      if (host.find(local) !== undefined) holders.change(local, thread.id, -handles);
      return;
    }
    const link = this.#thread.peers.find(thread.id);
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
  handleHere(actor: ActorHost, ownsThread: boolean): object | undefined {
    const { local, shape, isAsync, terms: { maxPendingCalls } } = actor;
    if (shape === undefined) return undefined;
    const { crews, self } = this.#thread;
    const known = this.#own.find(self.id, local);
    if (known !== undefined) return this.handleOf(known);
    const { id, life: { fault } } = actor;
    const crew = ownsThread ? crews.crew : undefined;
    const thread = crew?.members[0] ?? self;
    const isSerial = !isAsync && crew === undefined;
    const address = { thread, local, ownsThread, isSerial, maxPendingCalls, crew, fault };
    const isOwnId = id === actorId(fault?.origin ?? self.id, local);
    return this.handleOf(this.of(isOwnId ? address : { ...address, id }, shape));
  }

  /** The cell of the actor that is or was in that place, if it is known here. */
  find(thread: number, local: number): ActorCell | undefined {
    return this.#own.find(thread, local) ?? this.#findOther(actorId(thread, local)) ??
      this.#thread.restarts.own.cellAt(thread, local);
  }

  #findOther(place: string): ActorCell | undefined {
    return this.#cells.get(this.#moved.get(place) ?? place)?.ref.deref();
  }

  /** An actor was restarted, and is at another address now. */
  move(cell: ActorCell, address: ActorAddress): void {
    const key = keyAt(address);
    for (const place of placesOf(cell.address)) this.#moved.delete(place);
    for (const place of placesOf(address)) this.#moved.set(place, key);
    const known = this.#cells.get(key);
    if (known !== undefined) known.held.place = address;
    cell.resume(address, this.#targetOf(address, cell.shape));
  }

  /** All that are known. */
  all(): ActorCell[] {
    return [...this.#others(), ...this.#own.all()];
  }

  #others(): ActorCell[] {
    return [...this.#cells.values()].map(({ ref }) => ref.deref()).filter((cell) => cell !== undefined);
  }

  /** The same of one that lives elsewhere, or is made again, by the actor's id. */
  get(id: string): ActorCell | undefined {
    return this.#cells.get(id)?.ref.deref();
  }

  /** Fulfilled when the actor of a cell has ended. Until then the cell is kept: one that is collected never hears of that. */
  untilEnded(cell: ActorCell): Promise<void> {
    this.#awaited.add(cell);
    return new Promise((resolve) => {
      const ended = (): void => {
        this.#awaited.delete(cell);
        resolve();
      };
      cell.whenBroken(ended);
    });
  }

  /** An actor has ended: it is forgotten, and handles of it keep their cell. */
  ended(thread: number, local: number, death: LazyError<ActorDiedError>): void {
    this.#thread.restarts.own.ended(thread, local, death);
    const cell = this.find(thread, local);
    if (cell === undefined) return;
    this.forget(cell);
    cell.break(death);
  }

  /** Forgets an actor that has ended; handles of it keep their cell. */
  forget(cell: ActorCell): void {
    const { address } = cell;
    this.#own.forget(cell);
    this.#cells.delete(keyAt(address));
    for (const place of placesOf(address)) this.#moved.delete(place);
  }

  /** The actors of a thread have died; of all threads, if none is given. */
  breakAll(reason: string, thread?: number): void {
    const { restarts } = this.#thread;
    if (thread !== undefined) restarts.own.died(thread);
    for (const cell of thread === undefined ? this.all() : this.#others()) {
      if (thread !== undefined && !restarts.endsWith(cell, thread)) continue;
      cell.break(diedError(cell, cell.isRestarting && thread !== undefined ? OWNER_ENDED : reason));
      this.forget(cell);
    }
  }

  /** Where calls of an actor of this thread go, which serves as its address if there is nothing more to say. */
  targetHere(actor: ActorHost): LocalTarget {
    return this.#own.target(actor);
  }

  #targetOf(address: ActorAddress, shape: ClassShape): CallTarget {
    const { host, peers, pool, self, values } = this.#thread;
    if (address.crew !== undefined) {
      const target = this.#thread.crews.targetOf(address.crew, shape);
      if (target !== undefined) return target;
    } else if (address.thread.id === self.id) {
      const actor = host.find(address.local);
      if (actor !== undefined) {
        return this.targetHere(actor);
      }
    }
    const link = address.crew !== undefined
      ? undefined
      : address.owner === undefined
      ? peers.find(address.thread.id)
      : pool.reach(address.thread);
    if (link !== undefined) return new LinkTarget(link, values, address.local);
    const id = address.id ?? keyAt(address);
    const text = `Cannot call ${id} (${shape.name}): it has died`;
    return new BrokenTarget(new LazyError(() => new ActorDiedError(text, { actorId: id })));
  }

  #taskNamesOf(shape: ClassShape): readonly string[] {
    let names = this.#taskNames.get(shape);
    if (names === undefined) {
      names = shape.methods.map((method) => `${shape.name}.${method.name}`);
      this.#taskNames.set(shape, names);
    }
    return names;
  }
}

/** Where an actor is, a key a thread. */
function placesOf(address: ActorAddress): string[] {
  return threadsOf(address).map(({ id }) => actorId(id, address.local));
}
