import {
  ActorDiedError,
  type ActorHandle,
  init,
  kill,
  OwnerDiedError,
  put,
  SerializationError,
  shutdown,
  TaskError,
} from "@manta/ray";
import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho, Busy, Counter, Log } from "./actors.ts";
import { Killer, Parent, Suicide } from "./lifecycle_actors.ts";
import { countOf, keep, reached, rejection, signal, within } from "./fence.ts";
import { type Place, PLACES, PLACES_ALONE } from "./places.ts";

for (const place of PLACES) describe(`lifecycle, ${place.name}`, () => lifecycle(place));

function lifecycle({ placement, isCheap, newFence }: Place): void {
  afterEach(shutdown);

  const died = async (what: string, promise: PromiseLike<unknown>, reason: string): Promise<void> => {
    const error = await within(10_000, what, rejection(promise));
    assertInstanceOf(error, ActorDiedError, `${what}: ${error}`);
    assertStringIncludes(error.message, reason, what);
  };

  // ray: kill
  it("kill() rejects running, queued and later calls", async () => {
    const busy = Busy.options({ placement, maxConcurrency: 1 }).remote();
    const fence = newFence();
    const running = busy.enter.remote(fence);
    const queued = busy.enter.remote(fence);
    await reached(fence, 0);
    await within(10_000, "kill", kill(busy));
    await died("running", running, "killed");
    await died("queued", queued, "killed");
    await died("later", busy.most.remote(), "killed");
    assertEquals(countOf(fence, 0), 1);
  });

  // ray: kill
  it("kill() rejects a call that waits for its argument", async () => {
    const log = Log.options({ placement }).remote();
    const busy = Busy.options({ placement: "inline" }).remote();
    const fence = newFence();
    const waiting = log.append.remote(busy.enter.remote(fence));
    await kill(log);
    await died("waiting", waiting, "killed");
    signal(fence, 1);
  });

  // ray: kill-misuse
  it("kill() of a killed actor, and at once after its making, works", async () => {
    const counter = Counter.options({ placement }).remote();
    const call = counter.add.remote();
    await within(10_000, "kill", kill(counter));
    await died("call", call, "killed");
    await within(10_000, "second kill", kill(counter));
    const other = Counter.options({ placement }).remote();
    await within(10_000, "two kills", Promise.all([kill(other), kill(other)]));
    await died("later", other.add.remote(), "killed");
  });

  it("a kill() that is under way when shutdown() begins ends too", async () => {
    const counter = Counter.options({ placement }).remote();
    const { thread, inline } = await keep(Parent.options({ placement: "thread" }).remote()).children.remote();
    assertEquals(await counter.add.remote(), 1);
    const kills = [counter, thread, inline].map((actor) => kill(actor));
    const ended = shutdown();
    await within(10_000, "kill", Promise.all(kills));
    await within(10_000, "shutdown", ended);
  });

  // ray: kill
  it("kill() ends an actor that another made and the driver has a handle of", async () => {
    const parent = keep(Parent.options({ placement }).remote());
    const { thread, inline } = await parent.children.remote();
    for (const child of [thread, inline]) {
      assertEquals(await child.add.remote(), 1);
      await within(10_000, "kill", kill(child));
      await died("child", child.add.remote(), "killed");
    }
    assertEquals(await parent.ping.remote(), "pong");
  });

  // ray: kill
  it("an actor kills an actor that the driver made", async () => {
    const counter = Counter.options({ placement }).remote();
    await within(10_000, "kill by another", Killer.remote().kill.remote(counter));
    await died("later", counter.add.remote(), "killed");
  });

  // ray: kill
  it("kill() by the actor itself rejects the call that does it, whatever becomes of that", async () => {
    for (const method of ["sync", "never", "rejects"] as const) {
      await died(method, Suicide.options({ placement }).remote()[method].remote(), "it was killed");
    }
    const stream = Suicide.options({ placement }).remote().stream.remote();
    const { value } = await within(20_000, "stream", stream.next());
    await died("stream", value!, "it was killed");
  });

  it("kill() leaves other actors alone", async () => {
    const [a, b] = [0, 1].map(() => Counter.options({ placement }).remote());
    await a.add.remote();
    await b.add.remote();
    await kill(a);
    assertEquals(await b.add.remote(), 2);
  });

  // ray: kill-misuse
  it("kill() refuses what is no handle", () => {
    for (const value of [undefined, null, 1, {}, put(1), Counter]) {
      assertThrows(() => void kill(value as never).catch(() => {}), TypeError);
    }
  });

  // ray: owner-fate
  it("an actor ends with the actor that made it", async () => {
    const parent = keep(Parent.options({ placement: "thread" }).remote());
    const { thread, inline, grandchild } = await parent.family.remote(placement);
    for (const child of [thread, inline, grandchild]) assertEquals(await child.add.remote(), 1);
    await kill(parent);
    for (const [i, child] of [thread, inline, grandchild].entries()) {
      // On the pool, its thread has to hear of the end first.
      const untilEnded = async (): Promise<void> => {
        for (;;) await child.add.remote();
      };
      const error = await within(10_000, `child ${i}`, rejection(untilEnded()));
      assertInstanceOf(error, ActorDiedError, `child ${i}: ${error}`);
    }
  });

  // ray: shutdown
  it("shutdown() is idempotent, and rejects what is pending and later", async () => {
    const busy = Busy.options({ placement }).remote();
    const fence = newFence();
    const pending = busy.enter.remote(fence);
    await reached(fence, 0);
    await within(10_000, "shutdown", shutdown());
    await died("pending", pending, "shut down");
    await died("later", busy.most.remote(), "shut down");
    await within(10_000, "twice", Promise.all([shutdown(), shutdown()]));
  });

  // ray: shutdown, auto-init, error-handle, kill-misuse
  it("the next use after shutdown() works", async () => {
    const old = Counter.options({ placement }).remote();
    const ref = old.add.remote();
    await ref;
    const value = put("kept");
    await shutdown();
    const counter = Counter.options({ placement }).remote();
    assertEquals(await counter.add.remote(), 1);
    assertEquals(await ref, 1);
    assertEquals(await value, "kept");
    await died("old handle", old.add.remote(), "shut down");
  });

  // ray: shutdown, error-handle
  it("an old handle or ref passed after shutdown() fails and does not hang", async () => {
    const old = Log.options({ placement }).remote();
    const pending = old.entries.remote();
    await shutdown();
    const log = Log.options({ placement }).remote();
    await within(10_000, "old ref", rejection(Promise.resolve().then(() => log.append.remote(pending))));
    await within(10_000, "entries", log.entries.remote());
  });

  // ray: shutdown, error-handle
  it("an old handle or ref is not taken for one of the runtime after shutdown() that has its number", async () => {
    const old = AsyncEcho.options({ placement }).remote();
    const oldRef = put("old");
    await old.echo.remote([oldRef]);
    await shutdown();
    const echo = AsyncEcho.options({ placement }).remote();
    const ref = put("new");
    await echo.echo.remote([ref]);
    assertEquals([old.actorId, oldRef.id], [echo.actorId, ref.id], "the numbers begin again");
    for (const value of [old, oldRef]) {
      const error = assertThrows(() => void echo.echo.remote([value]), SerializationError);
      assertStringIncludes(error.message, "args[0][0]");
      assertStringIncludes(error.message, "was shut down");
    }
    await within(10_000, "kill of an old handle", kill(old));
    assertEquals(await echo.echo.remote("alive"), "alive");
  });

  it("many actors are made and killed again and again", async () => {
    for (let round = 0; round < 5; round++) {
      const actors = Array.from(
        { length: isCheap ? 6 : 2 },
        () => Counter.options({ placement }).remote(),
      );
      for (const actor of actors) assertEquals(await actor.add.remote(), 1);
      await within(20_000, "kill", Promise.all(actors.map((actor) => kill(actor))));
    }
  });
}

