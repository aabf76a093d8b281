/**
 * A stream at the consumer's end: items that have come, and programs that wait for the next one.
 *
 * @module
 */

import type { ActorActivity } from "../base/errors.ts";
import { INSPECT } from "../base/inspect.ts";
import type { ObjectId } from "../base/ids.ts";
import type { ObjectRef } from "./object_ref.ts";
import { type NextOptions, signalOf } from "./next_options.ts";
import { ObjectRefGenerator } from "./object_ref_generator.ts";
import { FAILED, PENDING, Ref, type RefObserver, type RefSource } from "./ref.ts";
import type { WaitContext } from "./wait_context.ts";
import { watchSync } from "./watch.ts";

/** What a stream says to its producer. */
export interface StreamControl {
  /** Items below `position` are taken; `Infinity` if nobody wants them. */
  taken(inbox: StreamInbox, position: number): void;
  /** Nobody reads on. MUST settle `inbox.whole`, now or when the producer has ended. */
  stop(inbox: StreamInbox): void;
  /** The stream has ended: no more items come. */
  closed(inbox: StreamInbox): void;
}

type Next = IteratorResult<ObjectRef<unknown>, undefined>;

/** A program that waits. It holds the stream, which would end if it were collected. */
interface Waiter {
  readonly stream: RefStream;
  readonly resolve: (next: Next) => void;
}

/** Items taken from the front leave a gap, which is closed now and then. */
const MIN_GAP = 64;

/** The items of a stream. The stream that the program holds is not known here, so that it can be collected. */
export class StreamInbox implements RefObserver, RefSource {
  /** The call's own ref: settled when the generator has ended. */
  readonly whole: Ref;
  /** True if the producer wants to know what is taken. */
  readonly isBounded: boolean;
  /** True once nobody reads on. */
  isStopped = false;
  /** True if somebody wants to see the end, whoever reads. */
  isWatched = false;
  readonly #control: StreamControl;
  #items: (Ref | undefined)[] = [];
  #first = 0;
  #received = 0;
  #taken = 0;
  #isEnded = false;
  #waiters: Waiter[] = [];
  #next: Ref | undefined;

  /**
   * @param whole The call's own ref.
   * @param isBounded True if the producer wants to know what is taken.
   * @param control The way to the producer.
   */
  constructor(whole: Ref, isBounded: boolean, control: StreamControl) {
    this.whole = whole;
    this.isBounded = isBounded;
    this.#control = control;
  }

  /** Item number `index` has come. One that was here already is no news: the call was made again. */
  push(index: number, value: unknown): void {
    if (index < this.#received) {
      if (index === 0 && this.isBounded) this.#control.taken(this, this.isStopped ? Infinity : this.#taken);
      return;
    }
    this.#received = index + 1;
    if (this.isStopped) {
      // It may have begun only after it was told to stop.
      if (index === 0) this.#control.stop(this);
      return;
    }
    const item = this.#makeRef();
    item.resolve(value);
    this.#add(item);
  }

  /** An item has come that cannot be used here: it is the last one. */
  fail(error: unknown): void {
    if (this.isStopped) return;
    const item = this.#makeRef();
    item.reject(error);
    this.#add(item);
    this.#end();
    this.isStopped = true;
    this.#control.stop(this);
  }

