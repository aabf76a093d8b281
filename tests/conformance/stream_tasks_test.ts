import { init, kill, remote, shutdown, WorkerCrashedError } from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { countOf, reached, rejection, signal, within } from "./fence.ts";
import { FUNCTIONS } from "./places.ts";
import * as actors from "./stream_actors.ts";
import { ENDED, GATE, ITEMS, refsOf } from "./stream_actors.ts";
import { add, countRuns } from "./tasks.ts";

describe(`streams of tasks, ${FUNCTIONS.name}`, () => {
  afterEach(shutdown);
  const { newFence } = FUNCTIONS;

  // ray: stream, option-num-returns
  it("a generator function runs as a task, sync and async", async () => {
    for (const task of [actors.countTask, actors.countLater]) {
      const refs = await refsOf(task.remote(10));
      assertEquals(await Promise.all(refs), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      assertEquals(await refsOf(task.remote(0)), []);
    }
  });

  it("a worker stays lent until its stream has ended, and is used again", async () => {
    await init({ numCpus: 1 });
    const fence = newFence();
    const stream = actors.endlessTask.remote(fence);
    await reached(fence, ITEMS);
    const sum = add.remote(1, 2);
    for (let i = 0; i < 100; i++) assertEquals(await (await stream.next()).value, i);
    await stream.return();
    assertEquals(await sum, 3);
    assertEquals(countOf(fence, ENDED), 1);
    await refsOf(actors.countTask.remote(3));
    assertEquals(await countRuns.remote(), 1);
  });

  // ray: stream-leave
  it("a stream that was left while its task waits for a worker never begins", async () => {
    await init({ numCpus: 1 });
    const [first, second] = [newFence(), newFence()];
    const busy = actors.endlessTask.remote(first);
    await reached(first, ITEMS);
    const queued = actors.endlessTask.remote(second);
    await queued.return();
    assertEquals(await queued.completed(), undefined);
    await busy.return();
    assertEquals(await add.remote(1, 2), 3);
    assertEquals(countOf(second, ITEMS), 0);
  });

  it("a stream that was left while a worker loads its module ends", async () => {
    await init({ numCpus: 1 });
    const fence = newFence();
    // The worker has its frame before the module; what comes first, the stop or the task, is not said.
    const stream = actors.endlessTask.remote(fence);
    const stopped = new Promise((resolve) => setTimeout(resolve, 0)).then(() => stream.return());
    await stopped;
    assertEquals(await within(30_000, "the end", stream.completed()), undefined);
    assertEquals(await add.remote(1, 2), 3);
  });

  // ray: option-backpressure
  it("remote(fn, { generatorBackpressure }) holds it back", async () => {
    const fence = newFence();
    const stream = actors.boundedTask.remote(fence);
    for (let taken = 0; taken < 20; taken++) {
      assert(countOf(fence, ITEMS) <= taken + 3);
      await reached(fence, ITEMS, taken + 3);
      assertEquals(await (await stream.next()).value, taken);
    }
    await stream.return();
    assertEquals(await stream.completed(), undefined);
  });

  // ray: stream-death
  it("a worker that crashes ends its stream: what has come stays, then the error, then the end", async () => {
    const fence = newFence();
    const stream = actors.dieAfter.options({ maxRetries: 0 }).remote(3, fence);
    for (let i = 0; i < 3; i++) assertEquals(await (await stream.next()).value, i);
    signal(fence, GATE);
    const refs = await refsOf(stream);
    assertInstanceOf(await rejection(refs.at(-1)!), WorkerCrashedError);
    assertEquals((await stream.next()).done, true);
  });

  it("an actor reads a task's stream, and its end ends that", async () => {
    const fence = newFence();
    const reader = actors.TaskReader.remote();
    assertEquals(await reader.begin.remote(fence), 0);
    await kill(reader);
    // A worker that a dead thread had is ended with it; what it did is not known.
    assertEquals(await within(30_000, "a task", add.remote(1, 2)), 3);
  });

  // ray: option-backpressure
  it("remote(fn) refuses generatorBackpressure for what is no generator, and wrong values", () => {
    const loose = remote as (...args: unknown[]) => unknown;
    assertThrows(() => loose(function plain() {}, { generatorBackpressure: 1 }), TypeError, "function*");
    assertThrows(() => loose(function* zero() {}, { generatorBackpressure: 0 }), RangeError, "at least 1");
  });
});
