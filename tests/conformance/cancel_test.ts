import {
  type ActorHandle,
  cancel,
  init,
  listActors,
  type ObjectRef,
  put,
  RayError,
  SerializationError,
  shutdown,
  TaskCancelledError,
  TaskError,
} from "@manta/ray";
import {
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho, Log } from "./actors.ts";
import {
  Answerer,
  Canceller,
  Looper,
  parentTask,
  quickTask,
  SlowStart,
  spinTask,
  Waiter,
  waitTask,
} from "./cancel_actors.ts";
import { countOf, reached, rejection, signal, ticks, within } from "./fence.ts";
import { FUNCTIONS, type Place, PLACES, PLACES_APART } from "./places.ts";

async function cancelled(what: string, ref: PromiseLike<unknown>): Promise<void> {
  const error = await within(20_000, what, rejection(ref));
  assertInstanceOf(error, TaskCancelledError, `${what}: ${error}`);
  assertStringIncludes(error.message, "was cancelled");
}

for (const place of PLACES) describe(`cancel, ${place.name}`, () => cancelling(place));

function cancelling({ placement, isApart, newFence }: Place): void {
  afterEach(shutdown);
  const waiter = (maxConcurrency = 1_000): ActorHandle<Waiter> =>
    Waiter.options({ placement, maxConcurrency }).remote();

  // ray: cancel-queued
  it("a call that waits in the queue never runs, and the others do", async () => {
    const fence = newFence();
    const actor = waiter(1);
    const first = actor.untilAborted.remote(fence, "first");
    const second = actor.untilAborted.remote(fence, "second");
    const third = actor.ran.remote();
    await reached(fence);
    cancel(second);
    await cancelled("second", second);
    cancel(first);
    await cancelled("first", first);
    assertEquals(await third, ["first"]);
  });

  // ray: cancel-queued, pain-cancel-race
  it("a call cancelled in the turn in which it is made never runs", async () => {
    const actor = waiter();
    const fence = newFence();
    const ref = actor.untilAborted.remote(fence, "never");
    cancel(ref);
    await cancelled("the call", ref);
    assertEquals(await actor.ran.remote(), []);
  });

  // ray: cancel-queued, pain-cancel-race
  it("a call made before the constructor has run can be cancelled", async () => {
    const gate = AsyncEcho.options({ placement: "inline" }).remote();
    const fence = newFence();
    const slow = SlowStart.options({ placement }).remote(gate.after.remote(fence, "name"));
    const ref = slow.name.remote();
    const other = slow.name.remote();
    cancel(ref);
    await cancelled("the call", ref);
    signal(fence, 1);
    assertEquals(await other, "name, asked 1 times");
  });

  // ray: cancel-async, pain-cancel, cancel-async-value
  it("in an async method the signal aborts, and the caller hears when it has ended, though it swallows that", async () => {
    const fence = newFence();
    const ref = waiter().untilAborted.remote(fence);
    await reached(fence);
    cancel(ref);
    await cancelled("the call", ref);
    assertEquals(countOf(fence, 1), 1);
  });

  // ray: cancel-async
  it("what a cancelled method throws is TaskCancelledError to the caller", async () => {
    const fence = newFence();
    const ref = waiter().throwsAfter.remote(fence);
    await reached(fence);
    cancel(ref);
    signal(fence, 2);
    await cancelled("the call", ref);
  });

  for (const how of ["await", "get", "timeout"] as const) {
    // ray: cancel-async, cancel-recursive
    it(`its wait for a ref ends (${how}), its child is cancelled too, and it may wait to clean up`, async () => {
      const [fence, actor, other] = [newFence(), waiter(), waiter()];
      const ref = actor.untilAnswered.remote(fence, other, how);
      await reached(fence);
      cancel(ref);
      await reached(fence, 4);
      // The child, whose signal has aborted.
      await reached(fence, 1);
      signal(fence, 2);
      await cancelled("the call", ref);
      assertEquals(countOf(fence, 5), 1);
    });
  }

  // ray: cancel-recursive
  it("with recursive: false its wait ends, and the child goes on", async () => {
    const [fence, actor, other] = [newFence(), waiter(), waiter()];
    const ref = actor.untilAnswered.remote(fence, other, "await");
    await reached(fence);
    cancel(ref, { recursive: false });
    await reached(fence, 4);
    signal(fence, 2);
    await cancelled("the call", ref);
    assertEquals(countOf(fence, 1), 0);
  });

  // ray: cancel-async
  it("a method that waits for something else when it is cancelled: its next wait for a ref ends", async () => {
    const [fence, actor, other] = [newFence(), waiter(), waiter()];
    const ref = actor.laterAwait.remote(fence, other);
    await reached(fence);
    const probe = actor.ran.remote();
    cancel(ref);
    // The cancel has come: it came before this answer was asked for.
    await probe;
    await actor.ran.remote();
    signal(fence, 2);
    await cancelled("the call", ref);
    assertEquals(countOf(fence, 5), 1);
  });

  // ray: cancel-dependency, pain-cancel-race
  it("a call that waits for its argument is taken back, and lets the next one go", async () => {
    const fence = newFence();
    const gate = AsyncEcho.options({ placement: "inline" }).remote();
    const log = Log.options({ placement }).remote();
    const held = log.append.remote(gate.after.remote(fence, "held"));
    const behind = log.append.remote("behind");
    cancel(held);
    await cancelled("held", held);
    await within(20_000, "behind", behind);
    assertEquals(await log.entries.remote(), ["behind"]);
    signal(fence, 1);
  });

  // ray: cancel
  it("a finished call, a second cancel and a value that was put are left alone", async () => {
    const actor = waiter();
    const done = actor.ran.remote();
    assertEquals(await done, []);
    cancel(done);
    assertEquals(await done, []);
    const value = put(7);
    cancel(value);
    assertEquals(await value, 7);
    const fence = newFence();
    const ref = actor.untilAborted.remote(fence);
    await reached(fence);
    cancel(ref);
    cancel(ref);
    await cancelled("the call", ref);
    cancel(ref);
    await cancelled("the call", ref);
  });

  // ray: cancel
  it("who else holds the ref can cancel it, in another thread too", async () => {
    const fence = newFence();
    const ref = waiter().untilAborted.remote(fence);
    await reached(fence);
    await Canceller.remote().cancel.remote([ref]);
    await cancelled("the call", ref);
    assertEquals(countOf(fence, 1), 1);
  });

  // ray: cancel, pain-cancel
  it("an AbortSignal in the call's options cancels it, before and after the call", async () => {
    const [fence, actor] = [newFence(), waiter()];
    const controller = new AbortController();
    const ref = actor.untilAborted.options({ signal: controller.signal }).remote(fence);
    await reached(fence);
    controller.abort();
    await cancelled("the call", ref);
    await cancelled("aborted before", actor.ran.options({ signal: AbortSignal.abort() }).remote());
    assertThrows(() => actor.ran.options({ signal: "now" } as never), TypeError, "AbortSignal");
    const unused = new AbortController();
    assertEquals(await actor.ran.options({ signal: unused.signal }).remote(), [""]);
    unused.abort();
  });

  it("an AbortSignal is not listened to any more when the call was not made", async () => {
    const actor = waiter();
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: unknown[]) => {
      listeners++;
      Reflect.apply(addEventListener, signal, args);
    };
    signal.removeEventListener = (...args: unknown[]) => {
      listeners--;
      Reflect.apply(removeEventListener, signal, args);
    };
    const call = actor.throwsAfter.options({ signal });
    assertThrows(() => void call.remote((() => {}) as never), SerializationError);
    assertEquals(listeners, 0);
    await actor.ran.options({ signal }).remote();
    assertEquals(listeners, 0);
  });

  it("who listens to the signal of a call may block", async () => {
    const [fence, actor] = [newFence(), waiter()];
    // From an actor here, over the link that tells of the end; or, where this thread would wait for itself, from another.
    const other = Answerer.options({ placement: isApart ? "inline" : "thread" }).remote();
    const ref = actor.listensAndBlocks.remote(fence, other);
    await reached(fence);
    cancel(ref);
    await cancelled("the call", ref);
    assertEquals(await within(20_000, "ran", actor.ran.remote()), ["answer"]);
  });

  // ray: context, context-cancelled
  it("each of many interleaved calls sees its own context over every await", async () => {
    const [fence, actor] = [newFence(), waiter()];
    const refs = Array.from(
      { length: 50 },
      (_, i) => actor.seen.options({ name: `call ${i}` }).remote(fence, 50),
    );
    const seen = await Promise.all(refs);
    seen.forEach(([before, after, isSame], i) => {
      assertEquals(before, after);
      assertStringIncludes(before, `call ${i} task-`);
      assertEquals(isSame, true);
    });
    assertEquals(new Set(seen.map(([before]) => before)).size, 50);
  });

  // ray: cancel, cancel-force
  it("refuses what is no ref, unknown options, and force", async () => {
    const loose = cancel as (ref: unknown, options?: unknown) => void;
    const [fence, actor] = [newFence(), waiter()];
    assertThrows(() => loose(1), TypeError, "expected an ObjectRef");
    assertThrows(() => loose([]), TypeError, "expected an ObjectRef");
    const ref = actor.untilAborted.remote(fence);
    assertThrows(() => loose(ref, { force: true }), TypeError, "kill(handle)");
    assertThrows(() => loose(ref, { hard: true }), TypeError, '"recursive" or "force"');
    assertThrows(() => loose(ref, { recursive: 1 }), TypeError, "expected true or false");
    await reached(fence);
    assertEquals(countOf(fence, 1), 0);
    cancel(ref);
    await cancelled("the call", ref);
  });
}

