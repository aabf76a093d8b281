import {
  cancel,
  DeadlockError,
  getSync,
  init,
  type ObjectRef,
  put,
  remote,
  SerializationError,
  shutdown,
  TaskCancelledError,
  TaskError,
  WorkerCrashedError,
} from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { Log } from "./actors.ts";
import { reached, rejection, signal, within } from "./fence.ts";
import { FUNCTIONS, type Place, PLACES } from "./places.ts";
import { slowTask } from "./slow_module.ts";
import * as tasks from "./tasks.ts";

describe(`tasks, ${FUNCTIONS.name}`, () => {
  afterEach(shutdown);
  const { countsInit, newFence } = FUNCTIONS;

  // ray: remote-function, remote-function-async
  it("remote(fn) runs sync and async functions", async () => {
    assertEquals(await tasks.add.remote(1, 2), 3);
    assertEquals(await tasks.addLater.remote(3, 4), 7);
    assertEquals(getSync(tasks.add.remote(5, 6)), 11);
  });

  // ray: ref-argument, ref-nested
  it("remote(fn) replaces refs at the top level, and leaves nested ones", async () => {
    assertEquals(await tasks.add.remote(put(1), tasks.add.remote(2, 3)), 6);
    const fence = newFence();
    const pending = tasks.after.remote(fence, 10);
    const sum = tasks.add.remote(pending, 1);
    const nested = tasks.sumOf.remote([put(1), pending]);
    await reached(fence, 0);
    signal(fence, 1);
    assertEquals([await sum, await nested], [11, 11]);
  });

  it("remote(fn) flattens a returned ref", async () => {
    assertEquals(await tasks.asRef.remote(8), 8);
  });

  it("a function may use the runtime while its worker loads the module of another one, which was cancelled", async () => {
    await init({ numCpus: 1 });
    const fence = newFence();
    await tasks.prepareSlow.remote(fence);
    const slow = slowTask.remote();
    await reached(fence, 0);
    cancel(slow);
    assertInstanceOf(await rejection(slow), TaskCancelledError);
    assertEquals(await within(20_000, "put in a function", tasks.asRef.remote(8)), 8);
    signal(fence, 1);
  });

  it("a task's error is a TaskError that names the function", async () => {
    const error = await rejection(tasks.fail.remote("out of range"));
    assertInstanceOf(error, TaskError);
    assert((error as Error) instanceof RangeError);
    assertEquals([error.taskName, error.actorId], ["fail", undefined]);
    assertStringIncludes(error.stack!, "tasks.ts");
    assertStringIncludes(error.stack!, "tasks_test.ts");
    assertInstanceOf(await rejection(tasks.add.remote(tasks.fail.remote("arg"), 1)), RangeError);
  });

  it("what cannot cross is a SerializationError", async () => {
    assertThrows(() => tasks.echo.remote({ f: () => {} }), SerializationError, "args[0].f");
    const error = await rejection(tasks.unsendable.remote());
    assertInstanceOf(error, SerializationError);
    assertEquals(error.path, "result.deep[0]");
    assertEquals(await tasks.echo.remote(1), 1);
  });

  // ray: remote-function
  it("a call of the function itself is refused, naming .remote()", () => {
    assertThrows(() => (tasks.add as unknown as () => void)(), TypeError, ".remote()");
  });

  it("arguments are the task's own", async () => {
    const list = [1];
    const echoed = tasks.echo.remote(list);
    list.push(2);
    assertEquals(await echoed, [1]);
  });

  it("a task calls an actor by its handle", async () => {
    for (const { name, placement } of PLACES) {
      const log = Log.options({ placement }).remote();
      await tasks.appendTo.remote(log, name);
      assertEquals(await log.entries.remote(), [name]);
    }
  });

  // ray: resources-blocked
  it("nested tasks three deep end on a pool of one", async () => {
    await init({ numCpus: 1 });
    assertEquals(await within(50_000, "tree", tasks.tree.remote(3)), 8);
  });

  // ray: resources-blocked
  it("nested tasks that block end on a pool of one", async () => {
    await init({ numCpus: 1 });
    assertEquals(await within(50_000, "tree", tasks.treeSync.remote(2)), 4);
  });

  // ray: resources-blocked
  it("nested tasks end on a pool of one while the driver is blocked", async () => {
    await init({ numCpus: 1 });
    let error: unknown;
    try {
      assertEquals(getSync(tasks.tree.remote(2), { timeout: 20_000 }), 4);
    } catch (thrown) {
      error = thrown;
    }
    if (error !== undefined && !(error instanceof DeadlockError)) throw error;
  });

  // ray: init-options
  it("tasks run at once, as many as there are workers", async () => {
    await init({ numCpus: 3 });
    const fence = newFence();
    const refs = [0, 1, 2].map(() => tasks.meet.remote(fence, 3));
    for (const ref of refs) await within(30_000, "meeting", ref);
  });

  it("hundreds of tasks run on two workers, each once", async () => {
    await init({ numCpus: 2 });
    const refs = Array.from({ length: 500 }, (_, i) => tasks.add.remote(i, 1));
    for (let i = 0; i < 500; i++) assertEquals(await refs[i], i + 1);
    const runs = await Promise.all(Array.from({ length: 40 }, () => tasks.countRuns.remote()));
    // As many workers as the cluster has room for.
    assert(Math.max(...runs) >= (countsInit ? 20 : 2), `each worker is used again: ${runs}`);
  });

  it("a task that waits for its argument does not hold a worker", async () => {
    await init({ numCpus: 1 });
    const fence = newFence();
    // This one waits for a ref that only a later task can open.
    const log = Log.options({ placement: "inline" }).remote();
    const late = log.slow.remote(fence) as unknown as ObjectRef<number>;
    const waiting = tasks.add.remote(late, 1);
    assertEquals(await within(30_000, "a later task", tasks.add.remote(1, 1)), 2);
    await reached(fence, 0);
    signal(fence, 1);
    await waiting;
  });

  // ray: error-crashed
  it("a worker's death rejects its task with WorkerCrashedError, and the pool goes on", async () => {
    await init({ numCpus: 1 });
    const fence = newFence();
    const dying = tasks.dieLater.remote(fence);
    const next = tasks.add.remote(1, 1);
    const error = await within(20_000, "a dead task", rejection(dying));
    assertInstanceOf(error, WorkerCrashedError);
    for (const part of ["dieLater", "out of a timer"]) assertStringIncludes(error.message, part);
    assertEquals(await within(20_000, "the next task", next), 2);
  });

  it("an inline actor that cannot be made does not end the worker of the task that made it", async () => {
    const outcome = within(20_000, "the task", tasks.outliveInlineFailure.remote());
    assertEquals(await outcome, "ActorDiedError, and the worker goes on");
  });

  it("shutdown() rejects tasks that run and that wait", async () => {
    await init({ numCpus: 1 });
    const fence = newFence();
    const running = tasks.after.remote(fence, 1);
    // Where there is room for it, it runs too.
    const queued = tasks.after.remote(newFence(), 1);
    await reached(fence, 0);
    await within(10_000, "shutdown", shutdown());
    assertInstanceOf(await within(10_000, "running", rejection(running)), WorkerCrashedError);
    assertInstanceOf(await within(10_000, "queued", rejection(queued)), WorkerCrashedError);
    assertEquals(await tasks.add.remote(1, 1), 2);
  });
});

