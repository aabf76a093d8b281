/**
 * The driver's desk for resources: it keeps the ledger, lets actors of all threads begin, and hears when they have ended.
 *
 * @module
 */

import { idleTimer } from "../base/platform.ts";
import type { Amounts, Demand } from "../define/demand.ts";
import { type Claim, Ledger } from "../registry/ledger.ts";
import { ResourceTable } from "../transport/resource_table.ts";
import { DRIVER, type ThreadAddress } from "../transport/thread_address.ts";
import type { Thread } from "./thread.ts";

/** A new actor that needs resources. */
export interface NewActor {
  /** Its id. */
  readonly actorId: string;
  /** What it needs. */
  readonly demand: Demand;
  /** Where it will live. */
  readonly thread: ThreadAddress;
  /** True if the end of that thread is its own. */
  readonly endsWithThread: boolean;
  /** True if it outlives its maker, once it has begun. */
  readonly isDetached: boolean;
}

/** Who is told what becomes of an actor that waits. */
export interface AdmissionListener {
  /** It may begin. */
  admitted(): void;
  /** It has ended before. */
  over(): void;
}

/** So often the desk looks, while somebody waits, whether functions do, in milliseconds. */
const LOOK = 20;

/** The resources of one program, and who has them. */
export class ResourceDesk {
  /** The ledger. */
  readonly ledger: Ledger;
  /** What other threads see of it. */
  readonly table: ResourceTable;
  readonly #thread: Thread;
  readonly #claims = new Map<string, ActorClaim>();
  #stopTimer: (() => void) | undefined = undefined;
  #isClosed = false;

  /**
   * @param thread The driver.
   * @param totals What there is.
   */
  constructor(thread: Thread, totals: Amounts) {
    this.#thread = thread;
    this.table = new ResourceTable(thread.board);
    this.ledger = new Ledger(totals, () => this.#changed());
  }

  /** True while functions have to be looked at. */
  get isLooking(): boolean {
    return this.#stopTimer !== undefined;
  }

  /** An actor that `maker` has made wants to begin; `listener` may be told before this returns. */
  want(actor: NewActor, maker: ThreadAddress, listener: AdmissionListener): void {
    const claim = new ActorClaim(this, actor, maker, listener);
    this.#claims.set(actor.actorId, claim);
    this.ledger.ask(claim);
  }

  /** An actor has ended, or will never begin. */
  over(actorId: string): void {
    const claim = this.#claims.get(actorId);
    if (claim === undefined) return;
    this.#claims.delete(actorId);
    const isWaiting = this.ledger.isWaiting(claim);
    this.ledger.release(claim);
    if (isWaiting) claim.listener.over();
  }

  /** The actor of that id, if it waits. */
  waiting(actorId: string): NewActor | undefined {
    const claim = this.#claims.get(actorId);
    return claim && this.ledger.isWaiting(claim) ? claim.actor : undefined;
  }

  /** True if an actor or function of that thread has resources. The driver is the program itself: it can always wait. */
  isHolder(thread: number): boolean {
    if (thread === DRIVER) return false;
    if (this.#thread.tasks.ownPool?.isLent(thread)) return true;
    for (const claim of this.#claims.values()) {
      if (claim.actor.thread.id === thread && !this.ledger.isWaiting(claim)) return true;
    }
    return false;
  }

  /** Some thread has died. */
  deaths(): void {
    const { board } = this.#thread;
    for (const { actor, maker } of [...this.#claims.values()]) {
      const { actorId, thread, endsWithThread, isDetached } = actor;
      const outlivesMaker = isDetached && this.waiting(actorId) === undefined;
      const hasEnded = (endsWithThread && !board.isAlive(thread)) ||
        (!outlivesMaker && !board.isAlive(maker));
      if (hasEnded) this.over(actorId);
    }
  }

  /** Lets those begin for whom functions that wait have made room. */
  look(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.#isClosed || !this.ledger.hasWaiting) return;
    this.#thread.tasks.ownPool?.look();
    this.ledger.serve();
    this.#changed();
  }

  /** Lets nobody begin any more. */
  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.ledger.close();
    this.#claims.clear();
  }

  #changed(): void {
    const { isContended, hasWaiting } = this.ledger;
    if (this.table.isContended !== isContended) this.table.isContended = isContended;
    if (!hasWaiting || this.isLooking || this.#isClosed || !this.#thread.tasks.ownPool?.hasLent) return;
    this.#stopTimer = idleTimer(() => this.look(), LOOK);
  }
}

/** An actor's claim, from its making to its end. */
class ActorClaim implements Claim {
  readonly isTask = false;
  readonly mayOverdraw = false;
  readonly canBegin = true;
  readonly actor: NewActor;
  readonly maker: ThreadAddress;
  readonly listener: AdmissionListener;
  readonly #desk: ResourceDesk;

  constructor(desk: ResourceDesk, actor: NewActor, maker: ThreadAddress, listener: AdmissionListener) {
    this.#desk = desk;
    this.actor = actor;
    this.maker = maker;
    this.listener = listener;
  }

  get demand(): Demand {
    return this.actor.demand;
  }
  get isOfHolder(): boolean {
    return this.#desk.isHolder(this.maker.id);
  }
  granted(): void {
    this.listener.admitted();
  }
}
