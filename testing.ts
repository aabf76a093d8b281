/**
 * For tests of actors: time by hand, and the same test under many orders.
 *
 * ```ts
 * import { Actor, remote } from "@manta/ray";
 * import { withSchedule } from "@manta/ray/testing";
 * import { assertEquals } from "@std/assert";
 *
 * @remote({ module: import.meta.url })
 * class Counter extends Actor {
 *   #count = 0;
 *   add(amount: number): number {
 *     return this.#count += amount;
 *   }
 * }
 *
 * await withSchedule({ runs: 20 }, async () => {
 *   const counter = Counter.remote();
 *   await Promise.all([1, 2, 3].map((amount) => counter.add.remote(amount)));
 *   assertEquals(await counter.add.remote(0), 6);
 * });
 * ```
 *
 * @module
 */

export { FakeClock } from "./lib/testing/fake_clock.ts";
export { type ScheduleOptions, withSchedule } from "./lib/testing/with_schedule.ts";