for (const place of PLACES_APART) describe(`cancel, sync methods, ${place.name}`, () => ofSync(place));

function ofSync({ placement, sharesMemory, newFence }: Place): void {
  afterEach(shutdown);
  const looper = (): ActorHandle<Looper> => Looper.options({ placement }).remote();

  // ray: cancel-sync, context-cancelled, cancel-async-value
  it("a sync method that never awaits sees it in signal.aborted, and its value is not given", async () => {
    const fence = newFence();
    const ref = looper().loop.remote(fence);
    await reached(fence);
    cancel(ref);
    await cancelled("the call", ref);
    assertEquals(countOf(fence, 1), 1);
  });

  // ray: cancel-sync
  it("a sync method that does not look runs to its end, and its ref rejects then", async () => {
    const fence = newFence();
    const actor = looper();
    const held = actor.hold.remote(fence, "held");
    const queued = actor.hold.remote(fence, "queued");
    await reached(fence);
    cancel(held);
    cancel(queued);
    // What was said in this turn is published at its end; on its way to a process a fence would overtake it, and not this question.
    await (sharesMemory ? ticks(1) : listActors());
    signal(fence, 2);
    await cancelled("held", held);
    await cancelled("queued", queued);
    assertEquals(await actor.ran.remote(), ["held"]);
  });

  // ray: cancel-recursive
  it("a sync method blocked in getSync: its child is cancelled, and it gets that error", async () => {
    const fence = newFence();
    const ref = looper().blockOn.remote(fence, Waiter.remote());
    await reached(fence);
    cancel(ref);
    await reached(fence, 4);
    await cancelled("the call", ref);
  });
}

