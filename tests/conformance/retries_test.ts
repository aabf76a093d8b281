import { ActorDiedError, init, put, remote, shutdown, TaskError, WorkerCrashedError } from "@manta/ray";
import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { countOf, reached, rejection, signal, within } from "./fence.ts";
import { FUNCTIONS, type Place, PLACES } from "./places.ts";
import {
  countAll,
  crashOnce,
  crashUntil,
  Failing,
  failUntil,
  Flaky,
  GO,
  Phoenix,
  RUNS,
} from "./restart_actors.ts";
import { after } from "./tasks.ts";

const LIMIT = 20_000;

for (const place of PLACES) describe(`retries, ${place.name}`, () => ofMethods(place));

function ofMethods({ placement, isApart, newFence }: Place): void {
  afterEach(shutdown);

  // ray: retry-exceptions, option-retry-exceptions
  it("retryExceptions with classes: those are tried again, and the last error rejects", async () => {
    const failing = Failing.options({ placement }).remote();
    assertEquals(await failing.flaky.remote(newFence(), 3), 4);
    assertEquals(await failing.range.remote(newFence(), 2), 3);
    const fence = newFence();
    const error = await rejection(failing.flaky.remote(fence, 9));
    assertInstanceOf(error, TaskError);
    assertInstanceOf(error.cause, Flaky);
    assertEquals(error.cause.message, "run 4");
    assertStringIncludes(error.stack!, "retries_test.ts");
    assertEquals(countOf(fence, RUNS), 4);
  });

  // ray: retry-exceptions
  it("retryExceptions leaves errors of other classes alone", async () => {
    const fence = newFence();
    const failing = Failing.options({ placement }).remote();
    assertInstanceOf(await rejection(failing.type.remote(fence, 1)), TypeError);
    assertEquals(countOf(fence, RUNS), 1);
  });

  // ray: option-retry-exceptions, retry-precedence
  it("retryExceptions: true is for any error, and what the call says goes before all else", async () => {
    const any = Failing.options({ placement, retryExceptions: true }).remote();
    assertEquals(await any.type.remote(newFence(), 2), 3);
    const failing = Failing.options({ placement }).remote();
    assertEquals(await failing.once.remote(newFence(), 1), 2);
    assertInstanceOf(await rejection(failing.once.remote(newFence(), 2)), TypeError);
    assertEquals(await failing.once.options({ maxTaskRetries: 2 }).remote(newFence(), 2), 3);
    const fence = newFence();
    assertInstanceOf(await rejection(failing.never.remote(fence, 1)), RangeError);
    assertEquals(await failing.never.options({ retryExceptions: [Error] }).remote(newFence(), 1), 2);
    assertInstanceOf(
      await rejection(failing.range.options({ retryExceptions: false }).remote(fence, 9)),
      RangeError,
    );
    assertEquals(countOf(fence, RUNS), 2);
  });

  it("maxTaskRetries 0 tries nothing again, -1 without end", async () => {
    const failing = Failing.options({ placement, maxTaskRetries: 0 }).remote();
    const fence = newFence();
    assertInstanceOf(await rejection(failing.flaky.remote(fence, 1)), TaskError);
    assertEquals(countOf(fence, RUNS), 1);
    assertEquals(await failing.flaky.options({ maxTaskRetries: -1 }).remote(newFence(), 300), 301);
  });

  it("each attempt has the arguments as they were at the call", async () => {
    const failing = Failing.options({ placement }).remote();
    const items = [1, 2];
    const call = failing.consume.remote(newFence(), items, 2);
    items.length = 0;
    assertEquals(await call, 3 + 3);
    assertEquals(await failing.consume.remote(newFence(), put([1]) as never, 2), 3 + 2);
  });

  it("an error of another task inside is looked at too", async () => {
    const failing = Failing.options({ placement, maxConcurrency: 2 }).remote();
    const other = Failing.options({ placement }).remote();
    assertEquals(await failing.nested.remote(newFence(), 2, other), 3);
  });

  it("a call that fails because of its argument is not tried", async () => {
    const fence = newFence();
    const failing = Failing.options({ placement }).remote();
    const bad = failing.never.remote(fence, 1) as never;
    assertInstanceOf(
      await rejection(failing.flaky.options({ retryExceptions: true }).remote(fence, bad)),
      RangeError,
    );
    assertEquals(countOf(fence, RUNS), 1);
  });

  it("retries need no restarts, and a dead actor ends them", async () => {
    const phoenix = Phoenix.options({ placement, maxTaskRetries: -1, retryExceptions: true }).remote(
      newFence(),
    );
    assertEquals(await phoenix.add.remote(), 1);
    if (!isApart) return;
    assertInstanceOf(await within(LIMIT, "crash", rejection(phoenix.crash.remote())), ActorDiedError);
  });

  // ray: retry-exceptions
  it("refuses what is no class, or one whose errors lose it on the way", () => {
    class Undeclared extends Error {}
    const failing = Failing.options({ placement }).remote();
    const wrong = [Undeclared] as never;
    assertThrows(() => failing.flaky.options({ retryExceptions: wrong }), TypeError, "Undeclared");
    assertThrows(
      () => Failing.options({ placement, retryExceptions: wrong }).remote(),
      TypeError,
      "Undeclared",
    );
    for (const value of [1, "all", [1], null]) {
      assertThrows(() => failing.flaky.options({ retryExceptions: value as never }), TypeError);
    }
  });
}

