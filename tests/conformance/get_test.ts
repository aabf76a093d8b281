import { get, getSync, GetTimeoutError, getWithTimeout, put, shutdown } from "@manta/ray";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho, Echo, Link, Log } from "./actors.ts";
import { Thrower } from "./error_actors.ts";
import { reached, rejection, signal } from "./fence.ts";
import { type Place, PLACES, PLACES_APART } from "./places.ts";

for (const place of PLACES) describe(`get, ${place.name}`, () => reading(place));

function reading({ placement, newFence }: Place): void {
  afterEach(shutdown);

  /** A ref that is pending until `open`. */
  function late(value: unknown) {
    const fence = newFence();
    const ref = AsyncEcho.options({ placement }).remote().after.remote(fence, value);
    return { ref, fence, open: () => void signal(fence, 1) };
  }

  // ray: get
  it("get() gives a value, or values in order", async () => {
    const echo = Echo.options({ placement }).remote();
    assertEquals(await get(echo.echo.remote(1)), 1);
    assertEquals(await get([echo.echo.remote("a"), put(2), echo.echo.remote("c")]), ["a", 2, "c"]);
    assertEquals(await get([]), []);
    const twice = echo.echo.remote(3);
    assertEquals(await get([twice, twice]), [3, 3]);
  });

  it("catch() and finally() of a ref are those of a promise", async () => {
    const echo = Echo.options({ placement }).remote();
    const thrower = Thrower.options({ placement }).remote();
    assertEquals(await echo.echo.remote(1).catch(() => 2), 1);
    assert(await thrower.range.remote().catch((error) => error instanceof RangeError));
    let ended = 0;
    assertEquals(await echo.echo.remote(3).finally(() => void ended++), 3);
    await assertRejects(() => thrower.range.remote().finally(() => void ended++), RangeError);
    assertEquals(ended, 2);
  });

  // ray: get
  it("get() rejects with the first error as soon as there is one", async () => {
    const { ref, open } = late(1);
    const failed = Log.options({ placement }).remote().fail.remote();
    const error = await rejection(get([ref, failed]));
    assertInstanceOf(error, RangeError);
    assertStrictEquals(await rejection(failed), error);
    open();
    await ref;
  });

  // ray: get-timeout, error-timeout
  it("get() times out, the task goes on, and a later get() works", async () => {
    const { ref, open } = late("late");
    const error = await rejection(get(ref, { timeout: 5 }));
    assertInstanceOf(error, GetTimeoutError);
    assertEquals(error.timeout, 5);
    assertEquals(error.taskName, "AsyncEcho.after");
    assertEquals(error.code, "GET_TIMEOUT");
    open();
    assertEquals(await getWithTimeout(ref, 30_000), "late");
    assertEquals(await get(ref, { timeout: 0 }), "late");
  });

  it("getWithTimeout() gives values of several refs, or times out for all", async () => {
    const { ref, open } = late("late");
    const refs = [put(1), ref] as const;
    assertInstanceOf(await rejection(getWithTimeout(refs, 5)), GetTimeoutError);
    open();
    assertEquals(await getWithTimeout(refs, 30_000), [1, "late"]);
  });

  // ray: get-timeout, pain-timeout-zero
  it("get() with timeout 0 reads only what is ready", async () => {
    const { ref, open } = late("late");
    assertInstanceOf(await rejection(get(ref, { timeout: 0 })), GetTimeoutError);
    assertInstanceOf(await rejection(get([put(1), ref], { timeout: 0 })), GetTimeoutError);
    assertEquals(await get(put(1), { timeout: 0 }), 1);
    const failed = Log.options({ placement }).remote().fail.remote();
    await rejection(failed);
    assertInstanceOf(await rejection(get(failed, { timeout: 0 })), RangeError);
    open();
    await ref;
  });

  // ray: doubt-wait-forever
  it("get() with an unlimited or very long timeout waits", async () => {
    for (const timeout of [Infinity, Number.MAX_SAFE_INTEGER, 2 ** 31, 2 ** 40]) {
      const { ref, fence, open } = late("there");
      const got = get(ref, { timeout });
      await reached(fence, 0);
      open();
      assertEquals(await got, "there");
    }
  });

  // ray: get-timeout-negative
  it("get() throws at the call when the timeout is negative, NaN or no number", () => {
    const ref = put(1);
    for (const timeout of [-1, NaN, -Infinity, -0.001]) {
      assertThrows(() => get(ref, { timeout }), RangeError, "timeout");
      assertThrows(() => getWithTimeout(ref, timeout), RangeError, "timeout");
      assertThrows(() => getSync(ref, { timeout }), RangeError, "timeout");
    }
    for (const timeout of ["5", null, {}, 5n, true] as unknown as number[]) {
      assertThrows(() => get(ref, { timeout }), TypeError, "timeout");
      assertThrows(() => getWithTimeout(ref, timeout), TypeError, "timeout");
      assertThrows(() => getSync(ref, { timeout }), TypeError, "timeout");
    }
    assertThrows(() => getWithTimeout(ref, undefined as unknown as number), TypeError);
  });

  // ray: get-misuse
  it("get() throws at the call when given no ref, naming what it was", () => {
    const refs = [1, null, undefined, "ref", {}, Promise.resolve(1)] as unknown as ReturnType<typeof put>[];
    for (const ref of refs) {
      assertThrows(() => get(ref), TypeError, "ObjectRef");
      assertThrows(() => getSync(ref), TypeError, "ObjectRef");
      assertThrows(() => get([put(1), ref]), TypeError, "index 1");
      assertThrows(() => getSync([put(1), ref]), TypeError, "index 1");
    }
  });

  it("get() throws at the call when the signal is no AbortSignal", () => {
    const signal = { aborted: true } as AbortSignal;
    assertThrows(() => get(put(1), { signal }), TypeError, "signal");
    assertThrows(() => getWithTimeout(put(1), 5, { signal }), TypeError, "signal");
  });

  // ray: ref-await
  it("get() rejects with the signal's reason when it aborts", async () => {
    const { ref, open } = late("late");
    for (const reason of [new Error("mine"), "a string", 42]) {
      const controller = new AbortController();
      const got = get(ref, { signal: controller.signal });
      const timed = getWithTimeout([ref], 60_000, { signal: controller.signal });
      const both = [rejection(got), rejection(timed)];
      controller.abort(reason);
      assertStrictEquals(await both[0], reason);
      assertStrictEquals(await both[1], reason);
    }
    const controller = new AbortController();
    const got = rejection(get(ref, { signal: controller.signal }));
    controller.abort();
    assertEquals((await got as DOMException).name, "AbortError");
    open();
    assertEquals(await get(ref, { signal: new AbortController().signal }), "late");
  });

  it("get() rejects with the reason when the signal has aborted already", async () => {
    const { ref, open } = late("late");
    const reason = new Error("before");
    assertStrictEquals(await rejection(get(ref, { signal: AbortSignal.abort(reason) })), reason);
    assertStrictEquals(
      await rejection(getWithTimeout(ref, 5, { signal: AbortSignal.abort(reason) })),
      reason,
    );
    open();
    await ref;
  });

  // ray: error-timeout
  it("GetTimeoutError names the call, the actor, the wait and the busy method", async () => {
    const fence = newFence();
    const log = Log.options({ placement }).remote();
    log.slow.remote(fence);
    const queued = log.entries.remote();
    await reached(fence, 0);
    const error = await assertRejects(() => getWithTimeout(queued, 7), GetTimeoutError);
    for (const part of ["Log.entries", log.actorId, "7 ms"]) assertStringIncludes(error.message, part);
    assertEquals([error.actorId, error.taskName, error.timeout], [log.actorId, "Log.entries", 7]);
    assertEquals(error.activity?.running, 1);
    assertEquals(error.activity?.pending, 2);
    signal(fence, 1);
    assertEquals(await queued, ["slow"]);
  });
}

