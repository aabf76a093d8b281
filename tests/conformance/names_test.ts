import {
  ActorAlreadyExistsError,
  ActorDiedError,
  type ActorHandle,
  ActorNotFoundError,
  type ActorOptions,
  getActor,
  getSync,
  init,
  kill,
  listNamedActors,
  RayError,
  runtimeContext,
  shutdown,
} from "@manta/ray";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { countOf, type Fence, keep, newFence, reached, rejection, signal, within } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";
import { Counted as CountedClass, Late, makeInTask, Maker, Other, Throwing } from "./names_actors.ts";

type Counted = CountedClass;
/** Named actors too end when nobody has a handle: those that `getActor` gives do not count. So all that are made here are kept. */
const Counted = {
  options: (options: ActorOptions) => {
    const maker = CountedClass.options(options);
    return {
      remote: (...args: Parameters<typeof maker.remote>): ActorHandle<CountedClass> => {
        return keep(maker.remote(...args));
      },
    };
  },
};

/** More than there are slots for threads and names. */
const MANY = 5_000;

for (const place of PLACES) describe(`names, ${place.name}`, () => names(place));

async function assertTaken(handle: ActorHandle<Counted>, ...parts: string[]): Promise<void> {
  for (const call of [() => handle.add.remote(), () => handle.size.remote(new Uint8Array(3))]) {
    const error = await within(20_000, "a call of the refused actor", rejection(call()));
    assertInstanceOf(error, ActorAlreadyExistsError, `${error}`);
    for (const part of parts) assertStringIncludes(error.message, part);
  }
}

async function assertDied(what: string, call: PromiseLike<unknown>): Promise<void> {
  const error = await within(20_000, what, rejection(call));
  assertInstanceOf(error, ActorDiedError, `${what}: ${error}`);
}

async function assertNotFound(name: string, namespace?: string): Promise<void> {
  const options = namespace === undefined ? {} : { namespace };
  const error = await within(20_000, "getActor", rejection(getActor(name, options)));
  assertInstanceOf(error, ActorNotFoundError, `${error}`);
  assertStringIncludes(error.message, JSON.stringify(name));
}

/** One that is on a thread of the program, and not a part of what is tested. */
const newMaker = (): ActorHandle<Maker> => Maker.options({ placement: "thread" }).remote();

