/**
 * A thread's host: the actors that live there, and the order in which their calls get the thread.
 *
 * @module
 */

import { LazyError } from "../base/lazy_error.ts";
import { ActorDiedError } from "../base/actor_errors.ts";
import type { RayError } from "../base/errors.ts";
import type { ActorId } from "../base/ids.ts";
import { now } from "../base/clock.ts";
import type { Schedule } from "../base/schedule.ts";
import type { AsyncStorage } from "../base/platform.ts";
import { ActorHost } from "./actor_host.ts";
import { ActorTable } from "./actor_table.ts";
import { Construction } from "./construction.ts";
import { CurrentCall } from "./current_call.ts";
import type { ClassDefinition } from "../define/class_definition.ts";
import type { BusySign, HostEnvironment, Runnable } from "./host_environment.ts";
import type { IncomingCall } from "./incoming_call.ts";
import { Queue } from "./queue.ts";

/** So many milliseconds of calls, then timers and I/O get their turn. */
const SLICE = 1;
/** At most so many calls between two looks at the clock. */
const MAX_STRIDE = 4;

/** So many ended actors are remembered. */
const MAX_DEATHS = 1_000;

/** The actors of one thread. */
export class Host {
  /** The calls in progress. */
  readonly calls: CurrentCall = new CurrentCall();
  /** The order in which what wants the thread gets it; that of arrival unless given. */
  schedule: Schedule | undefined = undefined;
  /** On a thread that many share, whose actor code belongs to is told over every `await`. */
  context: AsyncStorage<unknown> | undefined = undefined;
  readonly #environment: HostEnvironment;
  readonly #busy: BusySign;
  readonly #actors = new ActorTable();
  readonly #ready = new Queue<Runnable>();
  readonly #deaths = new Map<number, LazyError<RayError>>();
  #lastActor = 0;
  #running = 0;
  #now = 0;
  #isFresh = false;
  #sliceStart = 0;
  #stride = 1;
  #untilLook = 1;
  #current: ActorHost | undefined = undefined;
  #method = -1;
  #depth: { actor: ActorHost | undefined; method: number }[] = [];
  #primary: ActorHost | undefined = undefined;

  /** @param environment The thread. */
  constructor(environment: HostEnvironment) {
    this.#environment = environment;
    this.#busy = environment.busy;
  }

  /** A number for a new actor of this thread. */
  nextActor(): number {
    return this.#environment.nextActor?.() ?? ++this.#lastActor;
  }

  /** The thread's number. */
  get thread(): number {
    return this.#environment.thread;
  }

  /** Expects an actor: calls for it wait until it is constructed. `id` if that does not follow from its place. */
  expect(local: number, id?: ActorId): ActorHost {
    const actor = new ActorHost(this, local, id);
    this.adopt(actor);
    return actor;
  }

