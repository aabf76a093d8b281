import { kill, ObjectRef, put, shutdown } from "@manta/ray";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import process from "node:process";
import { AsyncEcho, Caller, Counter, Echo, Log } from "./actors.ts";
import { keep, reached, rejection, signal, ticks } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";

for (const place of PLACES) describe(`calls, ${place.name}`, () => calls(place));

function calls({ placement, newFence }: Place): void {
  afterEach(shutdown);
  const echoer = () => Echo.options({ placement }).remote();

  // ray: call, instantiate, auto-init
  it("remote() gives a ref that fulfils with the result when the method returns", async () => {
    const echo = echoer();
    const ref = echo.concat.remote("a", "b");
    assertInstanceOf(ref, ObjectRef);
    assertEquals(await ref, "ab");
    assertStrictEquals(await echo.nothing.remote(), undefined);
  });

  it("a handle that the program has frozen works as any other", async () => {
    const echo = Object.freeze(echoer());
    assertEquals([await echo.concat.remote("a", "b"), await echo.concat.remote("c", "d")], ["ab", "cd"]);
  });

  // ray: instantiate
  it("remote() keeps an actor's state and starts from the constructor's arguments", async () => {
    const counter = Counter.options({ placement }).remote(put(40));
    assertEquals(await counter.add.remote(), 41);
    assertEquals(await counter.add.remote(2), 43);
  });

  // ray: ref, ref-await
  it("a ref gives the same value and id when awaited twice", async () => {
    const ref = echoer().echo.remote({ a: 1 });
    const id = ref.id;
    const first = await ref;
    assertStrictEquals(await ref, first);
    assertStrictEquals(ref.id, id);
    assertEquals(typeof id, "string");
    assertNotEquals(echoer().echo.remote(1).id, id);
  });

  it("a ref gives the inner value when the method returns a ref", async () => {
    assertEquals(await echoer().asRef.remote([1, 2]), [1, 2]);
    assertEquals(await echoer().asRef.remote(put("twice")), "twice");
  });

  it("a ref gives a working handle when the method returns one", async () => {
    const caller = keep(Caller.options({ placement }).remote());
    const { made } = await caller.handles.remote();
    assertEquals(await made.add.remote(1), 11);
    assertEquals(await made.add.remote(1), 12);
  });

  // ray: ref-argument, ref-nested
  it("remote() replaces a ref at the top level when ready or pending, and leaves a nested one", async () => {
    const echo = echoer();
    const fence = newFence();
    const pending = AsyncEcho.options({ placement }).remote().after.remote(fence, 5);
    const seen = echo.seen.remote(pending, [pending]);
    const ready = put(6);
    signal(fence, 1);
    assertEquals(await seen, ["number", "ref"]);
    assertEquals(await echo.seen.remote(ready, [ready]), ["number", "ref"]);
  });

  // ray: ref-nested
  it("a nested ref can be awaited by the callee when it is ready, and when it is pending", async () => {
    const echo = AsyncEcho.options({ placement }).remote();
    const fence = newFence();
    const pending = AsyncEcho.options({ placement }).remote().after.remote(fence, 5) as ObjectRef<number>;
    const sum = echo.sum.remote([put(1), pending, pending]);
    signal(fence, 1);
    assertEquals(await sum, 11);
  });

  // ray: ref-nested, ref
  it("a returned nested ref is the same ref", async () => {
    const ref = put("mine");
    const [back] = await echoer().echo.remote([ref]) as [ObjectRef<string>];
    assertInstanceOf(back, ObjectRef);
    assertEquals(back.id, ref.id);
    assertEquals(await back, "mine");
  });

  // ray: ref-argument
  it("remote() fails with the argument's error, and never runs, when an argument has failed", async () => {
    const log = Log.options({ placement }).remote();
    const failed = log.fail.remote() as unknown as ObjectRef<string>;
    const fence = newFence();
    const later = AsyncEcho.options({ placement }).remote().failAfter.remote(fence, "later");
    const pending = log.append.remote(later);
    signal(fence, 1);
    assertStrictEquals(await rejection(pending), await rejection(later));
    assertInstanceOf(await rejection(pending), RangeError);
    assertInstanceOf(await rejection(log.append.remote(failed)), RangeError);
    assertEquals(await log.entries.remote(), []);
  });

  // ray: unhandled-errors
  it("a failed call that nobody reads is no unhandled rejection", async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", listen);
    const log = Log.options({ placement }).remote();
    log.fail.remote();
    log.append.remote(log.fail.remote());
    await log.entries.remote();
    await ticks(5);
    process.off("unhandledRejection", listen);
    assertEquals(unhandled, []);
  });

  // ray: call
  it("a handle refuses a direct call and an unknown method, naming what is right", () => {
    const handle = Counter.options({ placement }).remote();
    const error = assertThrows(() => (handle.add as unknown as () => void)(), TypeError);
    assert(error.message.includes(".remote()") && error.message.includes("add"), error.message);
    const loose = handle as unknown as Record<
      string,
      { remote: () => void; options: (o: object) => unknown }
    >;
    const unknown = assertThrows(() => loose.adt.remote(), TypeError);
    assert(unknown.message.includes("adt") && unknown.message.includes('"add"'), unknown.message);
  });

  // ray: class-methods
  it("a handle has no statics, accessors, fields or private members", () => {
    const handle = Counter.options({ placement }).remote();
    const loose = handle as unknown as Record<string, { remote: () => void }>;
    for (const name of ["made", "compare", "current", "label", "#secret", "secret", "constructor"]) {
      assertThrows(() => loose[name].remote(), TypeError);
    }
    assertStrictEquals((handle as { then?: unknown }).then, undefined);
  });

  it("a handle may be awaited, logged and printed", async () => {
    const handle = Counter.options({ placement }).remote();
    assertStrictEquals(await (handle as unknown as Promise<unknown>), handle);
    assertEquals(typeof `${handle}`, "string");
    assertEquals(typeof JSON.stringify(handle), "string");
  });

  // ray: passing-handles
  it("handles of one actor have one actorId, on every thread", async () => {
    const counter = Counter.options({ placement }).remote();
    const other = Counter.options({ placement }).remote();
    const caller = keep(Caller.options({ placement }).remote());
    assertEquals(await caller.idOf.remote(counter), counter.actorId);
    const [back] = await echoer().echo.remote([counter]) as [typeof counter];
    assertEquals(back.actorId, counter.actorId);
    assertNotEquals(counter.actorId, other.actorId);
    assertEquals(await back.add.remote(), 2);
  });

  // ray: passing-handles
  it("handles work as arguments, results and fields of either", async () => {
    const log = Log.options({ placement }).remote();
    const caller = keep(Caller.options({ placement }).remote(log));
    await caller.append.remote("constructor argument");
    await caller.keep.remote({ deep: new Map([["log", [log]]]) });
    await caller.append.remote("field of an argument");
    const { log: back } = await caller.handles.remote();
    await back!.append.remote("field of a result");
    assertEquals(await log.entries.remote(), [
      "constructor argument",
      "field of an argument",
      "field of a result",
    ]);
  });

  it("a handle that comes back after the actor's death refuses calls", async () => {
    const counter = Counter.options({ placement }).remote();
    const [back] = await echoer().echo.remote([counter]) as [typeof counter];
    await kill(counter);
    await assertRejects(() => Promise.resolve(back.add.remote()));
  });

  it("many calls of many actors interleave", async () => {
    const actors = Array.from({ length: 4 }, () => Counter.options({ placement }).remote());
    const refs = [];
    for (let i = 0; i < 400; i++) refs.push(actors[i % 4].add.remote());
    for (const ref of refs) await ref;
    for (const actor of actors) assertEquals(await actor.add.remote(), 101);
  });

  // ray: call
  it("remote() sends the call without anybody awaiting it", async () => {
    const fence = newFence();
    AsyncEcho.options({ placement }).remote().after.remote(fence, 0);
    await reached(fence, 0);
    signal(fence, 1);
  });
}
