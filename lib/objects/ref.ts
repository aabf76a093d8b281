/**
 * The ref as the runtime sees it: settled once, by whoever owns the call; observed by whoever waits.
 *
 * @module
 */

import type { ActorActivity } from "../base/errors.ts";
import type { Schedule } from "../base/schedule.ts";
import { INSPECT } from "../base/inspect.ts";
import { type ObjectId, objectId, packRef } from "../base/ids.ts";
import { ObjectRef } from "./object_ref.ts";
import { Following, isEngines } from "./following.ts";
import type { WaitContext } from "./wait_context.ts";
import type { ObjectRefGenerator } from "./object_ref_generator.ts";

/** A thread, as far as refs need it. */
export interface RefHome {
  /** The thread's number. */
  readonly thread: number;
  /** The order in which answers come, if that is given. */
  readonly schedule: Schedule | undefined;
  /** A number for a ref, when it first needs one. */
  nextRef(): number;
  /** A program waits (+1), or no longer waits (-1), for something that comes from outside. */
  wait(change: 1 | -1): void;
  /** A promise that somebody awaits was settled. */
  expectContinuations(): void;
  /** `undefined`, or what to wait for first: code that awaits settled refs in a loop lets timers and I/O run. */
  pause(): Promise<void> | undefined;
  /** Called for each blocking wait that had nothing to wait for. Throws, now and then, in a thread that is to end. */
  passed(): void;
  /** The call in progress that the code which runs belongs to. */
  context(): WaitContext | undefined;
  /** The same, to be known as the parent of what it calls. */
  caller(): object | undefined;
  /** Opens the stream of a call that has just been made, with room for `limit` unread items (`UNBOUNDED`: any number). */
  readonly streams: { open(whole: Ref, limit: number): ObjectRefGenerator<unknown> };
  /** Somebody has read the error of a ref. */
  failureRead(ref: Ref): void;
  /** Blocks until `done()`, which waits for `refs`; false at the timeout. */
  block(done: () => boolean, timeout: number, refs: readonly Ref[]): boolean;
}

/** Where a ref's value comes from, for messages and for finding deadlocks. */
export interface RefSource {
  /** The ref of the whole call, if what comes from here is a part of what that gives. */
  readonly whole?: Ref;
  /** The actor's id, if it is one. */
  readonly actorId: string | undefined;
  /** What it is doing. */
  activity(): ActorActivity | undefined;
  /** What a task waits for before it can begin, in words, as far as that is known. */
  waitsFor?(ref: Ref): string | undefined;
  /** The number of the thread without which the ref cannot be fulfilled; 0 if that is not known. */
  fulfiller(): number;
  /** The ref was settled. */
  answered(): void;
  /** Cancels the task; throws if `force` is not for tasks of this kind. */
  cancel(ref: Ref, how: CancelHow): void;
  /** The error of a call whose callee was lost, for `reason`. */
  lost?(taskName: string, reason: string): Error;
}

/** How a task is cancelled. */
export interface CancelHow {
  /** With the tasks that it has made. */
  readonly recursive: boolean;
  /** By ending the worker that runs it. */
  readonly force: boolean;
}

/** Told once when a ref is settled, at once and not from a microtask. MUST NOT run user code, MUST NOT throw. */
export interface RefObserver {
  /** The ref has its value or its error. */
  settled(ref: Ref): void;
}

/** The states of a ref. */
export const PENDING = 0;
/** It has its value. */
export const READY = 1;
/** It has its error. */
export const FAILED = 2;

/** A failed call that nobody awaits is no unhandled rejection. */
function ignore(): void {}

/** The one implementation of `ObjectRef`. */
export class Ref<T = unknown> extends ObjectRef<T> {
  /** `PENDING`, `READY` or `FAILED`. */
  status: 0 | 1 | 2 = PENDING;
  /** The value or the error. */
  value: unknown = undefined;
  /** Its packed number; 0 until it needs one. */
  packed = 0;
  /** Where the call was made, if that was recorded: an object with a `stack`. */
  callSite: { stack?: string } | undefined = undefined;
  /** The thread that made the ref; `undefined` if it is this one. */
  owner: { readonly id: number; readonly slot: number } | undefined = undefined;
  /** The call that made the call, if it was made in one. */
  parent: object | undefined = undefined;
  /** Fetches the value when somebody first waits for it. */
  onDemand: ((ref: Ref) => void) | undefined = undefined;
  /** The thread that this copy lives in. */
  readonly home: RefHome;
  /** Where the value comes from. */
  source: RefSource | undefined;
  /** The task, as `"Class.method"`, or what else it is. */
  readonly taskName: string;

  #observers: RefObserver | RefObserver[] | undefined = undefined;
  #promise: Promise<T> | undefined = undefined;

  /**
   * @param home The thread.
   * @param taskName The task's name.
   * @param source Where the value comes from.
   */
  constructor(home: RefHome, taskName: string, source?: RefSource) {
    super();
    this.home = home;
    this.taskName = taskName;
    this.source = source;
  }