  /** Adds an actor of a kind of its own. */
  adopt(actor: ActorHost): void {
    this.#actors.set(actor);
    if (actor.local > this.#lastActor) this.#lastActor = actor.local;
  }

  /** The actor of that number, if it lives here. */
  find(local: number): ActorHost | undefined {
    return this.#actors.get(local);
  }

  /** All actors of this thread. */
  actors(): IterableIterator<ActorHost> {
    return this.#actors.values();
  }

  /** Runs an actor's constructor in its turn. */
  construct(
    actor: ActorHost,
    definition: ClassDefinition,
    maxConcurrency: number,
    args: readonly unknown[],
  ): void {
    this.ready(new Construction(this.#environment, actor, definition, maxConcurrency, args), actor);
  }

  /** Ends all actors. */
  endAll(reason: string): void {
    for (const actor of this.#actors.values()) {
      actor.end(
        new LazyError(() => new ActorDiedError(`${actor.id} has died: ${reason}`, { actorId: actor.id })),
      );
    }
  }

  /** True if something wants the thread. */
  get hasWork(): boolean {
    return this.#ready.length > 0;
  }

  /** Runs calls for about a millisecond. True if some are left. */
  run(): boolean {
    if (this.#ready.length === 0) return false;
    this.#sliceStart = this.#time();
    this.#isFresh = true;
    this.#stride = 1;
    this.#untilLook = 1;
    for (let executor = this.#ready.shift(); executor !== undefined; executor = this.#ready.shift()) {
      executor.isReady = false;
      let more = executor.canRun;
      while (more) {
        if (this.#untilLook-- === 0 && this.#isSliceOver()) {
          this.ready(executor);
          return true;
        }
        executor.runOne();
        more = executor.canRun;
        if (!more) break;
        // A cancel that came meanwhile is for the calls behind.
        this.#environment.admit();
        more = executor.canRun;
      }
    }
    return false;
  }

  /** Calls that take long are timed one by one, short ones by the handful. */
  #isSliceOver(): boolean {
    const before = this.#now;
    this.#now = now();
    if (this.#now - this.#sliceStart >= SLICE) return true;
    this.#stride = this.#now - before > SLICE / 8 ? 1 : Math.min(this.#stride * 2, MAX_STRIDE);
    this.#untilLook = this.#stride - 1;
    return false;
  }

  /** Reads the clock for what runs next; after answers have left, so that nobody waits for it. */
  tick(): void {
    this.#now = now();
    this.#isFresh = this.#running === 0;
  }

  /** Time has passed that no call took. */
  elapsed(): void {
    this.#isFresh = false;
  }

  #time(): number {
    if (!this.#isFresh) this.tick();
    return this.#now;
  }

  /** Something wants the thread; `of` is the actor whose it is. */
  ready(runnable: Runnable, of: object = runnable): void {
    if (runnable.isReady) return;
    runnable.isReady = true;
    if (this.schedule !== undefined) this.#runScheduled(runnable, of);
    else {
      this.#ready.push(runnable);
      this.#environment.schedule();
    }
  }

  #runScheduled(runnable: Runnable, of: object): void {
    this.schedule!.ready(of, () => this.#runOne(runnable, of));
  }

  #runOne(runnable: Runnable, of: object): void {
    runnable.isReady = false;
    if (runnable.canRun) runnable.runOne();
    if (runnable.canRun) this.ready(runnable, of);
  }

  /** A method takes the thread. */
  enter(actor: ActorHost, method: number): void {
    if (this.#current !== undefined) this.#nest();
    this.#current = actor;
    this.#method = method;
    this.#busy.hold(actor.local, method, this.#time());
  }

  /** It gives the thread back. */
  leave(): void {
    if (this.#depth.length > 0) this.#unnest();
    else {
      this.#current = undefined;
      this.#method = -1;
    }
    this.#busy.rest(this.#running);
  }

  #nest(): void {
    this.#depth.push({ actor: this.#current, method: this.#method });
  }

  #unnest(): void {
    const outer = this.#depth.pop()!;
    this.#current = outer.actor;
    this.#method = outer.method;
  }

  /** A call is in progress without holding the thread. */
  began(): void {
    this.#running++;
    this.#busy.rest(this.#running);
    this.expectContinuations();
  }

  /** Code that awaits goes on without holding the thread. */
  expectContinuations(): void {
    this.#environment.expectContinuations();
  }

  /** Such a call has ended. */
  finished(): void {
    this.#running--;
    this.#busy.rest(this.#running);
  }

  /** Says for which actor the thread was made: code that runs outside any method is that actor's, after an `await`. */
  setPrimary(actor: ActorHost): void {
    this.#primary = actor;
  }

  /** The actor that the thread was made for. One for tasks, and one that many share, has none. */
  get primary(): ActorHost | undefined {
    return this.#primary;
  }

  /** True for that actor. */
  isPrimary(actor: ActorHost): boolean {
    return this.#primary === actor;
  }

  /** The actor whose constructor has the thread. */
  get constructing(): ActorHost | undefined {
    return this.#method === -1 ? this.#current : undefined;
  }

  /** Forgets an actor that has ended; why it has is remembered for a while, for calls that are on their way. */
  forget(actor: ActorHost): void {
    this.#actors.delete(actor.local);
    const { death } = actor.life;
    if (death === undefined) return;
    this.#deaths.set(actor.local, death);
    if (this.#deaths.size <= MAX_DEATHS) return;
    for (const oldest of this.#deaths.keys()) {
      this.#deaths.delete(oldest);
      break;
    }
  }

  /** The error that calls of an actor are refused with which lives here no more, if that is remembered. */
  deathOf(local: number): RayError | undefined {
    return this.#deaths.get(local)?.error;
  }

  /** The call that the code which runs belongs to; in a thread made for one actor also after an `await` in a sync one. */
  currentCall(): IncomingCall | undefined {
    const call = this.calls.get();
    if (call !== undefined || this.#primary === undefined || this.calls.isKeptApart) return call;
    const running = this.#primary.running();
    return running.length === 1 ? running[0] : undefined;
  }

  /** The actor that the code which runs belongs to. */
  currentActor(): ActorHost | undefined {
    const owner = this.#current ?? this.currentCall()?.owner ?? this.#primary;
    return owner instanceof ActorHost ? owner : undefined;
  }

  /** True if a blocking wait now would hold up an async actor. */
  get isInAsyncActor(): boolean {
    return (this.#current ?? this.#primary)?.isAsync ?? false;
  }
}