describe(`cancel, tasks, ${FUNCTIONS.name}`, () => {
  afterEach(shutdown);
  const { newFence } = FUNCTIONS;

  // ray: cancel-queued, cancel-dependency, cancel-recursive
  it("a task: running, in the queue, waiting for an argument, with its child", async () => {
    await init({ numCpus: 1 });
    const fence = newFence();
    const running = parentTask.remote(fence);
    await reached(fence);
    const queued = quickTask.remote(1, fence);
    const incomplete = quickTask.remote(running as ObjectRef<unknown>, fence);
    cancel(queued);
    cancel(incomplete);
    await cancelled("queued", queued);
    await cancelled("incomplete", incomplete);
    cancel(running);
    await cancelled("running", running);
    assertEquals(await quickTask.remote(2, fence), 2);
    assertEquals(countOf(fence, 1), 1);
  });

  // ray: cancel-force
  it("force ends the worker of a task that never yields, and the next one runs", async () => {
    await init({ numCpus: 1 });
    const fence = newFence();
    const ref = spinTask.remote(fence);
    await reached(fence);
    cancel(ref, { force: true });
    await cancelled("the task", ref);
    assertEquals(await quickTask.remote(3, fence), 3);
  });

  // ray: error-cancelled
  it("a cancelled call's error crosses as what it is", async () => {
    const fence = newFence();
    const ref = waitTask.remote(fence);
    await reached(fence);
    cancel(ref);
    const passedOn = await rejection(quickTask.remote(ref as ObjectRef<unknown>, fence));
    assertInstanceOf(passedOn, RayError);
    assertNotEquals(passedOn instanceof TaskError, true);
    assertInstanceOf(passedOn, TaskCancelledError);
  });
});
