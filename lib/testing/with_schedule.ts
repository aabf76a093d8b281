/**
 * Tests under many orders.
 *
 * @module
 */

import { shutdown } from "../api/lifecycle.ts";
import { show } from "../define/show.ts";
import { currentThread, useClock, useSchedule } from "../runtime/current.ts";
import { SeededSchedule } from "./seeded_schedule.ts";

/** Options of `withSchedule`. */
export interface ScheduleOptions {
  /** What the first order is drawn from: an integer from 0 to 2^32 - 1; 1 unless given. */
  seed?: number;
  /** How many orders, each of the next seed; 100 unless given. */
  runs?: number;
}

const SEEDS = 2 ** 32;

/**
 * Runs a test under many orders of what happens in it, each drawn from a seed, to find those under which it fails.
 *
 * In each run all actors are inline, whatever their placement, and remote functions run in this thread. Which actor runs next,
 * which caller's call is delivered first, and when an answer comes, is drawn, as far as Manta's guarantees leave it open: the
 * calls of one caller to one actor keep their order. Timeouts pass when nothing else can happen. Timers of the program's own
 * and I/O do not belong to the schedule: a test that waits for them is not the same in each run.
 *
 * If the test throws, or comes to no end, the error names the seed, and `{ seed, runs: 1 }` runs that very order again.
 *
 * @example A lost update
 * ```ts
 * import { Actor, type ActorHandle, remote } from "@manta/ray";
 * import { withSchedule } from "@manta/ray/testing";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * @remote({ module: import.meta.url })
 * class Account extends Actor {
 *   #balance = 0;
 *   balance(): number {
 *     return this.#balance;
 *   }
 *   set(balance: number): void {
 *     this.#balance = balance;
 *   }
 *   add(amount: number): void {
 *     this.#balance += amount;
 *   }
 * }
 *
 * @remote({ module: import.meta.url })
 * class Teller extends Actor {
 *   async deposit(account: ActorHandle<Account>, amount: number): Promise<void> {
 *     const before = await account.balance.remote(); // Another teller's deposit after this line is lost.
 *     await account.set.remote(before + amount);
 *   }
 *   async depositSafely(account: ActorHandle<Account>, amount: number): Promise<void> {
 *     await account.add.remote(amount);
 *   }
 * }
 *
 * async function twoDeposits(method: "deposit" | "depositSafely"): Promise<void> {
 *   const account = Account.remote();
 *   await Promise.all([10, 20].map((amount) => Teller.remote()[method].remote(account, amount)));
 *   assertEquals(await account.balance.remote(), 30);
 * }
 *
 * await withSchedule({ runs: 50 }, () => twoDeposits("depositSafely"));
 * await assertRejects(() => withSchedule({ runs: 50 }, () => twoDeposits("deposit")), Error, "with seed");
 * ```
 *
 * @param options Which orders.
 * @param test The test; what it returns is awaited.
 * @throws {Error} If a run fails; `cause` is what the test threw.
 * @throws {Error} If the runtime has begun already, or another schedule is in use.
 * @throws {RangeError} If an option has a wrong value.
 * @throws {TypeError} If an option is unknown or of a wrong type, or `test` is no function.
 */
export async function withSchedule(options: ScheduleOptions, test: () => unknown): Promise<void> {
  const { seed: first, runs } = check(options);
  if (typeof test !== "function") {
    throw new TypeError(`Cannot run ${show(test)} with a schedule: expected a function`);
  }
  for (let run = 1; run <= runs; run++) {
    const seed = (first + run - 1) % SEEDS;
    try {
      await runOnce(new SeededSchedule(seed), test);
    } catch (cause) {
      if (cause instanceof Refusal) throw new Error(cause.message);
      console.error(`Replay this failure with withSchedule({ seed: ${seed}, runs: 1 }, test)`);
      const what = cause instanceof Error ? cause.message : show(cause);
      throw new Error(`Failed with seed ${seed}, run ${run} of ${runs}: ${what}`, { cause });
    }
  }
}

/** The run cannot begin: no failure of the test's. */
class Refusal extends Error {}

async function runOnce(schedule: SeededSchedule, test: () => unknown): Promise<void> {
  if (currentThread() !== undefined) {
    throw new Refusal("Cannot run with a schedule: the runtime has begun already, shutdown() first");
  }
  const other = useSchedule(schedule);
  if (other !== undefined) {
    useSchedule(other);
    throw new Refusal("Cannot run with a schedule: another one is in use, await that first");
  }
  const clock = useClock(schedule.clock);
  try {
    await schedule.run(test);
  } finally {
    useSchedule(undefined);
    useClock(clock);
    await shutdown();
  }
}

function check(options: ScheduleOptions): Required<ScheduleOptions> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot run with schedule ${show(options)}: expected an object of options`);
  }
  const { seed = 1, runs = 100, ...rest } = options;
  for (const name of Object.keys(rest)) {
    throw new TypeError(`Cannot use option "${name}" for a schedule: it is unknown, use "seed" or "runs"`);
  }
  checkInteger("seed", seed, 0);
  checkInteger("runs", runs, 1);
  return { seed, runs };
}

function checkInteger(name: string, value: unknown, least: number): void {
  const message = `Cannot use ${
    show(value)
  } as option "${name}" of a schedule: expected an integer from ${least} on`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!Number.isInteger(value) || value < least || value >= SEEDS) {
    throw new RangeError(`${message}, below 2^32`);
  }
}