  /** {@inheritDoc RefObserver.settled} */
  settled(whole: Ref): void {
    this.#control.closed(this);
    if (this.#isEnded) return;
    if (whole.status === FAILED && !this.isStopped) {
      const item = this.#makeRef();
      item.reject(whole.value);
      this.#add(item);
    }
    this.#end();
  }

  /** The next item, or the end; `undefined` if it is not known yet. */
  take(): Next | undefined {
    if (this.#first < this.#items.length) {
      const value = this.#items[this.#first]!;
      this.#items[this.#first++] = undefined;
      if (this.#first >= MIN_GAP && this.#first * 2 >= this.#items.length) {
        this.#items.splice(0, this.#first);
        this.#first = 0;
      }
      this.#next = undefined;
      this.#count();
      return { done: false, value };
    }
    return this.#isEnded ? { done: true, value: undefined } : undefined;
  }

  /** Waits for the next item; in vain if the call that waits is cancelled. */
  wait(stream: RefStream, context: WaitContext | undefined, signal?: AbortSignal): Promise<Next> {
    const { home } = this.whole;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        context?.leave(abort);
        signal?.removeEventListener("abort", onAbort);
        home.wait(-1);
        home.expectContinuations();
      };
      const onAbort = (): void => abort(signal!.reason);
      const waiter: Waiter = {
        stream,
        resolve: (next) => {
          resolve(next);
          end();
        },
      };
      const abort = (reason: unknown): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(reason);
        end();
      };
      home.wait(1);
      context?.enter(abort);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiters.push(waiter);
    });
  }

  /** A ref that is settled once the next item is there, or the stream has ended. */
  ready(): Ref {
    if (this.#next !== undefined) return this.#next;
    const next = this.#next = new Ref(this.whole.home, this.whole.taskName, this);
    if (this.#first < this.#items.length || this.#isEnded) next.resolve(undefined);
    return next;
  }

  /** Nobody reads on: forgets what is there, and stops the generator. */
  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.#forget();
    if (this.#isEnded) return;
    this.#end();
    this.#control.stop(this);
  }

  /** The program has dropped the stream. */
  dropped(): void {
    if (!this.isWatched) return this.stop();
    if (this.isStopped || this.#isEnded) return;
    this.isStopped = true;
    this.#forget();
    this.#end();
    if (this.isBounded) this.#control.taken(this, Infinity);
  }

  // The source of the ref that `ready` gives.

  /** {@inheritDoc RefSource.actorId} */
  get actorId(): string | undefined {
    return this.whole.source?.actorId;
  }

  /** {@inheritDoc RefSource.activity} */
  activity(): ActorActivity | undefined {
    return this.whole.source?.activity();
  }

  /** {@inheritDoc RefSource.fulfiller} */
  fulfiller(): number {
    return this.whole.source?.fulfiller() ?? 0;
  }

  /** {@inheritDoc RefSource.answered} */
  answered(): void {}

  /** {@inheritDoc RefSource.cancel} */
  cancel(): void {}

  #makeRef(): Ref {
    return new Ref(this.whole.home, this.whole.taskName);
  }

  #add(item: Ref): void {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      this.#count();
      return waiter.resolve({ done: false, value: item });
    }
    this.#items.push(item);
    this.#next?.resolve(undefined);
  }

  #count(): void {
    this.#taken++;
    if (this.isBounded && !this.isStopped && this.whole.status === PENDING) {
      this.#control.taken(this, this.#taken);
    }
  }

  #end(): void {
    this.#isEnded = true;
    for (const { resolve } of this.#waiters.splice(0)) resolve({ done: true, value: undefined });
    this.#next?.resolve(undefined);
  }

  #forget(): void {
    this.#items = [];
    this.#first = 0;
  }
}

/** The one implementation of `ObjectRefGenerator`. */
export class RefStream extends ObjectRefGenerator<unknown> {
  readonly #inbox: StreamInbox;

  /** @param inbox Where its items come. */
  constructor(inbox: StreamInbox) {
    super();
    this.#inbox = inbox;
  }

  override get id(): ObjectId {
    return this.#inbox.whole.id;
  }

  override next(options?: NextOptions): Promise<Next> {
    const signal = options && signalOf(options);
    const { home } = this.#inbox.whole;
    const context = home.context();
    const reason = context?.takeCancel() ?? (signal?.aborted ? signal.reason : undefined);
    if (reason !== undefined) return Promise.reject(reason);
    const next = this.#inbox.take();
    if (next === undefined) return this.#inbox.wait(this, context, signal);
    const pause = home.pause();
    return pause === undefined ? Promise.resolve(next) : pause.then(() => next);
  }

  override nextSync(): Next {
    for (;;) {
      const next = this.#inbox.take();
      if (next !== undefined) return next;
      watchSync([this.#inbox.ready()], { count: 1, orFailure: false }, Infinity);
    }
  }

  override return(): Promise<Next> {
    this.#inbox.stop();
    return Promise.resolve({ done: true, value: undefined });
  }

  override completed(): ObjectRef<undefined> {
    this.#inbox.isWatched = true;
    return this.#inbox.whole as Ref<undefined>;
  }

  /** A ref that is settled once the next item is there, or the stream has ended. */
  ready(): Ref {
    return this.#inbox.ready();
  }

  /** What `JSON.stringify` shows of it. */
  toJSON(): string {
    return `ObjectRefGenerator(${this.id}, "${this.#inbox.whole.taskName}")`;
  }

  /** What `console.log` shows of it. */
  [INSPECT](): string {
    return this.toJSON();
  }
}