  /** True once it has its value. */
  get isReady(): boolean {
    return this.status === READY;
  }

  override get id(): ObjectId {
    return objectId(this.number());
  }

  /** What `JSON.stringify` shows of it. */
  toJSON(): string {
    return `ObjectRef(${this.id}, "${this.taskName}", ${["pending", "ready", "failed"][this.status]})`;
  }

  /** What `console.log` shows of it. */
  [INSPECT](): string {
    return this.toJSON();
  }

  /** The packed number, given out at the first use. */
  number(): number {
    if (this.packed === 0) this.packed = packRef(this.home.thread, this.home.nextRef());
    return this.packed;
  }

  override then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (isEngines(onfulfilled) && typeof onrejected === "function" && this.home.context() === undefined) {
      return this.#follow(onfulfilled, onrejected) as unknown as Promise<A | B>;
    }
    return this.awaited().then(onfulfilled, onrejected);
  }

  #follow(resolve: (value: unknown) => unknown, reject: (reason: unknown) => unknown): Following {
    const following = new Following(this, resolve, reject);
    if (this.status === PENDING) {
      this.home.wait(1);
      this.observe(following);
      return following;
    }
    const pause = this.home.pause();
    if (pause === undefined) following.end();
    else following.endAfter(pause);
    return following;
  }

  /** The value as a promise, which ends with the call that awaits it, if that is cancelled. */
  awaited(): Promise<T> {
    const context = this.home.context();
    if (context === undefined) return this.paced();
    const reason = context.takeCancel();
    if (reason !== undefined) return Promise.reject(reason);
    return this.status === PENDING ? this.#awaitIn(context) : this.paced();
  }

  /** The value as a promise; after a turn for timers and I/O, if many settled refs were awaited in a row. */
  paced(): Promise<T> {
    const pause = this.status === PENDING ? undefined : this.home.pause();
    return pause === undefined ? this.promise() : pause.then(() => this.promise());
  }

  /** The value as a native promise, the same one each time, whose rejection nobody has to handle. */
  promise(): Promise<T> {
    return this.#promise ??= this.#makePromise();
  }

  #makePromise(): Promise<T> {
    if (this.status === READY) return Promise.resolve(this.value as T);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    // Nobody has to handle its rejection.
    const fail = (): void => {
      promise.catch(ignore);
      this.home.failureRead(this);
      reject(this.value);
    };
    if (this.status === FAILED) {
      fail();
      return promise;
    }
    this.home.wait(1);
    this.observe({
      settled: () => {
        if (this.status === READY) resolve(this.value as T);
        else fail();
        // In this order, what awaits the promise comes before the loop's next turn.
        this.home.wait(-1);
        this.home.expectContinuations();
      },
    });
    return promise;
  }

  #awaitIn(context: WaitContext): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const abort = (reason: unknown): void => {
      this.forget(observer);
      end(false, reason);
    };
    const end = (isReady: boolean, outcome: unknown): void => {
      context.leave(abort);
      if (isReady) resolve(outcome as T);
      else {
        promise.catch(ignore);
        if (this.status === FAILED) this.home.failureRead(this);
        reject(outcome);
      }
      this.home.wait(-1);
      this.home.expectContinuations();
    };
    const observer: RefObserver = { settled: () => end(this.status === READY, this.value) };
    this.home.wait(1);
    context.enter(abort);
    this.observe(observer);
    return promise;
  }

  /** Tells `observer` when the ref is settled; at once if it is. */
  observe(observer: RefObserver): void {
    if (this.status !== PENDING) return observer.settled(this);
    if (this.onDemand !== undefined) {
      this.demand();
      return this.observe(observer);
    }
    if (this.#observers === undefined) this.#observers = observer;
    else if (Array.isArray(this.#observers)) this.#observers.push(observer);
    else this.#observers = [this.#observers, observer];
  }

  /** Has the value fetched, if nobody has yet. */
  demand(): void {
    const { onDemand } = this;
    this.onDemand = undefined;
    onDemand?.(this);
  }

  /** Tells `observer` no more. */
  forget(observer: RefObserver): void {
    if (this.#observers === observer) this.#observers = undefined;
    else if (Array.isArray(this.#observers)) {
      const index = this.#observers.indexOf(observer);
      if (index >= 0) this.#observers.splice(index, 1);
    }
  }

  /** Gives the ref its value. The first settlement holds. */
  resolve(value: unknown): void {
    this.#settle(READY, value);
  }

  /** Gives the ref its error. */
  reject(error: unknown): void {
    this.#settle(FAILED, error);
  }

  #settle(status: 1 | 2, value: unknown): void {
    if (this.status !== PENDING) return;
    this.status = status;
    this.value = value;
    this.source?.answered();
    this.source = undefined;
    this.callSite = undefined;
    this.parent = undefined;
    const observers = this.#observers;
    if (observers === undefined) return;
    this.#observers = undefined;
    if (Array.isArray(observers)) { for (const observer of observers) observer.settled(this); }
    else observers.settled(this);
  }
}