for (const place of PLACES_APART) {
  describe(`get, from a thread that is held, ${place.name}`, () => held(place));
}

function held({ placement, tellsMethod, newFence }: Place): void {
  afterEach(shutdown);

  // ray: error-timeout
  it("GetTimeoutError names the method that holds the thread, for how long, and how many wait", async () => {
    const fence = newFence();
    const link = Link.options({ placement }).remote();
    const held = link.hold.remote(fence);
    await reached(fence, 0);
    const queued = [link.idle.remote(), link.idle.remote()];
    const error = await assertRejects(() => getWithTimeout(queued[1], 20), GetTimeoutError);
    assertEquals(error.activity?.pending, 3);
    for (const part of ["Link.idle", "3 calls", "20 ms"]) assertStringIncludes(error.message, part);
    const blocked = assertThrows(() => getSync(queued[0], { timeout: 5 }), GetTimeoutError);
    assertEquals(blocked.activity?.pending, 3);
    if (tellsMethod) {
      for (const { activity, message } of [error, blocked]) {
        assertEquals(activity?.method, "Link.hold");
        assert(activity!.elapsed >= 10, `elapsed ${activity!.elapsed}`);
        assertStringIncludes(message, '"Link.hold"');
      }
    }
    signal(fence, 1);
    assertEquals(getSync(queued), [7, 7]);
    await held;
  });

  // ray: pain-timeout-zero
  it("getSync() with timeout 0 reads only what is ready", () => {
    const fence = newFence();
    const ref = AsyncEcho.options({ placement }).remote().after.remote(fence, 1);
    assertThrows(() => getSync(ref, { timeout: 0 }), GetTimeoutError);
    assertEquals(getSync(put(1), { timeout: 0 }), 1);
    signal(fence, 1);
    assertEquals(getSync(ref, { timeout: 30_000 }), 1);
  });
}
