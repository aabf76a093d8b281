/**
 * The actors of a thread of the pool: made by many threads, of classes of many modules.
 *
 * An actor's number is given out by whoever makes it, and others may call it before word of it comes. So there are three
 * kinds of numbers: those that live here; those that their owner has told of and that do not live here, which have ended; and
 * those to come, of which somebody who had a handle told first.
 *
 * @module
 */

import { asyncHooks, type AsyncStorage } from "../base/platform.ts";
import { ownerOf } from "../call/handle.ts";
import { ActorHost } from "../exec/actor_host.ts";
import { type ActorTerms, USUAL_TERMS } from "../exec/actor_terms.ts";
import { type ActorAddress, keyAt } from "../supervise/actor_address.ts";
import { ActorCell } from "../supervise/actor_cell.ts";
import { boardLayout } from "../transport/board_layout.ts";
import type { PeerLink } from "../transport/peer.ts";
import { DRIVER, type ThreadAddress } from "../transport/thread_address.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import { Reader } from "../wire/reader.ts";
import { endActor, reportEnd, sayEnded } from "./actor_ends.ts";
import { OWNER_ENDED } from "./death.ts";
import type { Thread } from "./thread.ts";

/** A thread that has made actors here. */
interface Owner {
  readonly address: ThreadAddress;
  /** The highest number that it has told of; it tells of them in their order. */
  told: number;
  /** Those of its actors that live here; of the driver's, with which everything ends, only those that it has not told of. */
  readonly actors: Set<number>;
  /** Numbers that ended before it told of them. */
  readonly early: Set<number>;
}

/** What an actor has made; that it can still be called says nothing of whether anybody can. */
interface MadeActor {
  readonly address: ActorAddress;
  readonly cell: WeakRef<ActorCell>;
}

/** A call that is read later. */
interface UnreadCall {
  readonly link: PeerLink;
  /** The caller's slot for the answer. */
  readonly slot: number;
  read(): void;
}

/** Code of the thread itself. */
const OWN_CODE = "own code";
const LOADING = "a module that is being loaded";

/** What is said of an actor before its maker tells of it. */
const POOL_TERMS: ActorTerms = { ...USUAL_TERMS, placement: "pool" };

