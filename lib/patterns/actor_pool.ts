/**
 * A pool of actors that share work: one call at a time each.
 *
 * @module
 */

import type { GetOptions } from "../api/get.ts";
import { ownerOf } from "../call/handle.ts";
import { show } from "../define/show.ts";
import { Queue } from "../exec/queue.ts";
import { ObjectRef } from "../objects/object_ref.ts";
import { type Limits, limitsOf, within } from "./limits.ts";

/** Makes a call on an actor of a pool. */
export type PoolCall<H, V, R> = (actor: H, value: V) => ObjectRef<R>;

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** One call of a pool, from `submit` until its result is taken. */
interface Job<H> {
  readonly start: (actor: H) => ObjectRef<unknown>;
  outcome: Outcome | undefined;
  /** True while somebody waits for its result. */
  isTaken: boolean;
}

/**
 * Shares work among actors, each of which has one call at a time. What is submitted while all are busy waits for the first
 * that is free. Ray's counterpart is `ray.util.ActorPool`; unlike there, the next call begins as soon as an actor is free, and
 * not when its last result is taken.
 *
 * @example Two actors, five calls
 * ```ts
 * import { Actor, remote, shutdown } from "@manta/ray";
 * import { ActorPool } from "@manta/ray/util";
 * import { assertEquals } from "@std/assert";
 *
 * @remote({ placement: "inline", module: import.meta.url })
 * class Squarer extends Actor {
 *   square(n: number): number {
 *     return n * n;
 *   }
 * }
 *
 * const pool = new ActorPool([Squarer.remote(), Squarer.remote()]);
 * const squares = pool.map((actor, n: number) => actor.square.remote(n), [1, 2, 3, 4, 5]);
 * assertEquals(await Array.fromAsync(squares), [1, 4, 9, 16, 25]);
 * await shutdown();
 * ```
 *
 * @typeParam H The type of the actors' handles.
 * @typeParam R The type of the results of `submit`.
 */
export class ActorPool<H extends object, R = unknown> {
  readonly #members = new Set<H>();
  readonly #idle: H[] = [];
  readonly #waiting = new Queue<Job<H>>();
  /** Calls whose results are not taken, in the order in which they were submitted. */
  readonly #unread = new Set<Job<H>>();
  /** Those of them that are done, in the order of their ends. */
  readonly #done = new Set<Job<H>>();
  #isUnordered = false;
  /** Fulfilled when a call is done; then there is another one. */
  #change = Promise.withResolvers<void>();

  /**
   * Makes a pool.
   *
   * @param actors The handles of its actors, each once.
   * @throws {RangeError} If an actor is given twice.
   * @throws {TypeError} If something is no handle.
   */
  constructor(actors: Iterable<H>) {
    for (const actor of actors) this.push(actor);
  }

  /** Adds an actor that is idle. Throws `RangeError` if the pool has it already, `TypeError` if it is no handle. */
  push(actor: H): void {
    if (ownerOf(actor) === undefined) {
      throw new TypeError(`Cannot add ${show(actor)} to a pool: expected the handle of an actor`);
    }
    if (this.#members.has(actor)) {
      throw new RangeError("Cannot add an actor to a pool: the pool has it already");
    }
    this.#members.add(actor);
    this.#free(actor);
  }

  /** Takes an idle actor out of the pool; `undefined` if none is idle. */
  popIdle(): H | undefined {
    const actor = this.#idle.pop();
    if (actor !== undefined) this.#members.delete(actor);
    return actor;
  }

  /** True if a call that is submitted now would begin at once. */
  hasFree(): boolean {
    return this.#idle.length > 0;
  }

  /** True if there is a result to take, now or later, that nobody waits for. */
  hasNext(): boolean {
    return firstFree(this.#unread) !== undefined;
  }

  /**
   * Makes a call on the next actor that is free.
   *
   * @typeParam V The type of the value.
   * @param call Makes the call and returns its ref.
   * @param value What to call with.
   * @throws {TypeError} If an actor is free, and `call` returns something else.
   */
  submit<V>(call: PoolCall<H, V, R>, value: V): void {
    this.#submit(call, value);
  }

  #submit<V>(call: PoolCall<H, V, unknown>, value: V): void {
    if (typeof call !== "function") {
      throw new TypeError(`Cannot submit ${show(call)} to a pool: expected a function that makes a call`);
    }
    const start = (actor: H): ObjectRef<unknown> => {
      const ref: unknown = call(actor, value);
      if (ref instanceof ObjectRef) return ref;
      throw new TypeError(
        `Cannot submit to a pool: the function returned ${
          show(ref)
        }, expected the ref of a call on the actor`,
      );
    };
    const job: Job<H> = { start, outcome: undefined, isTaken: false };
    const actor = this.#idle.shift();
    if (actor === undefined) this.#waiting.push(job);
    else {
      try {
        this.#follow(job, actor, start(actor));
      } catch (error) {
        this.#idle.unshift(actor);
        throw error;
      }
    }
    this.#unread.add(job);
  }

