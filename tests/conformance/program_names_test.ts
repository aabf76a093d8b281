import {
  ActorAlreadyExistsError,
  ActorDiedError,
  type ActorHandle,
  ActorNotFoundError,
  get,
  getActor,
  getSync,
  init,
  kill,
  listActors,
  listNamedActors,
  shutdown,
  TaskError,
} from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { countOf, keep, rejection, within } from "./fence.ts";
import { Counted } from "./names_actors.ts";
import { PLACES } from "./places.ts";
import { Blocking, Resident } from "./program_names_actors.ts";

const LIMIT = 50_000;

/** One that lives in a process of its own, and makes others there. */
const newResident = (): ActorHandle<Resident> => keep(Resident.options({ placement: "process" }).remote());

const process = PLACES.find(({ name }) => name === "process");

describe("names of a program with several processes", { ignore: process === undefined }, () => {
  beforeEach(async () => {
    await init({ namespace: "here" });
  });
  afterEach(shutdown);

  // ray: place-process-names, get-actor, list-named
  it("getActor() finds each way, and from one process to another, the same actor with the same id", async () => {
    const own = keep(Counted.options({ name: "own" }).remote());
    const [a, b] = [newResident(), newResident()];
    assertEquals(await a.findAndAdd.remote("own"), 1);
    for (const placement of ["thread", "inline", "pool"] as const) {
      const [id] = await a.makeAndAdd.remote({ name: placement, placement });
      const found = await getActor<Counted>(placement);
      assertEquals([found.actorId, await found.add.remote()], [id, 2]);
      const theirs = await b.find.remote(placement);
      assert(theirs === found);
      assertEquals(await b.findAndAdd.remote(placement), 3);
      assert(await a.find.remote(placement) === found);
    }
    assert(await b.find.remote("own") === own);
    const names = ["inline", "own", "pool", "thread"];
    assertEquals([await listNamedActors(), await a.list.remote(), await b.list.remote()], [
      names,
      names,
      names,
    ]);
    const error = await rejection(b.find.remote("own", "there"));
    assertInstanceOf(error, TaskError);
    assertInstanceOf(error.cause, ActorNotFoundError);
    assertStringIncludes(error.message, 'Cannot get actor "own" in namespace "there"');
  });

  // ray: place-process-names, get-if-exists
  it("a name is that of one actor in all processes, and getIfExists gives that one", async () => {
    const own = keep(Counted.options({ name: "own" }).remote());
    const [a, b] = [newResident(), newResident()];
    const [id] = await a.makeAndAdd.remote({ name: "theirs" });
    for (const [who, name] of [[a, "own"], [b, "own"], [b, "theirs"]] as const) {
      const error = await rejection(who.makeAndAdd.remote({ name }));
      assertInstanceOf((error as TaskError).cause, ActorAlreadyExistsError, `${error}`);
      assertStringIncludes(
        String(error),
        `"${name}" in namespace "here": another actor that lives has this name`,
      );
      const other = await rejection(who.makeOther.remote({ name, getIfExists: true }));
      assertStringIncludes(String(other), 'an actor of another class than "Other" has this name');
    }
    const refused = keep(Counted.options({ name: "theirs" }).remote());
    assertInstanceOf(await rejection(refused.add.remote()), ActorAlreadyExistsError);
    const same = { name: "theirs", getIfExists: true };
    assertEquals(await b.makeAndAdd.remote(same), [id, 2]);
    assertEquals(await a.makeAndAdd.remote(same), [id, 3]);
    const found = keep(Counted.options(same).remote());
    assertEquals([found.actorId, await found.add.remote()], [id, 4]);
    assertEquals(await a.makeAndAdd.remote({ name: "own", getIfExists: true }), [own.actorId, 1]);
  });

  // ray: get-if-exists
  it("of a hundred who want it at once, in four processes, one makes it", async () => {
    const residents = [newResident(), newResident(), newResident()];
    await get(residents.map((resident) => resident.ping.remote()));
    for (const round of ["one", "two", "three"]) {
      const fence = process!.newFence();
      const options = { name: round, getIfExists: true };
      const asked = residents.map((resident) => resident.makeMany_.remote(options, 25, fence));
      const own = Array.from({ length: 25 }, () => keep(Counted.options(options).remote(fence, 0)));
      const ids = [
        ...(await within(LIMIT, "theirs", get(asked))).flat(),
        ...own.map(({ actorId }) => actorId),
      ];
      assertEquals([ids.length, new Set(ids).size], [100, 1]);
      assertEquals([await own[0].add.remote(), countOf(fence)], [76, 1]);
    }
  });

  it("a driver that blocks holds up nobody who wants a name", async () => {
    const blocking = keep(Blocking.options({ placement: "process" }).remote());
    await blocking.make.remote({ name: "first" });
    assertEquals(getSync(blocking.make.remote({ name: "second" })), 1);
    assertEquals(getSync(blocking.make.remote({ name: "second", getIfExists: true })), 2);
    const error = await rejection(blocking.make.remote({ name: "first" }));
    assertInstanceOf((error as TaskError).cause, ActorAlreadyExistsError);
  });

  // ray: handle-gc
  it("one that nobody has a handle of ends, and its name is free; a handle by its name counts if it was made with that", async () => {
    const a = newResident();
    const names = async (): Promise<string[]> => {
      await a.collect.remote();
      return await listNamedActors();
    };
    await a.makeAndAdd.remote({ name: "loose" });
    await getActor("loose");
    await a.makeAndAdd.remote({ name: "held" });
    const held = keep(Counted.options({ name: "held", getIfExists: true }).remote());
    await a.drop.remote();
    const end = performance.now() + LIMIT;
    while ((await names()).includes("loose")) assert(performance.now() < end, "it does not end");
    assertEquals([await names(), await held.add.remote()], [["held"], 2]);
    assertEquals(await a.makeAndAdd.remote({ name: "loose" }).then(([, count]) => count), 1);
  });

  // ray: place-process-names
  it("names end with their actor, its process, and whoever made it", async () => {
    const [a, b] = [newResident(), newResident()];
    await get([a.makeAndAdd.remote({ name: "x" }), b.makeAndAdd.remote({ name: "y" })]);
    const [x, y] = [await getActor<Counted>("x"), await getActor<Counted>("y")];
    await kill(x);
    assertInstanceOf((await rejection(b.find.remote("x")) as TaskError).cause, ActorNotFoundError);
    assertEquals(await b.makeAndAdd.remote({ name: "x" }).then(([, count]) => count), 1);
    await a.killNamed.remote("x");
    assertEquals(await listNamedActors(), ["y"]);
    b.end.remote().catch(() => {});
    // Behind that; what `y` is asked meanwhile it may answer.
    await within(LIMIT, "b's end", rejection(b.pid.remote()));
    assertInstanceOf(await within(LIMIT, "y's end", rejection(y.add.remote())), ActorDiedError);
    assertEquals(await a.makeAndAdd.remote({ name: "y" }).then(([, count]) => count), 1);
  });

  // ray: place-process-names
  it("one that starts again keeps its name, and is found", async () => {
    const [a, b] = [newResident(), newResident()];
    const options = { name: "phoenix", maxRestarts: -1, maxTaskRetries: -1 };
    const [id] = await a.makeAndAdd.remote(options);
    const found = await getActor<Counted>("phoenix");
    assertEquals([found.actorId, await found.add.remote()], [id, 2]);
    await a.crash.remote("phoenix");
    const again = async (): Promise<number> => await b.findAndAdd.remote("phoenix");
    const end = performance.now() + LIMIT;
    // The old run may answer until it has crashed.
    while (await again() > 2) assert(performance.now() < end, "it does not start again");
    const error = await rejection(b.makeAndAdd.remote({ name: "phoenix" }));
    assertInstanceOf((error as TaskError).cause, ActorAlreadyExistsError);
  });

  it("a process of a process has the same names", async () => {
    const own = keep(Counted.options({ name: "own" }).remote());
    const a = newResident();
    const inner = keep(await a.nested.remote());
    assert(await inner.pid.remote() !== await a.pid.remote());
    assertEquals(await inner.findAndAdd.remote("own"), 1);
    const [id] = await inner.makeAndAdd.remote({ name: "inner" });
    const found = await getActor<Counted>("inner");
    assertEquals([found.actorId, await found.add.remote(), await a.findAndAdd.remote("inner")], [id, 2, 3]);
    assertEquals(await inner.makeAndAdd.remote({ name: "own", getIfExists: true }), [own.actorId, 2]);
    assertEquals(await inner.list.remote(), ["inner", "own"]);
    assertEquals((await listActors({ filter: { state: "ALIVE" } })).length >= 3, true);
  });
});
