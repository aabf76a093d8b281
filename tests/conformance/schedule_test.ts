import { ActorDiedError, type ActorHandle, get, getSync, put, shutdown, TaskError, wait } from "@manta/ray";
import { cancel, DeadlockError, GetTimeoutError, kill, TaskCancelledError } from "@manta/ray";
import { withSchedule } from "@manta/ray/testing";
import { ActorPool, Queue, QueueEmptyError } from "@manta/ray/util";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { rejection } from "./fence.ts";
import {
  Account,
  AsyncJournal,
  Bank,
  Broken,
  bump,
  bumped,
  Journal,
  numbers,
  Writer,
} from "./schedule_actors.ts";

/** Runs a test that fails, and gives its error and what was printed. */
async function failure(
  options: { seed?: number; runs?: number },
  test: () => unknown,
): Promise<{ error: Error; printed: string; seed: number }> {
  const print = console.error;
  let printed = "";
  console.error = (...parts: unknown[]) => {
    printed += `${parts.join(" ")}\n`;
  };
  try {
    const error = await assertRejects(() => withSchedule(options, test), Error);
    return { error, printed, seed: Number(/with seed (\d+)/.exec(error.message)?.[1]) };
  } finally {
    console.error = print;
  }
}

/** The lines that three callers leave in a journal, among them the test itself. */
async function journal(seed: number, Class: typeof Journal | typeof AsyncJournal): Promise<string[]> {
  let lines: string[] = [];
  await withSchedule({ seed, runs: 1 }, async () => {
    const target = Class.remote() as ActorHandle<Journal>;
    const writers = ["a", "b"].map((name) => Writer.remote().write.remote(target, name));
    for (let i = 1; i <= 3; i++) target.write.remote(`c${i}`);
    await get(writers);
    lines = await target.lines.remote();
  });
  return lines;
}