function names({ placement, detaches, newFence }: Place): void {
  afterEach(shutdown);

  // ray: get-actor, named
  it("getActor() finds an actor from the driver, and from threads that never heard of it", async () => {
    const made = Counted.options({ placement, name: "x" }).remote();
    const found = await getActor<Counted>("x");
    assertEquals(found.actorId, made.actorId);
    const makers = [newMaker(), newMaker()];
    for (const maker of makers) assertEquals((await maker.find.remote("x")).actorId, made.actorId);
    assertEquals(
      await Promise.all(makers.map((maker) => maker.findAndAdd.remote("x"))).then((r) => r.sort()),
      [
        1,
        2,
      ],
    );
    assertEquals(await found.add.remote(), 3);
  });

  it("getActor() finds an actor that another thread made, and whose handle nobody passed on", async () => {
    const maker = newMaker();
    const { actorId } = keep(await maker.make.remote({ placement, name: "x" }));
    const found = await within(20_000, "getActor", getActor<Counted>("x"));
    assertEquals([found.actorId, await found.add.remote()], [actorId, 1]);
    assertEquals(await keep(newMaker()).findAndAdd.remote("x"), 2);
    assertEquals(await maker.findAndAdd.remote("x"), 3);
  });

  it("getActor() finds an actor that is not made yet, and calls wait for that", async () => {
    const fence = newFence();
    const late = Late.options({ placement: "thread" }).remote().fence.remote(fence);
    const made = Counted.options({ placement, name: "x" }).remote(late);
    const found = await getActor<Counted>("x");
    const calls = [found.add.remote(), keep(newMaker()).findAndAdd.remote("x")];
    assertEquals(countOf(fence, 0), 0);
    signal(fence, 1);
    assertEquals((await Promise.all(calls)).sort(), [1, 2]);
    assertEquals(await made.add.remote(), 3);
  });

  // ray: get-actor, error-name
  it("getActor() of a name that nobody has rejects with ActorNotFoundError, here and in a thread", async () => {
    await assertNotFound("nobody");
    Counted.options({ placement, name: "x" }).remote();
    await assertNotFound("X");
    await assertNotFound("x", "elsewhere");
    const error = await rejection(keep(newMaker()).find.remote("nobody", "nowhere"));
    assertInstanceOf((error as RayError).cause, ActorNotFoundError);
    assertStringIncludes((error as RayError).message, '"nobody" in namespace "nowhere"');
  });

  // ray: named, error-name
  it("a taken name gives a handle whose calls reject, and runs no constructor", async () => {
    const fence = newFence();
    await init({ namespace: "here" });
    const first = Counted.options({ placement, name: "x" }).remote(fence);
    const second = Counted.options({ placement, name: "x" }).remote(fence);
    assertNotEquals(second.actorId, first.actorId);
    await assertTaken(second, '"x" in namespace "here"', "another", "getIfExists");
    const third = await keep(newMaker()).make.remote({ placement, name: "x" }, fence);
    await assertTaken(third, '"x" in namespace "here"');
    // Copies of the handle too, wherever they go.
    const error = await rejection(keep(newMaker()).addTo.remote(second));
    assertInstanceOf((error as RayError).cause, ActorAlreadyExistsError);
    assertEquals(await first.add.remote(), 1);
    assertEquals(countOf(fence, 0), 1);
  });

  // ray: named
  it("a taken name leaves no thread and no other name behind", async () => {
    const first = Counted.options({ placement, name: "x" }).remote();
    let last = first;
    for (let i = 0; i < MANY; i++) last = Counted.options({ placement, name: "x" }).remote();
    await assertTaken(last);
    assertEquals(await listNamedActors(), ["x"]);
    assertEquals(await first.add.remote(), 1);
  });

  it("kill() of a refused actor's handle leaves the one that has the name alone", async () => {
    const first = Counted.options({ placement, name: "x" }).remote();
    await kill(Counted.options({ placement, name: "x" }).remote());
    assertEquals(await first.add.remote(), 1);
    assertEquals((await getActor("x")).actorId, first.actorId);
  });

  // ray: name-reuse, kill, pain-named-race
  it("the name of a killed actor is free at once, whoever killed it and wherever it lived", async () => {
    for (const by of ["driver", "other"] as const) {
      const made = Counted.options({ placement, name: "x" }).remote();
      assertEquals(await made.add.remote(), 1);
      if (by === "driver") await kill(made);
      else await keep(newMaker()).kill.remote("x");
      assertEquals(await listNamedActors(), []);
      await assertNotFound("x");
      await assertDied("the killed one", made.add.remote());
    }
    const maker = newMaker();
    const theirs = await maker.make.remote({ placement, name: "x" });
    await kill(theirs);
    assertEquals(await maker.list.remote(), []);
    const next = Counted.options({ placement, name: "x" }).remote();
    assertNotEquals(next.actorId, theirs.actorId);
    assertEquals(await next.add.remote(), 1);
  });

  it("the name of an actor is free when its maker has ended", async () => {
    const maker = newMaker();
    const made = await maker.make.remote({ placement, name: "x" });
    assertEquals(await made.add.remote(), 1);
    await kill(maker);
    await assertNotFound("x");
    assertEquals(await Counted.options({ placement, name: "x" }).remote().add.remote(), 1);
  });

  // ray: name-reuse
  it("the name of an actor whose constructor threw, or whose argument failed, is free", async () => {
    const fence = newFence();
    const threw = Throwing.options({ placement, name: "x" }).remote(fence, 0);
    await assertDied("the thrown one", threw.ping.remote());
    await assertNotFound("x");
    const unarmed = Counted.options({ placement, name: "x" }).remote(
      Throwing.options({ placement }).remote(fence, 0).ping.remote() as never,
    );
    await assertDied("the one without its argument", unarmed.add.remote());
    await assertNotFound("x");
    assertThrows(() => Counted.options({ placement, name: "x" }).remote((() => {}) as never), RayError);
    await assertNotFound("x");
    assertEquals(await Counted.options({ placement, name: "x" }).remote().add.remote(), 1);
  });

  it("names are free after shutdown()", async () => {
    for (let turn = 0; turn < 2; turn++) {
      await init({ namespace: "here" });
      assertEquals(await listNamedActors({ allNamespaces: true }), []);
      assertEquals(await Counted.options({ placement, name: "x" }).remote().add.remote(), 1);
      assertEquals(await listNamedActors(), ["x"]);
      await shutdown();
    }
  });

  // ray: get-if-exists, option-get-if-exists, pain-named-race
  it("getIfExists: a hundred callers in several threads run one constructor", async () => {
    const fence = newFence();
    const options: ActorOptions = { placement, name: "x", getIfExists: true };
    const makers = Array.from({ length: 4 }, () => newMaker());
    const made = makers.map((maker) => maker.makeMany.remote(options, 20, fence));
    await reached(fence, 2, makers.length);
    signal(fence, 1);
    const own = Array.from({ length: 20 }, () => Counted.options(options).remote(fence, 0));
    const ownCalls = Promise.all(own.map(async (handle) => [handle.actorId, await handle.add.remote()]));
    const all = await within(30_000, "all calls", Promise.all([...made, ownCalls]));
    const results = (all as [string, number][][]).flat();
    assertEquals(new Set(results.map(([id]) => id)).size, 1);
    assertEquals(
      results.map(([, count]) => count).sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
    assertEquals(countOf(fence, 0), 1);
  });

  // ray: pain-named-race
  it("taken names: of makers in several threads at once one has the name", async () => {
    const fence = newFence();
    const makers = Array.from({ length: 3 }, () => newMaker());
    const made = makers.map((maker) => maker.makeMany.remote({ placement, name: "x" }, 1, fence));
    await reached(fence, 2, makers.length);
    signal(fence, 1);
    const settled = await within(30_000, "all calls", Promise.allSettled(made));
    const failures = settled.filter((result) => result.status === "rejected");
    assertEquals(failures.length, 2);
    for (const { reason } of failures as { reason: RayError }[]) {
      assertInstanceOf(reason.cause, ActorAlreadyExistsError, `${reason}`);
    }
    assertEquals(countOf(fence, 0), 1);
  });

  // ray: get-if-exists
  it("getIfExists ignores the arguments when the actor exists, and options besides the name", async () => {
    const fence = newFence();
    const first = Counted.options({ placement, name: "x", getIfExists: true }).remote(fence);
    const cannotCross = (() => {}) as never;
    const second = Counted.options({ name: "x", getIfExists: true, maxPendingCalls: 1 }).remote(cannotCross);
    assertEquals(second.actorId, first.actorId);
    assertEquals(await Promise.all([second.add.remote(), second.add.remote()]), [1, 2]);
    assertEquals(countOf(fence, 0), 1);
  });

  // ray: pain-named-race
  it("getIfExists: if the actor dies, calls reject as usual, and the next one is new", async () => {
    const options: ActorOptions = { placement, name: "x", getIfExists: true };
    const maker = keep(newMaker());
    const first = await maker.make.remote(options);
    const second = Counted.options(options).remote();
    assertEquals(second.actorId, first.actorId);
    await second.add.remote();
    await kill(first);
    await assertDied("the dead one", second.add.remote());
    const third = Counted.options(options).remote();
    assertNotEquals(third.actorId, first.actorId);
    assertEquals(await third.add.remote(), 1);
  });

  // ray: get-if-exists
  it("getIfExists of another class rejects, whatever its methods are called", async () => {
    const first = Counted.options({ placement, name: "x" }).remote();
    const other = Other.options({ placement, name: "x", getIfExists: true }).remote();
    const error = await rejection(other.add.remote());
    assertInstanceOf(error, ActorAlreadyExistsError);
    assertStringIncludes(error.message, 'of another class than "Other"');
    assertEquals(await first.add.remote(), 1);
  });

  // ray: namespaces, option-namespace, list-named
  it("namespaces are apart, and that of init() is every thread's", async () => {
    await init({ namespace: "here" });
    const maker = newMaker();
    const here = await maker.make.remote({ placement, name: "x" });
    const there = Counted.options({ placement, name: "x", namespace: "there" }).remote();
    const y = Counted.options({ placement, name: "y", namespace: "there" }).remote();
    assertEquals((await getActor("x")).actorId, here.actorId);
    assertEquals((await getActor("x", { namespace: "here" })).actorId, here.actorId);
    assertEquals((await maker.find.remote("x", "there")).actorId, there.actorId);
    assertEquals([await listNamedActors(), await maker.list.remote()], [["x"], ["x"]]);
    const all = [
      { name: "x", namespace: "here" },
      { name: "x", namespace: "there" },
      { name: "y", namespace: "there" },
    ];
    assertEquals(await listNamedActors({ allNamespaces: true }), all);
    assertEquals(await maker.listAll.remote(), all);
    await kill(y);
    assertEquals(await listNamedActors({ allNamespaces: true }), all.slice(0, 2));
  });

  // ray: context, namespaces
  it("runtimeContext() tells the actor's name, and the program's namespace", async () => {
    await init({ namespace: "here" });
    const named = Maker.options({ placement, name: "x", namespace: "there" }).remote();
    assertEquals(await named.whoAmI.remote(), ["x", "here"]);
    assertEquals(await Maker.options({ placement }).remote().whoAmI.remote(), [undefined, "here"]);
    assertEquals([runtimeContext().actorName, runtimeContext().namespace], [undefined, "here"]);
  });

  // ray: namespaces
  it("without init({ namespace }) the namespace is one of this runtime's own", async () => {
    const seen = new Set<string>();
    for (let turn = 0; turn < 2; turn++) {
      Counted.options({ placement, name: "x" }).remote();
      const inThread = await keep(newMaker()).make.remote({ placement, name: "y" });
      assertEquals(await inThread.add.remote(), 1);
      const all = await listNamedActors({ allNamespaces: true });
      assertEquals(all.map(({ name }) => name), ["x", "y"]);
      assertEquals(all[0].namespace, all[1].namespace);
      seen.add(all[0].namespace);
      await shutdown();
    }
    assertEquals(seen.size, 2);
  });

  it("names of any text are told apart", async () => {
    const texts = ["a", "ab", "a\u0000b", "ä", "日本", "name with spaces", "n".repeat(200), "😀"];
    await init({ namespace: "a" });
    for (const name of texts) Counted.options({ placement: "inline", name }).remote();
    // The same bytes, divided otherwise.
    Counted.options({ placement: "inline", name: "aab", namespace: "x" }).remote();
    Counted.options({ placement, name: "ab", namespace: "xa" }).remote();
    assertEquals(await listNamedActors(), [...texts].sort());
    for (const name of texts) assertEquals(await (await getActor<Counted>(name)).add.remote(), 1);
  });

  if (detaches) {
    // ray: detached, option-lifetime
    it("a detached actor of the driver's has a name or none, and ends with kill() and shutdown()", async () => {
      const named = Counted.options({ placement, name: "x", lifetime: "detached" }).remote();
      const nameless = Counted.options({ placement, lifetime: "detached" }).remote();
      assertEquals([await named.add.remote(), await nameless.add.remote()], [1, 1]);
      await kill(nameless);
      await assertDied("killed", nameless.add.remote());
      await within(20_000, "shutdown", shutdown());
      await assertDied("shut down", named.add.remote());
    });
  }

  // ray: option-lifetime
  it('lifetime "non_detached" is the default', async () => {
    const maker = newMaker();
    const made = await maker.make.remote({ placement, lifetime: "non_detached" });
    assertEquals(await made.add.remote(), 1);
    await kill(maker);
    await assertDied("the maker's", made.add.remote());
  });
}

describe("names of threads", () => {
  afterEach(shutdown);

  for (const how of ["crash", "exit"] as const) {
    // ray: name-reuse
    it(`the name of an actor is free after ${how}`, async () => {
      const made = Counted.options({ name: "x" }).remote();
      const last = how === "crash" ? made.crash.remote() : made.exit.remote();
      if (how === "crash") await last;
      else await assertDied("exit", last);
      // A call that comes before the crash is answered.
      let error: unknown;
      while (error === undefined) {
        error = await within(20_000, "the end", made.add.remote().then(() => undefined, (thrown) => thrown));
      }
      assertInstanceOf(error, ActorDiedError);
      await assertNotFound("x");
      assertEquals(await Counted.options({ name: "x" }).remote().add.remote(), 1);
    });
  }

  it("the name of an inline actor of another thread is free once kill() has ended there", async () => {
    const maker = Maker.remote();
    await maker.keep.remote({ name: "x" });
    assertEquals(await listNamedActors(), ["x"]);
    const found = await getActor<Counted>("x");
    assertEquals(await found.add.remote(), 1);
    await maker.killKept.remote();
    await assertNotFound("x");
    await assertDied("the killed one", found.add.remote());
  });

  it("kill() of an actor that had ended before its handle came ends too", async () => {
    const maker = Maker.remote();
    await maker.keep.remote({});
    await maker.killKept.remote();
    const kept = await maker.kept.remote();
    await within(20_000, "kill", kill(kept));
    await assertDied("the killed one", kept.add.remote());
  });

  it("thousands of inline actors get and give back names", async () => {
    for (let i = 0; i < MANY; i++) {
      const made = Counted.options({ placement: "inline", name: `n${i}` }).remote();
      await kill(made);
    }
    assertEquals(await listNamedActors(), []);
  });

  it("getIfExists and getActor() work while the maker has not come to say a word", async () => {
    const fence = newFence();
    const maker = Maker.remote();
    const made = maker.makeAndBlock.remote({ name: "x" }, fence);
    await reached(fence, 2);
    // Before anything else: nobody but the maker knows its class.
    const found = getActor<Counted>("x");
    const own = Counted.options({ name: "x", getIfExists: true }).remote(fence);
    const calls = [own.add.remote()];
    const others = [Maker.remote(), Maker.remote()];
    calls.push(others[0].findAndAdd.remote("x"), others[1].addTo.remote(own));
    const handle = await others[1].make.remote({ name: "x", getIfExists: true }, fence);
    calls.push(handle.add.remote());
    assertEquals(countOf(fence, 0), 0);
    signal(fence, 1);
    assertEquals(own.actorId, await made);
    assertEquals(handle.actorId, own.actorId);
    assertEquals((await within(20_000, "getActor", found)).actorId, own.actorId);
    assertEquals((await within(20_000, "calls", Promise.all(calls))).sort(), [1, 2, 3, 4]);
    assertEquals(countOf(fence, 0), 1);
  });

  for (const { name, placement, newFence } of PLACES) {
    it(`a maker that dies before it has said a word leaves nobody waiting, ${name}`, async () => {
      const fence = newFence();
      const maker = newMaker();
      const other = newMaker();
      assertEquals(await other.ping.remote(), "pong");
      const made = maker.makeAndBlock.remote({ placement, name: "x" }, fence);
      await reached(fence, 2);
      // Handled at once: nobody awaits it before it rejects.
      const found = rejection(getActor<Counted>("x"));
      const own = Counted.options({ name: "x", getIfExists: true }).remote();
      const call = own.add.remote();
      const theirs = other.findAndAdd.remote("x");
      const handle = await other.make.remote({ name: "x", getIfExists: true });
      const passed = handle.add.remote();
      await kill(maker);
      await assertDied("the maker's call", made);
      await assertDied("a call", call);
      await assertDied("a call over another's handle", passed);
      const error = await within(20_000, "getActor", found);
      assertInstanceOf(error, ActorNotFoundError, `${error}`);
      const their = await within(20_000, "their getActor", rejection(theirs)) as RayError;
      assert(
        their.cause instanceof ActorNotFoundError || their.cause instanceof ActorDiedError,
        `${their} ${their.cause}`,
      );
      assertEquals(await Counted.options({ name: "x" }).remote().add.remote(), 1);
    });
  }

  it("a maker that is shut down before it has said a word leaves nobody waiting", async () => {
    const fence = newFence();
    const made = keep(Maker.remote()).makeAndBlock.remote({ name: "x" }, fence);
    await reached(fence, 2);
    const found = rejection(getActor<Counted>("x"));
    const call = Counted.options({ name: "x", getIfExists: true }).remote().add.remote();
    await within(20_000, "shutdown", shutdown());
    await assertDied("the maker's call", made);
    await assertDied("a call", call);
    assertInstanceOf(await within(20_000, "getActor", found), ActorNotFoundError);
  });

  it("an actor finds itself, and one of its own thread, by name", async () => {
    const maker = Maker.options({ name: "maker" }).remote();
    await maker.keep.remote({ name: "kept" });
    assertEquals((await maker.find.remote("maker")).actorId, maker.actorId);
    assertEquals(await maker.findAndAdd.remote("kept"), 1);
    assertEquals(
      (await maker.make.remote({ name: "kept", getIfExists: true })).actorId,
      (await getActor("kept")).actorId,
    );
  });

  it("getSync() reads calls of an actor found by getIfExists", async () => {
    const { actorId } = keep(await keep(Maker.remote()).make.remote({ name: "x" }));
    const own = Counted.options({ name: "x", getIfExists: true }).remote();
    assertEquals([own.actorId, getSync(own.add.remote())], [actorId, 1]);
    assertThrows(
      () => getSync(Counted.options({ name: "x" }).remote().add.remote()),
      ActorAlreadyExistsError,
    );
  });
});

describe("detached actors of other threads", () => {
  afterEach(shutdown);

  const die = async (maker: ActorHandle<Maker>): Promise<void> => {
    await within(20_000, "kill", kill(maker));
    await assertDied("the maker", maker.ping.remote());
  };

  // ray: detached
  it("outlives the actor that made it, with a name and without", async () => {
    const fence = newFence();
    const maker = Maker.remote();
    const nameless = await maker.make.remote({ lifetime: "detached" }, fence);
    const named = await maker.make.remote({ lifetime: "detached", name: "x" }, fence);
    assertEquals([await nameless.add.remote(), await named.add.remote()], [1, 1]);
    await die(maker);
    assertEquals([await nameless.add.remote(), await named.add.remote()], [2, 2]);
    assertEquals(await (await getActor<Counted>("x")).add.remote(), 3);
    assertEquals(await keep(Maker.remote()).findAndAdd.remote("x"), 4);
    assertEquals(countOf(fence, 0), 2);
    await kill(named);
    await kill(nameless);
    await assertDied("named", named.add.remote());
    await assertDied("nameless", nameless.add.remote());
    await assertNotFound("x");
  });

  // ray: detached
  it("outlives a maker that is killed before it has begun", async () => {
    const fence = newFence();
    for (let turn = 1; turn <= 5; turn++) {
      const maker = Maker.remote();
      const made = await maker.make.remote({ lifetime: "detached", name: "x" }, fence);
      await die(maker);
      assertEquals(await within(20_000, "its call", made.add.remote()), 1);
      assertEquals(countOf(fence, 0), turn);
      await kill(made);
    }
  });

  // ray: detached
  it("outlives a maker whose thread ends in the very turn, or is blocked", async () => {
    const fence = newFence();
    await assertDied(
      "the exit",
      keep(Maker.remote()).makeAndExit.remote({ lifetime: "detached", name: "x" }, fence),
    );
    assertEquals(await within(20_000, "x", (await getActor<Counted>("x")).add.remote()), 1);
    const blocked = Maker.remote();
    const call = blocked.makeAndBlock.remote({ lifetime: "detached", name: "y" }, fence);
    await reached(fence, 2);
    const y = await within(20_000, "getActor", getActor<Counted>("y"));
    assertEquals(await within(20_000, "y", y.add.remote()), 1);
    await die(blocked);
    await assertDied("its call", call);
    assertEquals(await y.add.remote(), 2);
    assertEquals(countOf(fence, 0), 2);
  });

  it("outlives the maker of its maker, and a worker for tasks", async () => {
    const fence = newFence();
    const outer = Maker.remote();
    const inner = await outer.make.remote({ lifetime: "detached", name: "outer" }, fence);
    const fromTask = await makeInTask.remote({ lifetime: "detached", name: "task" }, fence);
    await die(outer);
    assertEquals([await inner.add.remote(), await fromTask.add.remote()], [1, 1]);
    assertEquals(await keep(Maker.remote()).findAndAdd.remote("task"), 2);
  });

  it("is not made if its maker dies before its argument is there; nobody waits", async () => {
    const fence = newFence();
    const maker = Maker.remote();
    const late = Late.remote().fence.remote(fence);
    const made = await maker.makeLate.remote({ lifetime: "detached", name: "x" }, { ref: late });
    const call = made.add.remote();
    const found = await getActor<Counted>("x");
    await die(maker);
    await assertDied("a call", call);
    await assertDied("a later call", found.add.remote());
    await assertNotFound("x");
    signal(fence, 1);
    await late;
    assertEquals(countOf(fence, 0), 0);
  });

  it("is made with an argument that is there later, and outlives its maker then", async () => {
    const fence = newFence();
    const maker = Maker.remote();
    const late = Late.remote().fence.remote(fence);
    const made = await maker.makeLate.remote({ lifetime: "detached", name: "x" }, { ref: late });
    signal(fence, 1);
    assertEquals(await within(20_000, "its call", made.add.remote()), 1);
    await die(maker);
    assertEquals(await made.add.remote(), 2);
  });

  it("is made with arguments larger than a ring, and outlives its maker then", async () => {
    const maker = Maker.remote();
    const size = 3_000_000;
    const made = await maker.makeHeavy.remote({ lifetime: "detached" }, size);
    assertEquals(await within(20_000, "its call", made.size.remote()), size);
    await die(maker);
    assertEquals(await made.size.remote(), size);
  });

  it("ends with shutdown()", async () => {
    const maker = Maker.remote();
    const made = await maker.make.remote({ lifetime: "detached", name: "x" });
    assertEquals(await made.add.remote(), 1);
    const unused = await maker.make.remote({ lifetime: "detached" });
    await die(maker);
    await within(20_000, "shutdown", shutdown());
    await assertDied("made", made.add.remote());
    await assertDied("unused", unused.add.remote());
  });

  it("shutdown() while one is being started leaves nothing behind", async () => {
    const fence = newFence();
    const call = keep(Maker.remote()).makeAndBlock.remote({ lifetime: "detached", name: "x" }, fence);
    await reached(fence, 2);
    await within(20_000, "shutdown", shutdown());
    await assertDied("the maker's call", call);
    assertEquals(await listNamedActors({ allNamespaces: true }), []);
  });

  it("whose constructor throws ends, and its name is free", async () => {
    const made = await keep(Maker.remote()).make.remote(
      { lifetime: "detached", name: "x" },
      1 as unknown as Fence,
    );
    await assertDied("a call", made.add.remote());
    await assertNotFound("x");
  });

  it("cannot be inline in a thread that ends", async () => {
    const error = await rejection(
      keep(Maker.remote()).make.remote({ lifetime: "detached", placement: "inline" }),
    ) as RayError;
    assertInstanceOf(error.cause, RangeError);
    assertStringIncludes(error.message, 'placement "inline"');
  });
});

describe("names and other placements", () => {
  afterEach(shutdown);

  it("an actor in a process has a name, which is free when the process ends", async () => {
    const made = Counted.options({ placement: "process", name: "x" }).remote();
    const found = await keep(Maker.remote()).find.remote("x");
    assertEquals(found.actorId, made.actorId);
    assertEquals([await made.add.remote(), await found.add.remote()], [1, 2]);
    const taken = Counted.options({ placement: "process", name: "x" }).remote();
    await assertTaken(taken, '"x"');
    await kill(made);
    assertEquals(await Counted.options({ name: "x" }).remote().add.remote(), 1);
  });

  it("an actor of the pool makes and finds named ones, and ends only those that it made", async () => {
    const first = Counted.options({ placement: "pool", name: "x" }).remote();
    assertEquals(await first.add.remote(), 1);
    const maker = Maker.options({ placement: "pool" }).remote();
    const same = await maker.make.remote({ placement: "pool", name: "x", getIfExists: true });
    const own = await maker.make.remote({ placement: "pool", name: "own" });
    const outliving = await maker.make.remote({ name: "outliving", lifetime: "detached" });
    assertEquals(same.actorId, first.actorId);
    assertEquals([await same.add.remote(), await own.add.remote(), await outliving.add.remote()], [2, 1, 1]);
    await kill(maker);
    // Its thread, which may be another one than the maker's, hears of that later.
    await assertDied(
      "the maker's",
      (async () => {
        for (;;) await own.add.remote();
      })(),
    );
    assertEquals([await same.add.remote(), await outliving.add.remote()], [3, 2]);
    assertEquals(await listNamedActors(), ["outliving", "x"]);
  });

  it("refuses names of threaded actors, and detached ones without a thread of their own", () => {
    const refuses = (options: ActorOptions, text: string): void => {
      const error = assertThrows(() => Counted.options(options).remote(), TypeError);
      assertStringIncludes(error.message, text);
    };
    refuses({ name: "x", maxConcurrency: 2 }, '"maxConcurrency" 1');
    refuses({ name: "x", maxConcurrency: 2, placement: "process" }, "is that of one");
    refuses({ lifetime: "detached", maxConcurrency: 2 }, "several threads");
    refuses({ lifetime: "detached", placement: "pool" }, 'placement "pool"');
    refuses({ lifetime: "detached", placement: "process" }, 'placement "process"');
  });
});

describe("options of names", () => {
  afterEach(shutdown);

  const refuses = (options: unknown, Class: new () => Error, ...parts: string[]): void => {
    const error = assertThrows(() => Counted.options(options as ActorOptions), Class);
    for (const part of parts) assertStringIncludes(error.message, part);
  };

  // ray: option-get-if-exists, named, option-lifetime
  it("options() refuses wrong values, naming them", () => {
    refuses({ name: 1 }, TypeError, '"name"', "1");
    refuses({ name: "" }, RangeError, '"name"', "not empty");
    refuses({ name: "x", namespace: null }, TypeError, '"namespace"');
    refuses({ name: "x", namespace: "" }, RangeError, '"namespace"');
    refuses({ name: "x", getIfExists: "yes" }, TypeError, '"getIfExists"', "true or false");
    refuses({ name: "x", getIfExists: 1 }, TypeError, '"getIfExists"');
    refuses({ getIfExists: true }, TypeError, '"getIfExists"', '"name"');
    refuses({ lifetime: "forever" }, RangeError, '"lifetime"', '"detached" or "non_detached"');
    refuses({ lifetime: true }, TypeError, '"lifetime"');
    Counted.options({ getIfExists: false, lifetime: undefined, name: undefined });
  });

  it("names and namespaces that are too long are a RangeError at the call", async () => {
    await init({ namespace: "n".repeat(40) });
    const name = "x".repeat(200);
    assertEquals(await Counted.options({ placement: "inline", name }).remote().add.remote(), 1);
    const longer = Counted.options({ placement: "inline", name: `${name}x` });
    assertThrows(() => longer.remote(), RangeError, "241 bytes");
    assertThrows(() => Counted.options({ name: "ä".repeat(101) }).remote(), RangeError, "242 bytes");
    assertThrows(() => void getActor("x".repeat(241)), RangeError, "240");
    assertEquals(await listNamedActors(), [name]);
  });

  // ray: get-actor, list-named
  it("init(), getActor() and listNamedActors() refuse wrong values, naming them", () => {
    const loose = { init, getActor, listNamedActors } as unknown as Record<
      string,
      (...args: unknown[]) => unknown
    >;
    const cases: [string, unknown[], new () => Error, string][] = [
      ["init", [{ namespace: 1 }], TypeError, "namespace"],
      ["init", [{ namespace: "" }], RangeError, "not empty"],
      ["init", [{ namespace: "n".repeat(241) }], RangeError, "240"],
      ["getActor", [], TypeError, "undefined"],
      ["getActor", [1], TypeError, "expected a string"],
      ["getActor", [""], RangeError, "not empty"],
      ["getActor", ["x", null], TypeError, "object"],
      ["getActor", ["x", { namespace: 1 }], TypeError, "namespace"],
      ["getActor", ["x", { namespace: "" }], RangeError, "namespace"],
      ["getActor", ["x", { nameSpace: "y" }], TypeError, '"nameSpace"'],
      ["listNamedActors", [1], TypeError, "object"],
      ["listNamedActors", [{ all: true }], TypeError, '"all"'],
      ["listNamedActors", [{ allNamespaces: 1 }], TypeError, "true or false"],
    ];
    for (const [name, args, Class, part] of cases) {
      assertStringIncludes(assertThrows(() => void loose[name](...args), Class).message, part);
    }
  });

  it("more names than the table holds are a RangeError, and none is lost", async () => {
    const first = Counted.options({ placement: "inline", name: "first" }).remote();
    const error = assertThrows(() => {
      for (let i = 0; i < MANY; i++) Counted.options({ placement: "inline", name: `n${i}` }).remote();
    }, RangeError);
    assertStringIncludes(error.message, "4096");
    assertEquals((await listNamedActors()).length, 4096);
    await kill(first);
    assertEquals(await Counted.options({ placement: "inline", name: "again" }).remote().add.remote(), 1);
  });
});
