/**
 * A queue between actors.
 *
 * @module
 */

import { checkSignal, checkTimeout } from "../objects/option_checks.ts";
import type { GetOptions } from "../api/get.ts";
import { makerOf } from "../api/actor.ts";
import { kill } from "../api/lifecycle.ts";
import { serializable } from "../api/serializable.ts";
import { wait } from "../api/wait.ts";
import { packRef } from "../base/ids.ts";
import { QueueEmptyError, QueueFullError } from "../base/queue_errors.ts";
import type { ActorHandle } from "../call/actor_handle.ts";
import type { ActorOptions } from "../define/options.ts";
import { show } from "../define/show.ts";
import type { ObjectRef } from "../objects/object_ref.ts";
import { PENDING, type Ref } from "../objects/ref.ts";
import { requireThread } from "../runtime/current.ts";
import { type Box, QueueActor } from "./queue_actor.ts";

/** Options of a queue: its own, and those of the actor behind it. */
export interface QueueOptions extends Omit<ActorOptions, "maxConcurrency" | "maxPendingCalls"> {
  /** How many items it holds; 0, the default, for no limit. */
  maxSize?: number;
}

/** How a queue is shut down. */
export interface QueueShutdownOptions {
  /** Ends it at once; false unless given. */
  force?: boolean;
  /** For how long those who wait are waited for, in milliseconds; 5000 unless given. */
  gracePeriod?: number;
}

const GRACE_PERIOD = 5_000;

/**
 * A first-in, first-out queue, with an actor behind it: it can be handed to other actors and functions, and all copies are the
 * same queue. Whoever waits is served in the order of the beginnings. Ray's counterpart is `ray.util.queue.Queue`.
 *
 * Items are copied, twice on their way. A wait that ends without its item, by a timeout, a signal or the end of its thread, takes
 * none later. What was given to a thread that dies before it reads it is lost.
 *
 * @example A queue with a limit
 * ```ts
 * import { shutdown } from "@manta/ray";
 * import { Queue, QueueFullError } from "@manta/ray/util";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const queue = new Queue<string>({ maxSize: 2, placement: "inline" });
 * await queue.put("first");
 * await queue.put("second");
 * await assertRejects(() => queue.put("third", { timeout: 10 }), QueueFullError);
 * assertEquals(await queue.get(), "first");
 * assertEquals(await queue.size(), 1);
 * await shutdown();
 * ```
 *
 * @typeParam T The type of the items.
 */
export class Queue<T> {
  /** The handle of the actor behind the queue. */
  readonly actor: ActorHandle<object>;

  /**
   * Makes a queue.
   *
   * @param options Its limit, and the options of its actor.
   * @throws {TypeError} If an option is unknown or of a wrong type.
   * @throws {RangeError} If an option has a wrong value.
   */
  constructor(options: QueueOptions = {}) {
    if (typeof options !== "object" || options === null) {
      throw new TypeError(`Cannot make a queue with ${show(options)}: expected an object of options`);
    }
    const { maxSize = 0, ...rest } = options;
    checkCount("make a queue", "maxSize", maxSize);
    for (const name of ["maxConcurrency", "maxPendingCalls"]) {
      if (!(name in rest)) continue;
      throw new TypeError(
        `Cannot use option "${name}" for a queue: a wait is a call in progress, and a limit would hold back what ends it`,
      );
    }
    this.actor = makerOf(QueueActor, rest).remote(maxSize);
  }

  /**
   * Adds an item, as soon as there is room.
   *
   * @param item The item.
   * @param options How long to wait.
   * @throws {QueueFullError} After `timeout`.
   * @throws {SerializationError} If the item cannot cross.
   */
  async put(item: T, options: GetOptions = {}): Promise<void> {
    const actor = actorOf(this);
    const outcome = await limited(
      "put an item",
      actor,
      options,
      (wait) => actor.put.remote(wait, [item]),
    );
    if (outcome !== null) return;
    throw new QueueFullError(
      `Cannot put an item within ${options.timeout} ms: the queue is full, get some first`,
    );
  }

  /**
   * Takes the next item, as soon as there is one.
   *
   * @param options How long to wait.
   * @returns The item; of a ref, its value.
   * @throws {QueueEmptyError} After `timeout`.
   */
  async get(options: GetOptions = {}): Promise<T> {
    const actor = actorOf(this);
    const outcome = await limited("get an item", actor, options, (wait) => actor.get.remote(wait));
    if (outcome !== null) return outcome[0] as T;
    throw new QueueEmptyError(`Cannot get an item within ${options.timeout} ms: the queue is empty`);
  }