describe("withSchedule()", () => {
  afterEach(shutdown);

  const deposits =
    (method: "deposit" | "depositSafely", notes: string[][] = []) => async (): Promise<void> => {
      const bank = Bank.remote();
      const account = Account.remote(bank);
      await get([10, 20, 30].map((amount) => account[method].remote(amount)));
      notes.push(await bank.notes.remote());
      assertEquals(await account.balance.remote(), 60);
    };

  // ray: testing-schedule
  it("finds a lost update in a bank account, and replays it", async () => {
    const notes: string[][] = [];
    const { error, printed, seed } = await failure({ runs: 20 }, deposits("deposit", notes));
    assertStringIncludes(error.message, `of 20: Values are not equal`);
    assertStringIncludes((error.cause as Error).message, "60");
    assertStringIncludes(printed, `withSchedule({ seed: ${seed}, runs: 1 }, test)`);

    const again: string[][] = [];
    const replay = await failure({ seed, runs: 1 }, deposits("deposit", again));
    assertEquals((replay.error.cause as Error).message, (error.cause as Error).message);
    assertEquals(again[0], notes.at(-1));
  });

  // ray: testing-schedule
  it("lets the corrected account pass, in a hundred orders", async () => {
    let runs = 0;
    await withSchedule({ runs: 100 }, async () => {
      runs++;
      await deposits("depositSafely")();
    });
    assertEquals(runs, 100);
  });

  for (const Class of [Journal, AsyncJournal]) {
    it(`a seed gives one order of deliveries, other seeds give others, ${Class.name}`, async () => {
      const orders = new Set<string>();
      for (let seed = 0; seed < 40; seed++) {
        const lines = await journal(seed, Class);
        assertEquals(await journal(seed, Class), lines, `seed ${seed} once more`);
        orders.add(lines.join());
      }
      assert(orders.size > 20, `${orders.size} orders of 40`);
    });

    // ray: testing-schedule
    it(`the calls of one caller keep their order in each of them, ${Class.name}`, async () => {
      for (let seed = 0; seed < 100; seed++) {
        const lines = await journal(seed, Class);
        for (const name of ["a", "b", "c"]) {
          const own = lines.filter((line) => line.startsWith(name));
          assertEquals(own, [1, 2, 3, 4].slice(0, own.length).map((i) => `${name}${i}`), `seed ${seed}`);
        }
        assertEquals(lines.length, 11);
      }
    });
  }

  it("calls that wait for an argument keep their order too", async () => {
    await withSchedule({ runs: 100 }, async () => {
      const target = Journal.remote();
      const writer = Writer.remote();
      target.write.remote("1");
      target.write.remote(writer.later.remote("2"));
      target.write.remote("3");
      target.write.remote(writer.later.remote("4"));
      await target.write.remote("5");
      assertEquals(await target.lines.remote(), ["1", "2", "3", "4", "5"]);
    });
  });

  it("answers come in any order", async () => {
    const firsts = new Set<number>();
    await withSchedule({ runs: 40 }, async () => {
      const refs = [Journal.remote(), Journal.remote(), Journal.remote()].map((actor) =>
        actor.lines.remote()
      );
      const [ready] = await wait(refs);
      firsts.add(refs.indexOf(ready[0]));
    });
    assertEquals(firsts, new Set([0, 1, 2]));
  });

  it("actors and functions run in this thread, and each run has its own runtime", async () => {
    const [made, before] = [Journal.made, bumped()];
    await withSchedule({ runs: 3 }, async () => {
      const actor = Journal.options({ placement: "thread" }).remote();
      await actor.write.remote("x");
      assertEquals(await actor.lines.remote(), ["x"]);
      assertEquals(await bump.remote(put(2)), bumped());
      assertInstanceOf(await rejection(Promise.resolve().then(() => getSync(bump.remote(0)))), DeadlockError);
    });
    assertEquals(Journal.made, made + 3);
    assertEquals(bumped(), before + 6);
    await Journal.remote().lines.remote();
    assertEquals(Journal.made, made + 3, "a thread of its own again");
  });

  it("errors come as ever", async () => {
    await withSchedule({ runs: 20 }, async () => {
      const actor = Journal.remote();
      assertInstanceOf(await rejection(actor.fail.remote()), RangeError);
      assertInstanceOf(await rejection(actor.fail.remote()), TaskError);
      assertInstanceOf(await rejection(Broken.remote().ping.remote()), ActorDiedError);
      const call = rejection(actor.lines.remote());
      await kill(actor);
      assertInstanceOf(await call, ActorDiedError);
      const pending = rejection(Writer.remote().never.remote());
      await shutdown();
      assertInstanceOf(await pending, ActorDiedError);
    });
  });

  it("what is cancelled ends, delivered or not", async () => {
    let cancelled = 0;
    await withSchedule({ runs: 60 }, async () => {
      const ref = Writer.remote().later.remote("too late");
      const task = bump.remote(0);
      cancel(ref);
      cancel(task);
      const [outcome, ofTask] = await Promise.all(
        [ref, task].map((one) => one.then(String, (error) => error)),
      );
      if (outcome instanceof TaskCancelledError) cancelled++;
      else assertEquals(outcome, "too late");
      assertInstanceOf(ofTask, TaskCancelledError);
    });
    assert(cancelled > 0);
  });

  it("streams give their items in order", async () => {
    await withSchedule({ runs: 20 }, async () => {
      const items: number[] = [];
      for await (const ref of numbers.remote(3)) items.push(await ref);
      assertEquals(items, [0, 1, 2]);
    });
  });

  it("queues and pools work in it", async () => {
    await withSchedule({ runs: 30 }, async () => {
      const queue = new Queue<number>({ maxSize: 2 });
      const puts = [1, 2, 3, 4].map((item) => queue.put(item));
      const got = [
        await queue.get(),
        await queue.get(),
        await queue.get({ timeout: 5_000 }),
        await queue.get(),
      ];
      assertEquals(got, [1, 2, 3, 4]);
      await Promise.all(puts);
      await assertRejects(() => queue.get({ timeout: 3_600_000 }), QueueEmptyError);
      const pool = new ActorPool([Journal.remote(), Journal.remote()]);
      for (const line of ["a", "b", "c"]) {
        pool.submit((actor, text: string) => actor.write.remote(text), line);
      }
      while (pool.hasNext()) await pool.getNextUnordered();
    });
  });

  it("timeouts pass when nothing else can happen", async () => {
    await withSchedule({ runs: 20 }, async () => {
      const writer = Writer.remote();
      const error = await rejection(get(writer.never.remote(), { timeout: 3_600_000 }));
      assertInstanceOf(error, GetTimeoutError);
      assertEquals(await get(writer.later.remote("in time"), { timeout: 1 }), "in time");
    });
  });

  it("a test that comes to no end is an error, not a hang", async () => {
    const { error } = await failure({ runs: 5 }, () => Writer.remote().never.remote());
    assertStringIncludes(error.message, "run 1 of 5: Cannot finish the test: nothing has happened");
  });

  it("a test that goes on for ever is an error as well", async () => {
    const { error } = await failure({}, async () => {
      const actor = Journal.remote();
      for (;;) await actor.lines.remote();
    });
    assertStringIncludes(error.message, "steps");
  });

  it("refuses a runtime that has begun, another schedule, and what makes no sense", async () => {
    const run = withSchedule as (options: unknown, test: unknown) => Promise<void>;
    const nothing = (): void => {};
    await put(1);
    await assertRejects(() => run({}, nothing), Error, "has begun already");
    await shutdown();
    await withSchedule(
      { runs: 1 },
      () => assertRejects(() => run({}, nothing), Error, "another one is in use"),
    );
    await assertRejects(() => run(1, nothing), TypeError, "expected an object of options");
    await assertRejects(() => run({ seeds: 1 }, nothing), TypeError, '"seeds"');
    await assertRejects(() => run({ seed: "1" }, nothing), TypeError, '"seed"');
    for (const seed of [-1, 1.5, NaN, 2 ** 32]) {
      await assertRejects(() => run({ seed }, nothing), RangeError, '"seed"');
    }
    await assertRejects(() => run({ runs: 0 }, nothing), RangeError, '"runs"');
    await assertRejects(() => run({}, 1), TypeError, "expected a function");
  });
});
