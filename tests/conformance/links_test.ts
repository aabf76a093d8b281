import { DeadlockError, getSync, put, shutdown, TaskError, waitSync } from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho, Caller, Counter, Echo, LateReader, Link, Log } from "./actors.ts";
import { keep, reached, rejection, signal, within } from "./fence.ts";
import { type Place, PLACES, PLACES_ALONE } from "./places.ts";

for (const place of PLACES) describe(`actors calling actors, ${place.name}`, () => links(place));

function links({ placement }: Place): void {
  afterEach(shutdown);

  // ray: passing-handles
  it("an actor calls an actor of another thread", async () => {
    const log = Log.options({ placement }).remote();
    const caller = Caller.options({ placement: "thread" }).remote(log);
    await caller.appendMany.remote(0, 3);
    assertEquals(await log.entries.remote(), [0, 1, 2]);
  });

  it("an actor's own actor is reachable from the driver", async () => {
    const { made } = await keep(Caller.options({ placement }).remote()).handles.remote();
    assertEquals(await made.add.remote(5), 15);
  });

  it("getSync() in an inline actor blocks on a thread, and the chain goes on three deep", async () => {
    const end = Link.remote();
    const middle = Link.remote(end);
    const top = Link.options({ placement }).remote(middle);
    assertEquals(await top.depth.remote(), 3);
  });

  // ray: error-deadlock, pain-blocking-get
  it("getSync() on an actor's own method is a DeadlockError at once", async () => {
    const link = Link.options({ placement }).remote();
    const error = await rejection(link.onSelf.remote(link));
    assertInstanceOf(error, TaskError);
    assertInstanceOf(error.cause, DeadlockError);
    assertEquals(await link.idle.remote(), 7);
  });

  it("a ref made by one actor is read by another", async () => {
    const ref = Echo.options({ placement }).remote().echo.remote([1, 2, 3]);
    assertEquals(await Link.options({ placement: "thread" }).remote().read.remote([ref, put(4)]), [
      [1, 2, 3],
      4,
    ]);
  });
}

for (const place of PLACES_ALONE) {
  describe(`actors calling actors while the driver is blocked, ${place.name}`, () => blocked(place));
}

function blocked({ placement, isCheap, newFence }: Place): void {
  afterEach(shutdown);

  it("an actor calls an actor when the driver blocks in getSync()", () => {
    const log = Log.options({ placement }).remote();
    const caller = Caller.options({ placement }).remote(log);
    getSync(caller.appendMany.remote(0, 500));
    assertEquals(getSync(log.entries.remote()).length, 500);
  });

  it("getSync() chains go several threads deep", () => {
    let link = Link.options({ placement }).remote();
    for (let depth = 2; depth <= (isCheap ? 6 : 3); depth++) {
      link = Link.options({ placement }).remote(link);
      assertEquals(getSync(link.depth.remote()), depth);
    }
  });

  it("an actor makes an actor while the driver is blocked", () => {
    const { made } = getSync(Caller.options({ placement }).remote().handles.remote());
    assertEquals(getSync(made.add.remote(1)), 11);
  });

  it("an actor reads a pending ref of the driver's while the driver is blocked on that actor", () => {
    const fence = newFence();
    const pending = AsyncEcho.options({ placement }).remote().after.remote(fence, "late");
    const read = Link.options({ placement }).remote().read.remote([pending, pending, put("put")]);
    signal(fence, 1);
    assertEquals(getSync(read), ["late", "late", "put"]);
  });

  it("a thread that was idle when a timer of its own blocked serves its calls afterwards", async () => {
    const fence = newFence();
    const reader = LateReader.options({ placement }).remote();
    await reader.start.remote(AsyncEcho.options({ placement }).remote(), fence);
    await reached(fence, 2);
    signal(fence, 1);
    await reached(fence, 3);
    // Not a moment later: whatever wakes the thread by chance must not help.
    assertEquals(await within(20_000, "ping", reader.ping.remote()), "pong");
  });

  // ray: get, get-misuse
  it("getSync() reads refs, arrays and timeouts", () => {
    const echo = Echo.options({ placement }).remote();
    assertEquals(getSync(echo.echo.remote(1)), 1);
    assertEquals(getSync([echo.echo.remote(1), put(2), echo.echo.remote("3")]), [1, 2, "3"]);
    assertEquals(getSync([]), []);
    assertThrows(
      () => getSync(Log.options({ placement }).remote().fail.remote()),
      RangeError,
      "failed on purpose",
    );
  });
}

describe("getSync() and inline actors", () => {
  afterEach(shutdown);

  // ray: error-deadlock
  it("getSync() on an inline actor is a DeadlockError at once", () => {
    const inline = Counter.options({ placement: "inline" }).remote();
    const started = performance.now();
    assertThrows(() => getSync(inline.add.remote()), DeadlockError);
    assertThrows(() => getSync([put(1), inline.add.remote()]), DeadlockError);
    assertThrows(() => getSync(inline.add.remote(), { timeout: 60_000 }), DeadlockError);
    assertThrows(() => waitSync([inline.add.remote()]), DeadlockError);
    assert(performance.now() - started < 10_000);
  });

  it("getSync() on a call that waits for an inline actor's result is a DeadlockError", () => {
    const inline = Echo.options({ placement: "inline" }).remote();
    const ref = Echo.remote().echo.remote(inline.echo.remote(1));
    assertThrows(() => getSync(ref), DeadlockError);
  });

  it("getSync() reads an inline actor's result once it is there", async () => {
    const inline = Counter.options({ placement: "inline" }).remote();
    const ref = inline.add.remote(3);
    await ref;
    assertEquals(getSync(ref), 3);
  });

  it("waitSync() over inline and thread refs needs only what can come", () => {
    const inline = Counter.options({ placement: "inline" }).remote();
    const [ours, theirs] = [inline.add.remote(), Echo.remote().echo.remote(1)];
    const [ready, pending] = waitSync([ours, theirs] as const);
    assertEquals(ready.map((ref) => ref.id), [theirs.id]);
    assertEquals(pending.map((ref) => ref.id), [ours.id]);
  });
});