/** The actors of one thread of the pool. */
export class PooledActors {
  readonly #thread: Thread;
  readonly #owners = new Map<number, Owner>();
  /** The owners of those that stand in `Owner.actors`. */
  readonly #ownerOf = new Map<number, Owner>();
  /** Those whose module may not be loaded yet, and what is to be read when it is: calls, with instances of its classes. */
  readonly #unread = new Map<number, UnreadCall[] | undefined>();
  /** What each actor has made, here or elsewhere. */
  readonly #made = new Map<ActorHost, { actors: MadeActor[]; sweepAt: number }>();
  /** Which actor's code it is: each call runs in its actor's. */
  readonly #context: AsyncStorage<unknown>;

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    // All that this thread does from now on stands in this context, except the code of modules that it loads: that stands in the
    // one of `outside` on Deno, and in none on Bun.
    this.#context = new (asyncHooks().AsyncLocalStorage)<unknown>();
    this.#context.enterWith(OWN_CODE);
    thread.host.context = this.#context;
  }

  /** True in code of an actor, false in code of a module that is being loaded. */
  get isInActor(): boolean {
    const code = this.#context.getStore();
    return code === OWN_CODE || code instanceof ActorHost;
  }

  /** An actor of this thread has made another one, which ends with it. */
  own(handle: object): void {
    const maker = this.#context.getStore();
    const cell = ownerOf(handle);
    if (!(maker instanceof ActorHost) || !(cell instanceof ActorCell)) return;
    if (maker.hasEnded) return this.#end(cell.address);
    let made = this.#made.get(maker);
    if (made === undefined) this.#made.set(maker, made = { actors: [], sweepAt: 64 });
    made.actors.push({ address: cell.address, cell: new WeakRef(cell) });
    if (made.actors.length < made.sweepAt) return;
    made.actors = made.actors.filter(({ cell }) => !cell.deref()?.hasEnded);
    made.sweepAt = Math.max(64, made.actors.length * 2);
  }

  /** Ends an actor whose maker has ended. */
  #end(address: ActorAddress): void {
    const { board, host, loop, peers, restarts, self } = this.#thread;
    const supervised = restarts.own.find(keyAt(address));
    if (supervised !== undefined) return restarts.own.end(supervised, false, OWNER_ENDED);
    if (address.ownsThread) {
      board.markDead(address.thread, { ending: "owner ended", text: "" });
      return loop.schedule();
    }
    if (address.thread.id === self.id) {
      const actor = host.find(address.local);
      if (actor !== undefined) endActor(this.#thread, actor, OWNER_ENDED);
      return;
    }
    const link = peers.find(address.thread.id);
    if (link === undefined) return;
    link.open(Frame.makerEnded).u32(address.local);
    link.seal();
  }

  /** Runs `load` as what is no actor's code. */
  outside<T>(load: () => T): T {
    return this.#context.run(LOADING, load);
  }

  /** A number for an actor that this thread makes itself. */
  nextNumber(): number {
    const { pool, self } = this.#thread;
    return pool.table.give(self);
  }

  /**
   * The actor of that number, which is expected from now on if it was not yet; `undefined` if it has ended.
   *
   * @param local Its number.
   * @param owner The thread that makes it.
   * @param teller The number of the thread that says so.
   */
  expect(local: number, owner: ThreadAddress, teller = 0): ActorHost | undefined {
    const { board, host, pool, self } = this.#thread;
    if (local === 0 || local > pool.table.lastGiven(self)) {
      throw new CorruptFrameError("an actor of a number that was not given out");
    }
    if (owner.id === self.id) return host.find(local);
    let known = this.#owners.get(owner.id);
    if (known === undefined) {
      // An owner that has ended, and its actors with it, will not be heard of again.
      if (!board.isAlive(owner)) return host.find(local);
      this.#owners.set(owner.id, known = { address: owner, told: 0, actors: new Set(), early: new Set() });
    }
    let actor = host.find(local);
    if (actor === undefined && local > known.told && !known.early.has(local)) {
      actor = host.expect(local);
      actor.terms = POOL_TERMS;
      this.#unread.set(local, undefined);
      // Whoever made it has a handle, also if others give theirs back before it has told of it.
      this.#thread.holders.change(local, owner.id, 1);
      known.actors.add(local);
      this.#ownerOf.set(local, known);
    }
    if (teller !== owner.id) return actor;
    if (local > known.told) known.told = local;
    known.early.delete(local);
    if (owner.id === DRIVER) this.#forget(local);
    return actor;
  }

  /** Takes the word of another thread of an actor to come. */
  told(link: PeerLink, reader: Reader): void {
    const [local, id, slot] = [reader.u32(), reader.u32(), reader.u32()];
    if (slot >= boardLayout.slots) throw new CorruptFrameError("an actor of a thread that cannot be");
    const owner = { id, slot };
    if (this.expect(local, owner, link.peer.id) !== undefined) return;
    const isAlive = this.#thread.board.isAlive(owner);
    sayEnded(this.#thread, link, local, isAlive ? "" : `, ${OWNER_ENDED}`);
  }

  /** An actor has ended. */
  ended(actor: ActorHost): void {
    const { pool, self } = this.#thread;
    const { local } = actor;
    pool.table.ended(self);
    const owner = this.#ownerOf.get(local);
    if (owner !== undefined && local > owner.told) owner.early.add(local);
    this.#forget(local);
    this.#readAll(local);
    this.renewed(actor);
  }

  /** A run of an actor is over: what it has made ends with it. */
  renewed(actor: ActorHost): void {
    const made = this.#made.get(actor);
    this.#made.delete(actor);
    if (made !== undefined) { for (const { address } of made.actors) this.#end(address); }
  }

  /** True if what comes for an actor must be kept until its module is loaded. */
  isUnread(local: number): boolean {
    return this.#unread.size > 0 && this.#unread.has(local);
  }

  /** Keeps a call of such an actor, whose slot comes next; `read` takes it later, also if the actor has ended. */
  keep(local: number, link: PeerLink, reader: Reader, read: (reader: Reader) => void): void {
    const later = copyOf(reader);
    const call = { link, slot: copyOf(reader).u32(), read: () => read(later) };
    const calls = this.#unread.get(local);
    if (calls === undefined) this.#unread.set(local, [call]);
    else calls.push(call);
  }

  /** Takes back a call that was kept. True if there was one. */
  withdraw(link: PeerLink, slot: number): boolean {
    for (const calls of this.#unread.values()) {
      const index = calls?.findIndex((call) => call.link === link && call.slot === slot) ?? -1;
      if (index < 0) continue;
      calls!.splice(index, 1);
      return true;
    }
    return false;
  }

  #readAll(local: number): void {
    const calls = this.#unread.get(local);
    this.#unread.delete(local);
    if (calls !== undefined) { for (const call of calls) call.read(); }
  }

  /** Some thread has died: ends the actors that it made. */
  ownersDied(): void {
    const { board, host } = this.#thread;
    for (const [id, { address, actors }] of this.#owners) {
      if (board.isAlive(address)) continue;
      this.#owners.delete(id);
      for (const local of [...actors]) {
        const actor = host.find(local);
        if (actor !== undefined) {
          endActor(this.#thread, actor, OWNER_ENDED);
        }
      }
    }
  }

  /**
   * Makes an actor of a module: now, or when that is loaded. Until then the actor's calls wait.
   *
   * @param actor The actor.
   * @param module The module.
   * @param name The class.
   * @param reader Stands at the rest of the frame that makes the actor.
   * @param make Makes it from that rest.
   */
  load(actor: ActorHost, module: string, name: string, reader: Reader, make: (reader: Reader) => void): void {
    const thread = this.#thread;
    if (thread.definitions.findClass(module, name) !== undefined && thread.modules.isWhole(module)) {
      make(reader);
      return this.#readAll(actor.local);
    }
    const later = copyOf(reader);
    let step = "its module could not be loaded:";
    thread.load(module).then(() => {
      step = "it could not be made:";
      if (actor.hasEnded) return;
      make(later);
      this.#readAll(actor.local);
    }).catch((error) => reportEnd(thread, actor, error, step));
  }

  #forget(local: number): void {
    this.#ownerOf.get(local)?.actors.delete(local);
    this.#ownerOf.delete(local);
  }
}

/** A frame's bytes are the link's, and are gone after this turn. */
function copyOf(reader: Reader): Reader {
  const copy = new Reader();
  copy.reset(reader.bytes.slice(reader.pos, reader.end));
  return copy;
}