  /**
   * The next result, in the order of `submit`. Rejects with the call's error if it failed.
   *
   * @param options How long to wait.
   * @returns The result.
   * @throws {GetTimeoutError} After `timeout`; the result can be taken later.
   * @throws {RangeError} If there is nothing to take, or results were taken with `getNextUnordered` meanwhile.
   */
  async getNext(options: GetOptions = {}): Promise<R> {
    const limits = limitsOf(options);
    const job = firstFree(this.#unread);
    if (job === undefined) throw nothingLeft();
    if (this.#isUnordered) {
      throw new RangeError(
        "Cannot get the next result in order: others were taken with getNextUnordered(), take the rest so too",
      );
    }
    job.isTaken = true;
    try {
      await this.#waitUntil(() => job.outcome, limits);
    } catch (error) {
      job.isTaken = false;
      throw error;
    }
    return this.#take(job) as R;
  }

  /**
   * The result of any call that is done. Rejects with the call's error if it failed.
   *
   * @param options How long to wait.
   * @returns The result.
   * @throws {GetTimeoutError} After `timeout`; the result can be taken later.
   * @throws {RangeError} If there is nothing to take.
   */
  async getNextUnordered(options: GetOptions = {}): Promise<R> {
    const job = await this.#waitUntil(() => {
      if (!this.hasNext()) throw nothingLeft();
      const first = firstFree(this.#done);
      if (first !== undefined) first.isTaken = this.#isUnordered = true;
      return first;
    }, limitsOf(options));
    return this.#take(job) as R;
  }

  /**
   * Calls for each value; the results in the order of the values. All calls are submitted at once. Results that were
   * submitted before and not taken are dropped.
   *
   * @typeParam V The type of the values.
   * @typeParam T The type of the results.
   * @param call Makes a call and returns its ref.
   * @param values What to call with.
   * @returns The results, to be looped over once.
   */
  map<V, T>(call: PoolCall<H, V, T>, values: Iterable<V>): AsyncGenerator<T, void, void> {
    return this.#each(call, values, () => this.getNext());
  }

  /**
   * The same, each result as soon as it is there.
   *
   * @typeParam V The type of the values.
   * @typeParam T The type of the results.
   * @param call Makes a call and returns its ref.
   * @param values What to call with.
   * @returns The results, to be looped over once.
   */
  mapUnordered<V, T>(call: PoolCall<H, V, T>, values: Iterable<V>): AsyncGenerator<T, void, void> {
    return this.#each(call, values, () => this.getNextUnordered());
  }

  #each<V, T>(
    call: PoolCall<H, V, T>,
    values: Iterable<V>,
    next: () => Promise<unknown>,
  ): AsyncGenerator<T, void, void> {
    // Calls that have begun go on; their results are nobody's. What somebody waits for already stays.
    for (const jobs of [this.#unread, this.#done]) for (const job of jobs) if (!job.isTaken) jobs.delete(job);
    for (const job of this.#waiting.clear()) if (job.isTaken) this.#waiting.push(job);
    this.#isUnordered = false;
    for (const value of values) this.#submit(call, value);
    return this.#results<T>(next);
  }

  async *#results<T>(next: () => Promise<unknown>): AsyncGenerator<T, void, void> {
    while (this.hasNext()) yield await next() as T;
  }

  /** What `find` finds, now or after some call is done. `find` takes it in the same step, so that nobody else does. */
  async #waitUntil<T>(find: () => T | undefined, limits: Limits): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await within(this.#change.promise, limits);
    }
  }

  #follow(job: Job<H>, actor: H, ref: ObjectRef<unknown>): void {
    ref.then(
      (value) => this.#end(job, actor, { value }),
      (error) => this.#end(job, actor, { error }),
    );
  }

  #end(job: Job<H>, actor: H, outcome: Outcome): void {
    this.#settle(job, outcome);
    this.#free(actor);
  }

  #settle(job: Job<H>, outcome: Outcome): void {
    job.outcome = outcome;
    if (this.#unread.has(job)) this.#done.add(job);
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  /** Gives a free actor the next call that waits. */
  #free(actor: H): void {
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      try {
        return this.#follow(job, actor, job.start(actor));
      } catch (error) {
        this.#settle(job, { error });
      }
    }
    this.#idle.push(actor);
  }

  #take(job: Job<H>): unknown {
    this.#unread.delete(job);
    this.#done.delete(job);
    if (this.#unread.size === 0) this.#isUnordered = false;
    const outcome = job.outcome!;
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }
}

/** The first that nobody waits for. */
function firstFree<J extends { readonly isTaken: boolean }>(jobs: Iterable<J>): J | undefined {
  for (const job of jobs) if (!job.isTaken) return job;
  return undefined;
}

function nothingLeft(): RangeError {
  return new RangeError(
    "Cannot get the next result: all that was submitted has been taken, submit more first",
  );
}