describe(`retries of functions, ${FUNCTIONS.name}`, () => {
  afterEach(shutdown);
  const { newFence } = FUNCTIONS;

  // ray: task-retries, option-max-retries
  it("maxRetries: a task whose worker died runs again, three times unless said", async () => {
    await init({ numCpus: 1 });
    assertEquals(await within(LIMIT, "three", crashUntil.remote(newFence(), 3, 5)), 5);
    const fence = newFence();
    const error = await within(LIMIT, "four", rejection(crashUntil.remote(fence, 9, 5)));
    assertInstanceOf(error, WorkerCrashedError);
    assertEquals(countOf(fence, RUNS), 4);
    assertEquals(
      await within(LIMIT, "endless", crashUntil.options({ maxRetries: -1 }).remote(newFence(), 5, 6)),
      6,
    );
  });

  // ray: task-retries, option-max-retries
  it("maxRetries 0: at most once", async () => {
    const [declared, said] = [newFence(), newFence()];
    assertInstanceOf(
      await within(LIMIT, "declared", rejection(crashOnce.remote(declared))),
      WorkerCrashedError,
    );
    const call = crashUntil.options({ maxRetries: 0 }).remote(said, 1, 1);
    assertInstanceOf(await within(LIMIT, "said", rejection(call)), WorkerCrashedError);
    assertEquals([countOf(declared, RUNS), countOf(said, RUNS)], [1, 1]);
  });

  it("keeps refs among the arguments for the next run", async () => {
    const items = [put(1), put(2), put(3)];
    assertEquals(await within(LIMIT, "sum", countAll.remote(newFence(), items)), 6);
  });

  // ray: task-retries
  it("retryExceptions of the declaration and of the call", async () => {
    assertEquals(await failUntil.remote(newFence(), 2), 3);
    const fence = newFence();
    const error = await rejection(failUntil.remote(fence, 9));
    assertInstanceOf(error, TaskError);
    assertInstanceOf(error.cause, Flaky);
    assertEquals([countOf(fence, RUNS), error.cause.message], [3, "run 3"]);
    const none = newFence();
    assertInstanceOf(
      await rejection(failUntil.options({ retryExceptions: false }).remote(none, 1)),
      TaskError,
    );
    assertEquals(countOf(none, RUNS), 1);
    assertEquals(await failUntil.options({ maxRetries: 5, retryExceptions: true }).remote(newFence(), 5), 6);
  });

  it("many tasks and few workers that die: each has its answer", async () => {
    await init({ numCpus: 2 });
    const fences = Array.from({ length: 12 }, () => newFence());
    const tasks = fences.map((fence, i) => crashUntil.remote(fence, i % 3, i));
    const values = await within(LIMIT, "tasks", Promise.all(tasks));
    assertEquals(values, fences.map((_, i) => i));
    assertEquals(fences.map((fence) => countOf(fence, RUNS)), fences.map((_, i) => i % 3 + 1));
  });

  it("shutdown() ends tasks that would run again", async () => {
    await init({ numCpus: 1 });
    const fence = newFence();
    const running = after.options({ maxRetries: -1, retryExceptions: true }).remote(fence, 1);
    // Where there is room for it, it runs too.
    const queued = after.options({ maxRetries: -1 }).remote(newFence(), 1);
    await reached(fence, 0);
    await within(LIMIT, "shutdown", shutdown());
    for (const task of [running, queued]) {
      assertInstanceOf(await within(LIMIT, "task", rejection(task)), WorkerCrashedError);
    }
    signal(fence, GO);
    assertEquals(countOf(fence), 1);
  });

  it("options() refuses what is unknown or wrong", () => {
    assertThrows(() => crashUntil.options({ maxTaskRetries: 1 } as never), TypeError, "maxTaskRetries");
    assertThrows(() => crashUntil.options({ maxRetries: -2 }), RangeError, "maxRetries");
    assertThrows(() => crashUntil.options(null as never), TypeError);
    class Undeclared extends Error {}
    assertThrows(() => crashUntil.options({ retryExceptions: [Undeclared] }), TypeError, "Undeclared");
    const fn = function never(): void {};
    assertThrows(
      () => remote(fn, { retryExceptions: [Undeclared], module: import.meta.url }),
      TypeError,
      "Undeclared",
    );
  });

  it("a task's failure leaves other tasks' refs alone", async () => {
    const [bad, good] = [failUntil.remote(newFence(), 9), crashUntil.remote(newFence(), 1, 3)];
    assertEquals(await within(LIMIT, "good", good), 3);
    const error = await rejection(bad);
    assertInstanceOf(error, TaskError);
  });
});
