import {
  ActorDiedError,
  type ActorHandle,
  cancel,
  get,
  GetTimeoutError,
  getWithTimeout,
  kill,
  type ObjectRef,
  PendingCallsLimitExceeded,
  SerializationError,
  shutdown,
  TaskCancelledError,
  transfer,
} from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { countOf, type Fence, keep, reached, rejection, signal, ticks } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";
import { Caller, Gang, Grouped } from "./threaded_actors.ts";
import { AsyncEcho, Log } from "./actors.ts";
import { died, soon } from "./threaded_waits.ts";

/** Cell 2, which a thread of the actor counts up, stays as it is. */
async function comesToRest(fence: Fence): Promise<void> {
  for (let last = -1; last !== countOf(fence, 2);) {
    last = countOf(fence, 2);
    await ticks(20);
  }
}

function threaded({ placement, sharesMemory, tellsMethod, newFence }: Place): void {
  afterEach(shutdown);

  // ray: threaded, option-max-concurrency, pain-async-switch
  it("runs maxConcurrency sync calls at once, and no more", async () => {
    const gang = Gang.options({ placement, maxConcurrency: 3 }).remote();
    const fence = newFence();
    const refs = Array.from({ length: 8 }, (_, i) => gang.hold.remote(fence, i));
    await reached(fence, 0, 3);
    await ticks(20);
    assertEquals(countOf(fence, 0), 3);
    signal(fence, 1);
    assertEquals(await soon("calls", get(refs)), [0, 1, 2, 3, 4, 5, 6, 7]);
  });

  // ray: threaded
  it("makes an instance on each thread, with the same arguments and fields of its own", async () => {
    const fence = newFence();
    const bytes = new Uint8Array(100_000);
    const gang = Gang.options({ placement }).remote(fence, -1, transfer(bytes, [bytes.buffer]));
    assertEquals(bytes.byteLength, 0);
    await reached(fence, 7, 2);
    const [hold, holding] = [newFence(), newFence()];
    const [a, b] = [gang.wait.remote(hold), gang.wait.remote(hold)];
    await reached(hold, 0, 2);
    signal(hold, 1);
    assertEquals([await a, await b].sort(), [1, 2]);
    // With one thread held, all of these are the other one's.
    const held = gang.hold.remote(holding);
    await reached(holding, 0);
    const counts = await get([1, 2, 3].map(() => gang.count.remote()));
    assertEquals(counts.map(([, calls]) => calls), [1, 2, 3]);
    assertEquals(new Set(counts.map(([place]) => place)).size, 1);
    assertEquals(await gang.size.remote(), 100_000);
    signal(holding, 1);
    await held;
    assertEquals(countOf(fence, 7), 2);
  });

  // ray: threaded
  it("answers on an idle thread while a method holds another one for ever", async () => {
    const gang = Gang.options({ placement }).remote();
    const fence = newFence();
    gang.loop.remote(fence);
    await reached(fence, 0);
    for (let i = 0; i < 50; i++) assertEquals(await soon("echo", gang.echo.remote(i)), i);
    const refs = Array.from({ length: 200 }, (_, i) => gang.echo.remote(i));
    assertEquals((await soon("echoes", get(refs))).length, 200);
  });

  // ray: threaded
  it("begins calls in the order made, and a ready one before one that waits for its argument", async () => {
    const gang = Gang.options({ placement }).remote();
    const [fence, late, order] = [newFence(), newFence(), newFence()];
    const held = gang.hold.remote(fence);
    await reached(fence, 0);
    const slow = AsyncEcho.remote().after.remote(late, order);
    const waits = gang.begin.remote(slow as unknown as ObjectRef<Fence>);
    const refs = Array.from({ length: 100 }, () => gang.begin.remote(order));
    assertEquals(await soon("in order", get(refs)), Array.from({ length: 100 }, (_, i) => i + 1));
    signal(late, 1);
    assertEquals(await soon("late", waits), 101);
    signal(fence, 1);
    await held;
  });

  it("holds a thread until a promise that a method returned is settled", async () => {
    const gang = Gang.options({ placement }).remote();
    const fence = newFence();
    const refs = Array.from({ length: 4 }, () => gang.wait.remote(fence));
    await reached(fence, 0, 2);
    await ticks(20);
    assertEquals(countOf(fence, 0), 2);
    signal(fence, 1);
    await soon("calls", get(refs));
  });

  it("a caller that is held up keeps nobody else from the threads", async () => {
    const gang = Gang.options({ placement }).remote();
    const [fence, order] = [newFence(), newFence()];
    const held = [gang.hold.remote(fence), gang.hold.remote(fence)];
    await reached(fence, 0, 2);
    const caller = Caller.remote();
    const blocked = caller.blockWith.remote([gang], 5, order, 3);
    await reached(order, 3);
    const mine = gang.echo.remote("mine");
    signal(fence, 1);
    await soon("held", get(held));
    assertEquals(await soon("mine", mine), "mine");
    // Over a border, what has left waits on the other side.
    if (sharesMemory) assertEquals(countOf(order, 0), 0);
    signal(order, 3);
    await soon("blocked", blocked);
    await reached(order, 0, 5);
  });

  it("a caller that blocks in getSync gets its turn", async () => {
    const gang = Gang.options({ placement }).remote();
    const fence = newFence();
    const held = [gang.hold.remote(fence), gang.hold.remote(fence)];
    await reached(fence, 0, 2);
    const answer = Caller.remote().getSync.remote([gang]);
    await ticks(5);
    signal(fence, 1);
    assertEquals(await soon("getSync", answer), "blocking");
    await get(held);
  });

  it("answers all calls of many callers once each", async () => {
    const gang = Gang.options({ placement, maxConcurrency: 3 }).remote();
    const sums = [0, 1, 2].map(() => Caller.remote().flood.remote([gang], 500));
    const mine = Array.from({ length: 500 }, (_, i) => gang.echo.remote([i]) as ObjectRef<number[]>);
    const sum = 500 * 499 / 2;
    assertEquals(await soon("floods", get(sums)), [sum, sum, sum]);
    assertEquals((await soon("mine", get(mine))).reduce((all, [i]) => all + i, 0), sum);
  });

  it("can wait for itself while another of its threads is free", async () => {
    const gang = Gang.options({ placement }).remote();
    assertEquals(await soon("nested", gang.nested.remote([gang])), "nested");
    const [same] = await gang.self.remote([gang]);
    assert(same === gang && same.actorId === gang.actorId);
    const fence = newFence();
    const held = gang.hold.remote(fence);
    await reached(fence, 0);
    const all = gang.nested.remote([gang]);
    signal(fence, 1);
    await held;
    assertEquals(await soon("nested on the last thread", all), "nested");
  });

  it("its handle comes from another actor, and outlives neither that nor its threads", async () => {
    // It has no process for itself, whose end would be all that is told.
    const [maker, fence] = [keep(Caller.options({ placement: "thread" }).remote()), newFence()];
    const [gang] = await maker.make.remote(fence);
    assertEquals(await soon("echo", gang.echo.remote(1)), 1);
    await reached(fence, 7, 2);
    const other = Caller.remote();
    assertEquals(await soon("passed on", other.flood.remote([gang], 10)), 45);
    gang.loop.remote(fence);
    await reached(fence, 0);
    await kill(maker);
    await died("has ended", [gang.echo.remote(2)]);
    await comesToRest(fence);
  });

  it("its threads are free again after calls that fail on either side", async () => {
    const gang = Gang.options({ placement }).remote();
    for (let i = 0; i < 6; i++) {
      assertThrows(() => gang.echo.remote(() => {}), SerializationError, "args[0]");
      assertInstanceOf(await soon("result", rejection(gang.useless.remote())), SerializationError);
    }
    const fence = newFence();
    const held = [gang.hold.remote(fence), gang.hold.remote(fence)];
    await reached(fence, 0, 2);
    assertThrows(() => gang.echo.remote({ deep: () => {} }), SerializationError, "args[0].deep");
    const queued = { list: [1] };
    const echo = gang.echo.remote(queued);
    queued.list.push(2);
    signal(fence, 1);
    await soon("held", get(held));
    assertEquals(await soon("queued", echo), { list: [1] });
  });

  // ray: threaded-waits
  it("its threads are free again after a caller that died", async () => {
    const gang = Gang.options({ placement }).remote();
    const [fence, order] = [newFence(), newFence()];
    const [runs, waits] = [Caller.remote(), Caller.remote()];
    await runs.hold.remote([gang], fence);
    await runs.hold.remote([gang], fence);
    await reached(fence, 0, 2);
    await waits.callOnly.remote([gang], 20, order);
    const mine = gang.echo.remote("mine");
    await soon("kill", Promise.all([kill(runs), kill(waits)]));
    signal(fence, 1);
    assertEquals(await soon("mine", mine), "mine");
    const again = newFence();
    const both = [gang.hold.remote(again), gang.hold.remote(again)];
    await soon("both", reached(again, 0, 2));
    signal(again, 1);
    await get(both);
    if (sharesMemory) assertEquals(countOf(order, 0), 0);
  });

  // ray: threaded-waits
  it("callers that die at any moment leave no thread taken", async () => {
    const gang = Gang.options({ placement }).remote();
    for (let round = 0; round < 8; round++) {
      const callers = [0, 1].map(() => Caller.remote());
      for (const caller of callers) caller.flood.remote([gang], 1_000);
      await ticks(round * 3);
      await soon("kill", Promise.all(callers.map((caller) => kill(caller))));
    }
    const fence = newFence();
    const both = [gang.hold.remote(fence), gang.hold.remote(fence)];
    await soon("both", reached(fence, 0, 2));
    signal(fence, 1);
    await soon("calls", get(both));
  });

  // ray: threaded-death, kill
  it("kill() ends all of its threads, running, queued and later calls", async () => {
    const gang = Gang.options({ placement }).remote();
    const fence = newFence();
    const refs = [gang.loop.remote(fence), gang.loop.remote(fence), gang.echo.remote(1)];
    await reached(fence, 0, 2);
    await soon("kill", kill(gang));
    await died("killed", [...refs, gang.echo.remote(2)]);
    await comesToRest(fence);
    await soon("second kill", kill(gang));
  });

  for (const way of ["crash", "exit"] as const) {
    // ray: threaded-death
    it(`ends as a whole when one of its threads ends by ${way}`, async () => {
      const gang = Gang.options({ placement }).remote();
      const fence = newFence();
      const running = gang.hold.remote(fence);
      await reached(fence, 0);
      const last = gang[way].remote();
      const queued = [0, 1, 2].map((i) => gang.echo.remote(i));
      const reason = way === "crash" ? "out of the gang" : "code 3";
      await died(reason, [running]);
      await soon("last", Promise.resolve(last).catch(() => {}));
      // Those that came in before the crash were answered.
      for (const ref of queued) await soon("queued", Promise.resolve(ref).catch(() => {}));
      await died(reason, [gang.echo.remote(3)]);
      await died(
        reason,
        [Caller.remote().getSync.remote([gang])].map((ref) =>
          ref.then(() => {}, (error) => {
            throw (error as Error).cause;
          })
        ),
      );
    });
  }

  // ray: threaded-death, init-failure
  it("ends with its constructor's error as the cause, whichever thread's it was", async () => {
    for (const failing of [1, 2, 3]) {
      const gang = Gang.options({ placement, maxConcurrency: 3 }).remote(newFence(), failing);
      const refs = Array.from({ length: 6 }, (_, i) => gang.hold.remote(newFence(), i));
      for (const ref of [...refs, gang.echo.remote(1)]) {
        const error = await soon(`thread ${failing}`, rejection(ref));
        assertInstanceOf(error, ActorDiedError);
        assertInstanceOf(error.cause, RangeError, `${error}`);
        assertStringIncludes(error.cause.message, `thread ${failing} of the gang`);
      }
    }
  });

  it("ends when an argument of its constructor fails", async () => {
    const fails = Log.remote().fail.remote();
    const gang = Gang.options({ placement }).remote(fails as unknown as ObjectRef<Fence>);
    const error = await soon("call", rejection(gang.echo.remote(1)));
    assertInstanceOf(error, ActorDiedError);
    assertStringIncludes(String(error.cause), "failed");
  });

  it("shutdown() ends it, and rejects what runs and what waits", async () => {
    const gang = Gang.options({ placement }).remote();
    const fence = newFence();
    const refs = [gang.loop.remote(fence), gang.loop.remote(fence), gang.echo.remote(1)];
    await reached(fence, 0, 2);
    await soon("shutdown", shutdown());
    await died("shut down", [...refs, gang.echo.remote(2)]);
    await comesToRest(fence);
  });

  it("cancel() of a call that waits, and of one that runs, leaves the threads free", async () => {
    const gang = Gang.options({ placement }).remote();
    const [fence, order] = [newFence(), newFence()];
    const held = [gang.hold.remote(fence), gang.hold.remote(fence)];
    await reached(fence, 0, 2);
    const waits = [0, 1, 2].map(() => gang.begin.remote(order));
    cancel(waits[1]);
    cancel(held[0]);
    assertInstanceOf(await soon("waits", rejection(waits[1])), TaskCancelledError);
    signal(fence, 1);
    assertInstanceOf(await soon("runs", rejection(held[0])), TaskCancelledError);
    await held[1];
    await soon("others", get([waits[0], waits[2]]));
    assertEquals(countOf(order, 0), 2);
  });

  it("is one actor to all of its threads", async () => {
    const gang = Gang.options({ placement }).remote();
    const fence = newFence();
    const contexts = await soon("contexts", get([gang.context.remote(fence), gang.context.remote(fence)]));
    for (const [id, self] of contexts) {
      assertEquals(id, gang.actorId);
      assert(self === gang);
    }
  });

  it("ends as a whole by await using, and by exitActor()", async () => {
    let gang: ActorHandle<Gang>;
    let ref: ObjectRef<number>;
    {
      await using used = Gang.options({ placement }).remote();
      gang = used;
      ref = used.echo.remote(1) as ObjectRef<number>;
    }
    assertEquals(await ref, 1);
    await died("disposed", [gang.echo.remote(2)]);
    const other = Gang.options({ placement }).remote();
    await died("exitActor", [other.leave.remote()]);
    await died("exitActor", [other.echo.remote(1)]);
  });

  it("has a limit of pending calls, and says what it is busy with", async () => {
    const gang = Gang.options({ placement, maxPendingCalls: 3 }).remote();
    const fence = newFence();
    const refs: ObjectRef<unknown>[] = [gang.hold.remote(fence), gang.hold.remote(fence)];
    await reached(fence, 0, 2);
    refs.push(gang.echo.remote(1));
    assertThrows(() => gang.echo.remote(2), PendingCallsLimitExceeded);
    const error = await rejection(getWithTimeout(refs[2], 1));
    assertInstanceOf(error, GetTimeoutError);
    if (tellsMethod) assertStringIncludes(error.message, '"Gang.hold"');
    assertEquals(error.activity?.running, 2);
    assertEquals(error.activity?.pending, 3);
    signal(fence, 1);
    await get(refs);
    assertEquals(await gang.echo.remote(3), 3);
  });

  // ray: pain-groups
  it("gives each concurrency group of a sync class threads of its own", async () => {
    const grouped = Grouped.options({ placement, maxConcurrency: 2 }).remote();
    const fences = { hold: newFence(), io: newFence(), disk: newFence() };
    const refs: ObjectRef<void>[] = [];
    for (let i = 0; i < 4; i++) {
      for (const name of ["hold", "io", "disk"] as const) refs.push(grouped[name].remote(fences[name]));
    }
    const moved = grouped.hold.options({ concurrencyGroup: "disk" }).remote(fences.disk);
    await reached(fences.hold, 0, 2);
    await reached(fences.io, 0, 2);
    await reached(fences.disk, 0, 1);
    await ticks(20);
    assertEquals(Object.values(fences).map((fence) => countOf(fence, 0)), [2, 2, 1]);
    for (const fence of Object.values(fences)) signal(fence, 1);
    await soon("calls", get([...refs, moved]));
    assertEquals(Object.values(fences).map((fence) => countOf(fence, 0)), [4, 4, 5]);
  });

  it("has at most 64 threads", () => {
    const error = assertThrows(() => Gang.options({ placement, maxConcurrency: 65 }).remote(), RangeError);
    for (const part of ["Gang", "65", "64"]) assertStringIncludes(error.message, part);
  });
}

for (const place of PLACES) {
  if (place.threads === "all") describe(`a threaded actor, ${place.name}`, () => threaded(place));

  describe(`a sync class with maxConcurrency, ${place.name}`, () => {
    const { placement, threads, newFence } = place;
    afterEach(shutdown);

    it("runs as many calls at once as there are threads: one, inline", async () => {
      const gang = Gang.options({ placement, maxConcurrency: 4 }).remote();
      const fence = newFence();
      const refs = Array.from({ length: 6 }, () => gang.wait.remote(fence));
      await reached(fence, 0, threads === "all" ? 4 : 1);
      await ticks(20);
      assertEquals(countOf(fence), threads === "all" ? 4 : 1);
      signal(fence, 1);
      await soon("calls", get(refs));
    });

    it("lets a ready call overtake one that waits for its argument", async () => {
      const gang = Gang.options({ placement, maxConcurrency: 2 }).remote();
      const late = newFence();
      const slow = AsyncEcho.options({ placement }).remote().after.remote(late, "late");
      const waits = gang.echo.remote(slow);
      assertEquals(await soon("ready", gang.echo.remote("ready")), "ready");
      signal(late, 1);
      assertEquals(await soon("late", waits), "late");
    });
  });
}