  /** Adds an item if there is room now. Rejects with `QueueFullError` if not. */
  async putNowait(item: T): Promise<void> {
    await this.putNowaitBatch([item]);
  }

  /** Takes the next item if there is one now. Rejects with `QueueEmptyError` if not. */
  async getNowait(): Promise<T> {
    const box = await actorOf(this).take.remote();
    if (box === null) throw new QueueEmptyError("Cannot get an item now: the queue is empty");
    return box[0] as T;
  }

  /**
   * Adds items if there is room now for all of them; else none.
   *
   * @param items The items.
   * @throws {QueueFullError} If there is not.
   */
  async putNowaitBatch(items: Iterable<T>): Promise<void> {
    if (typeof items !== "object" || items === null || !(Symbol.iterator in items)) {
      throw new TypeError(`Cannot put items: found ${show(items)}, expected an array or another iterable`);
    }
    const boxes = Array.from(items, (item): Box => [item]);
    const size = await actorOf(this).add.remote(boxes);
    if (size === true) return;
    const what = boxes.length === 1 ? "an item" : `${boxes.length} items`;
    throw new QueueFullError(`Cannot put ${what} now: the queue has ${size}, and no room for so many`);
  }

  /**
   * Takes so many items if they are there now; else none.
   *
   * @param count How many.
   * @returns The items; of refs, the refs.
   * @throws {QueueEmptyError} If there are fewer.
   */
  async getNowaitBatch(count: number): Promise<T[]> {
    checkCount("get items", "count", count);
    const boxes = await actorOf(this).takeAll.remote(count);
    if (typeof boxes !== "number") return boxes.map(([item]) => item as T);
    throw new QueueEmptyError(`Cannot get ${count} items now: the queue has ${boxes}`);
  }

  /** The number of items in it. */
  async size(): Promise<number> {
    return await actorOf(this).size.remote();
  }

  /** True if it has no item. */
  async empty(): Promise<boolean> {
    return await this.size() === 0;
  }

  /** True if it has no room. */
  async full(): Promise<boolean> {
    return await actorOf(this).isFull.remote();
  }

  /**
   * Ends the queue: items that nobody has got are gone, and later calls reject with `ActorDiedError`. What was called before is
   * finished first, and who waits has `gracePeriod` left.
   *
   * @param options How.
   */
  async shutdown(options: QueueShutdownOptions = {}): Promise<void> {
    const { force = false, gracePeriod = GRACE_PERIOD } = options;
    if (typeof force !== "boolean") {
      throw new TypeError(`Cannot shut a queue down with ${show(force)} as "force": expected a boolean`);
    }
    checkTimeout("shut a queue down", gracePeriod);
    if (!force) await wait([actorOf(this).idle.remote()], { timeout: gracePeriod });
    await kill(this.actor);
  }
}

/** An instance that has crossed has no private members: no constructor ran. */
function actorOf(queue: { readonly actor: ActorHandle<object> }): ActorHandle<QueueActor> {
  return queue.actor as ActorHandle<QueueActor>;
}

/**
 * Makes a call that waits, for so long. At the end the actor decides: it may have ended the wait already, and then its answer
 * counts. `null` after the timeout.
 */
async function limited<R>(
  verb: string,
  actor: ActorHandle<QueueActor>,
  options: GetOptions,
  call: (wait: number) => ObjectRef<R>,
): Promise<R | null> {
  const timeout = checkTimeout(verb, options.timeout);
  const signal = checkSignal(verb, options.signal);
  signal?.throwIfAborted();
  const thread = requireThread(verb);
  const number = packRef(thread.self.id, thread.nextRef());
  const ref = call(number);
  let aborted: { reason: unknown } | undefined;
  try {
    if (timeout === Infinity && signal === undefined) return await ref;
    // The actor is asked in any case: a timeout of 0 is for what it has now.
    const [ready] = timeout === 0 ? [[]] : await wait([ref], { timeout, signal });
    if (ready.length > 0) return await ref;
  } catch (reason) {
    // If the call has not failed, its wait was ended: by the signal, or because the method that waits here was cancelled.
    if ((ref as Ref<R>).status !== PENDING) throw reason;
    aborted = { reason };
  }
  await actor.withdraw.remote(number);
  const outcome = await ref;
  if (outcome === null && aborted !== undefined) throw aborted.reason;
  return outcome;
}

function checkCount(verb: string, name: string, value: unknown): void {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot ${verb} with ${show(value)} as "${name}": expected a number`);
  }
  if (!Number.isInteger(value) || value < 0) {
    throw new RangeError(`Cannot ${verb} with ${value} as "${name}": expected an integer from 0 on`);
  }
}

// Its one field crosses: the handle.
serializable(Queue, { module: import.meta.url });