for (const place of PLACES_ALONE) {
  describe(`refs whose owner ends, ${place.name}`, () => owned(place));
}

function owned({ placement, newFence }: Place): void {
  afterEach(shutdown);
  const make = (): ActorHandle<Parent> => keep(Parent.options({ placement }).remote());

  // ray: owner-died, error-lost
  it("reject with OwnerDiedError wherever they are read, ready or not", async () => {
    const owner = make();
    const reader = make();
    const [fence, other] = [newFence(), newFence()];
    const [ready, pending] = await owner.refs.remote(fence);
    const awaited = rejection(pending);
    const [unread] = await owner.refs.remote(other);
    const readElsewhere = rejection(reader.read.remote([pending]));
    assertEquals(await ready, "owned");
    await reached(fence, 0);
    await kill(owner);
    assertEquals(await ready, "owned");
    assertInstanceOf(await within(10_000, "awaited", awaited), OwnerDiedError);
    assertInstanceOf(await within(10_000, "unread", rejection(unread)), OwnerDiedError);
    const error = await within(10_000, "elsewhere", readElsewhere);
    assertInstanceOf(error, TaskError);
    assertInstanceOf(error.cause, OwnerDiedError);
    const late = await within(10_000, "late", rejection(reader.read.remote([pending])));
    assertInstanceOf(late, TaskError);
  });

  it("are read after the death of an actor that only passed them on", async () => {
    const [owner, passer, reader] = [make(), make(), make()];
    const fence = newFence();
    const refs = await owner.refs.remote(fence);
    const passed = passer.read.remote([refs[1]]);
    const read = reader.read.remote([refs[1]]);
    await kill(passer);
    await rejection(passed);
    signal(fence, 1);
    assertEquals(await within(10_000, "read", read), "late");
    assertEquals(await refs[1], "late");
  });
}

describe("init and shutdown", () => {
  afterEach(shutdown);

  // ray: init
  it("init() is an error when the runtime has begun", async () => {
    const runtime = await init();
    assertThrows(() => init(), Error, "shutdown()");
    await runtime.shutdown();
    put(1);
    assertThrows(() => init(), Error, "init()");
    await shutdown();
    await init();
  });

  // ray: init-options
  it("init() refuses unknown options and wrong values, naming them", () => {
    const loose = init as (options: unknown) => unknown;
    assertThrows(() => loose({ numCpu: 1 }), TypeError, "numCpu");
    assertThrows(() => loose({ numCpus: "2" }), TypeError, "numCpus");
    for (const numCpus of [0, -1, 1.5, NaN, Infinity]) {
      assertThrows(() => loose({ numCpus }), RangeError, "numCpus");
    }
    assertThrows(() => loose(null), TypeError);
    assertThrows(() => loose(5), TypeError);
    assertThrows(() => loose("fast"), TypeError);
  });

  it("await using shuts down at the end of the block", async () => {
    let counter: ActorHandle<Counter>;
    {
      await using _runtime = await init();
      counter = Counter.remote();
      await counter.add.remote();
    }
    await assertRejects(() => Promise.resolve(counter.add.remote()), ActorDiedError, "shut down");
  });

  it("shutdown() in an actor is an error", async () => {
    const error = await rejection(Parent.remote().shutDown.remote());
    assertStringIncludes(String(error), "driver");
  });
});
