/**
 * What is often built from actors: a pool of them, queues between them, and loops over refs.
 *
 * ```ts
 * import { Actor, remote, shutdown } from "@manta/ray";
 * import { ActorPool } from "@manta/ray/util";
 * import { assertEquals } from "@std/assert";
 *
 * @remote({ placement: "inline", module: import.meta.url })
 * class Doubler extends Actor {
 *   double(n: number): number {
 *     return 2 * n;
 *   }
 * }
 *
 * const pool = new ActorPool([Doubler.remote(), Doubler.remote()]);
 * const doubles = pool.map((actor, n: number) => actor.double.remote(n), [1, 2, 3]);
 * assertEquals(await Array.fromAsync(doubles), [2, 4, 6]);
 * await shutdown();
 * ```
 *
 * @module
 */

export { ActorPool, type PoolCall } from "./lib/patterns/actor_pool.ts";
export { Queue, type QueueOptions, type QueueShutdownOptions } from "./lib/patterns/item_queue.ts";
export { QueueEmptyError, QueueFullError } from "./lib/base/queue_errors.ts";
export { asCompleted, type AsCompletedOptions } from "./lib/patterns/as_completed.ts";