for (const place of PLACES) describe(`tasks of actors, ${place.name}`, () => ofActors(place));

function ofActors({ placement }: Place): void {
  afterEach(shutdown);

  it("an actor awaits a task, and a tree of them on a pool of one", async () => {
    await init({ numCpus: 1 });
    const tasker = tasks.Tasker.options({ placement }).remote();
    assertEquals(await within(30_000, "task", tasker.viaTask.remote(1, 2)), 3);
    assertEquals(await within(50_000, "tree", tasker.tree.remote(2)), 4);
  });

  it("a sync actor blocks on a task", async () => {
    const tasker = tasks.SyncTasker.options({ placement }).remote();
    assertEquals(await within(30_000, "task", tasker.viaTask.remote(1, 2)), 3);
  });
}

describe("remote(fn) at the declaration", () => {
  // ray: remote-function-options
  it("remote(fn) refuses functions without a name, and unknown options", () => {
    const loose = remote as (...args: unknown[]) => unknown;
    assertThrows(() => loose(() => {}), TypeError, "name");
    assertThrows(() => loose(function opts() {}, { modul: "x" }), TypeError, "modul");
    assertThrows(() => loose(function wrong() {}, { module: 5 }), TypeError, "module");
    assertThrows(() => loose(5), TypeError);
    assertThrows(() => loose(null), TypeError);
    assertThrows(() => loose(undefined), TypeError);
  });

  it("remote(fn) refuses a second function of one name", () => {
    const declare = (): void => {
      const made = remote(function twice() {
        return 1;
      });
      // Not a tail call, which JavaScriptCore leaves out of the stack.
      assert(made);
    };
    declare();
    assertThrows(declare, TypeError, "twice");
  });

  it("remote(fn) that is not declared when a worker loads the module says so", async () => {
    const inside = remote(function insideATest() {
      return 1;
    }, { module: new URL("./tasks.ts", import.meta.url).href });
    const error = await rejection(inside.remote());
    for (const part of ["insideATest", "tasks.ts", "top level"]) assertStringIncludes(String(error), part);
    await shutdown();
  });
});
