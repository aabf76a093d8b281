import { type ObjectRef, put, shutdown, wait, waitSync } from "@manta/ray";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho, Log } from "./actors.ts";
import { rejection, signal } from "./fence.ts";
import { type Place, PLACES, PLACES_APART } from "./places.ts";

for (const place of PLACES) describe(`wait, ${place.name}`, () => waiting(place));

function waiting({ placement, newFence }: Place): void {
  afterEach(shutdown);

  function late(value: unknown) {
    const fence = newFence();
    const ref = AsyncEcho.options({ placement }).remote().after.remote(fence, value);
    return { ref, open: () => void signal(fence, 1) };
  }
  const is = (got: readonly ObjectRef<unknown>[], expected: readonly ObjectRef<unknown>[]) => {
    assertEquals(got.map((ref) => ref.id), expected.map((ref) => ref.id));
    got.forEach((ref, i) => assertStrictEquals(ref, expected[i]));
  };

  // ray: wait
  it("wait() gives the ready one and the pending ones, each in input order", async () => {
    const [a, b, c] = [late("a"), late("b"), late("c")];
    const refs = [a.ref, b.ref, c.ref];
    b.open();
    const [ready, pending] = await wait(refs);
    is(ready, [b.ref]);
    is(pending, [a.ref, c.ref]);
    a.open();
    const [two, one] = await wait(refs, { numReturns: 2 });
    is(two, [a.ref, b.ref]);
    is(one, [c.ref]);
    c.open();
    const [all, none] = await wait(refs, { numReturns: 3 });
    is(all, refs);
    is(none, []);
  });

  // ray: wait, pain-wait
  it("wait() gives at most numReturns ready ones", async () => {
    const refs = [put(1), put(2), put(3)];
    const [ready, pending] = await wait(refs, { numReturns: 2 });
    is(ready, refs.slice(0, 2));
    is(pending, refs.slice(2));
    is((await wait(refs))[0], refs.slice(0, 1));
  });

  // ray: wait
  it("wait() counts a failed ref as ready", async () => {
    const a = late("a");
    const failed = Log.options({ placement }).remote().fail.remote();
    const [ready, pending] = await wait([a.ref, failed]);
    is(ready, [failed]);
    is(pending, [a.ref]);
    a.open();
    await a.ref;
  });

  // ray: wait
  it("wait() gives what is ready by the timeout", async () => {
    const a = late("a");
    const done = put(1);
    for (const timeout of [0, 5]) {
      const [ready, pending] = await wait([a.ref, done], { numReturns: 2, timeout });
      is(ready, [done]);
      is(pending, [a.ref]);
      is((await wait([a.ref], { timeout }))[1], [a.ref]);
    }
    a.open();
    is((await wait([a.ref], { timeout: 30_000 }))[0], [a.ref]);
  });

  it("wait() rejects with the signal's reason", async () => {
    const a = late("a");
    const controller = new AbortController();
    const waited = rejection(wait([a.ref], { signal: controller.signal }));
    controller.abort("enough");
    assertStrictEquals(await waited, "enough");
    assertStrictEquals(await rejection(wait([a.ref], { signal: AbortSignal.abort("before") })), "before");
    a.open();
    await a.ref;
  });

  // ray: wait
  it("wait() and waitSync() of nothing give two empty arrays", async () => {
    assertEquals(await wait([]), [[], []]);
    assertEquals(waitSync([]), [[], []]);
  });

  // ray: wait, get-misuse
  it("wait() and waitSync() throw at the call when they are misused", () => {
    const [a, b] = [put(1), put(2)];
    for (const fn of [wait, waitSync] as const) {
      const call = (refs: unknown, options?: object) => () => (fn as typeof wait)(refs as [], options);
      assertThrows(call([a, b, a]), RangeError);
      for (const numReturns of [0, -1, 3, 1.5, NaN, Infinity]) {
        assertThrows(call([a, b], { numReturns }), RangeError, "numReturns");
      }
      assertThrows(call([a, b], { numReturns: "1" }), TypeError, "numReturns");
      for (const timeout of [-1, NaN]) assertThrows(call([a], { timeout }), RangeError, "timeout");
      assertThrows(call([a], { timeout: "1" }), TypeError, "timeout");
      assertThrows(call(a), TypeError);
      assertThrows(call([a, 1]), TypeError, "index 1");
      assertThrows(call(undefined), TypeError);
    }
    assertThrows(() => wait([a], { signal: 1 as unknown as AbortSignal }), TypeError, "signal");
  });

  it("wait() takes the same ref again in a later call", async () => {
    const a = put(1);
    await wait([a]);
    assertEquals((await wait([a]))[0].length, 1);
  });

  it("wait() takes thousands of refs in any order of settling", async () => {
    const log = Log.options({ placement }).remote();
    const refs = Array.from({ length: 5_000 }, (_, i) => log.append.remote(i));
    const [ready, pending] = await wait(refs, { numReturns: refs.length });
    assertEquals([ready.length, pending.length], [5_000, 0]);
    is(ready, refs);
  });

  it("a wait loop that takes one at a time sees every ref once", async () => {
    const log = Log.options({ placement }).remote();
    let pending: ObjectRef<void>[] = Array.from({ length: 50 }, (_, i) => log.append.remote(i));
    const seen = new Set<string>();
    while (pending.length > 0) {
      const [ready, rest] = await wait(pending);
      for (const ref of ready) seen.add(ref.id);
      pending = rest;
    }
    assertEquals(seen.size, 50);
  });
}

for (const place of PLACES_APART) describe(`waitSync, ${place.name}`, () => blocking(place));

function blocking({ placement, newFence }: Place): void {
  afterEach(shutdown);

  // ray: wait
  it("waitSync() blocks until enough are ready, or the timeout", () => {
    const fence = newFence();
    const held = AsyncEcho.options({ placement }).remote().after.remote(fence, 1);
    const quick = AsyncEcho.options({ placement }).remote().echo.remote(2);
    const [ready, pending] = waitSync([held, quick]);
    assertEquals([ready, pending].map((refs) => refs.map((ref) => ref.id)), [[quick.id], [held.id]]);
    const [some, rest] = waitSync([held, quick], { numReturns: 2, timeout: 5 });
    assertEquals([some.length, rest.length], [1, 1]);
    assertEquals(waitSync([held], { timeout: 0 })[0].length, 0);
    signal(fence, 1);
    assert(waitSync([held, quick], { numReturns: 2 })[1].length === 0);
  });
}
