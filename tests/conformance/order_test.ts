import { getWithTimeout, type ObjectRef, shutdown } from "@manta/ray";
import { assertEquals, assertLess } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho, AsyncLog, Busy, Caller, GroupLog, Log } from "./actors.ts";
import { reached, rejection, signal } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";

for (const place of PLACES) describe(`order of calls, ${place.name}`, () => order(place));

function order({ placement, newFence }: Place): void {
  afterEach(shutdown);

  /** A ref that is pending until `open`. */
  function late<T>(value: T, fails = false): { ref: ObjectRef<T>; open: () => void } {
    const fence = newFence();
    const echo = AsyncEcho.options({ placement }).remote();
    const ref = fails ? echo.failAfter.remote(fence, "late") : echo.after.remote(fence, value);
    return { ref: ref as ObjectRef<T>, open: () => void signal(fence, 1) };
  }

  // ray: sync-order
  it("a sync actor runs 10,000 calls of one caller in the order made", async () => {
    const log = Log.options({ placement }).remote();
    for (let i = 0; i < 10_000; i++) log.append.remote(i);
    assertEquals(await log.entries.remote(), Array.from({ length: 10_000 }, (_, i) => i));
  });

  // ray: async-actor
  it("an async actor starts 10,000 calls of one caller in the order made", async () => {
    const log = AsyncLog.options({ placement }).remote();
    for (let i = 0; i < 10_000; i++) log.append.remote(i);
    assertEquals(await log.entries.remote(), Array.from({ length: 10_000 }, (_, i) => i));
  });

  // ray: sync-order
  it("calls by several copies of a handle keep one order", async () => {
    const log = Log.options({ placement }).remote();
    const [copy] = await AsyncEcho.options({ placement }).remote().echo.remote([log]) as [typeof log];
    for (let i = 0; i < 1_000; i++) (i % 3 === 0 ? log : copy).append.remote(i);
    assertEquals(await log.entries.remote(), Array.from({ length: 1_000 }, (_, i) => i));
  });

  it("large and small arguments keep their order", async () => {
    const log = Log.options({ placement }).remote();
    const sizes = [3_000_000, 1, 0, 70_000, 5, 500_000, 2, 300_000, 1_000_000, 1];
    for (const size of sizes) log.append.remote(new Uint8Array(size));
    const entries = await log.entries.remote() as Uint8Array[];
    assertEquals(entries.map((entry) => entry.length), sizes);
  });

  // ray: sync-argument
  it("an unresolved argument holds back the caller's later calls to a sync actor", async () => {
    const log = Log.options({ placement }).remote();
    const first = late("first");
    log.append.remote(first.ref);
    const second = log.append.remote("second");
    const entries = log.entries.remote();
    // A call of another caller comes in between.
    await Caller.options({ placement: "thread" }).remote(log).append.remote("other caller");
    assertEquals(await rejection(getWithTimeout(second, 0)) instanceof Error, true);
    first.open();
    assertEquals(await entries, ["other caller", "first", "second"]);
  });

  it("an unresolved constructor argument holds back all calls", async () => {
    const fence = newFence();
    const log = Log.options({ placement }).remote();
    const handle = AsyncEcho.options({ placement }).remote().after.remote(fence, log) as unknown as ObjectRef<
      typeof log
    >;
    const caller = Caller.options({ placement }).remote(handle);
    const done = caller.append.remote("late");
    await reached(fence, 0);
    signal(fence, 1);
    await done;
    assertEquals(await log.entries.remote(), ["late"]);
  });

  it("several unresolved arguments come in any order and keep the order of calls", async () => {
    const log = Log.options({ placement }).remote();
    const [a, b, c] = [late("a"), late("b"), late("c")];
    log.appendAll.remote(a.ref, b.ref);
    log.append.remote(c.ref);
    log.append.remote("d");
    for (const each of [c, b, a]) {
      each.open();
      await each.ref;
    }
    assertEquals(await log.entries.remote(), ["a", "b", "c", "d"]);
  });

  it("a failing unresolved argument lets the later calls go on", async () => {
    const log = Log.options({ placement }).remote();
    const bad = late("never", true);
    const failed = log.append.remote(bad.ref);
    log.append.remote("next");
    bad.open();
    assertEquals((await rejection(failed)) instanceof RangeError, true);
    assertEquals(await log.entries.remote(), ["next"]);
  });

  it("an argument that waits is copied at the call, not when it goes", async () => {
    const log = Log.options({ placement }).remote();
    const first = late("first");
    const mine = { state: "at the call" };
    log.appendAll.remote(first.ref, mine);
    log.append.remote(mine);
    mine.state = "changed later";
    first.open();
    assertEquals(await log.entries.remote(), ["first", { state: "at the call" }, { state: "at the call" }]);
  });

  // ray: async-actor
  it("a ready call overtakes one that waits for its argument on an async actor", async () => {
    const log = AsyncLog.options({ placement }).remote();
    const first = late("first");
    const held = log.append.remote(first.ref);
    await log.append.remote("second");
    assertEquals(await log.entries.remote(), ["second"]);
    first.open();
    await held;
    assertEquals(await log.entries.remote(), ["second", "first"]);
  });

  // ray: groups, change-groups-order, pain-groups
  it("a concurrency group of a sync actor is ordered by itself", async () => {
    const log = GroupLog.options({ placement }).remote();
    const first = late("first");
    const held = log.append.remote(first.ref);
    await log.appendIo.remote("io");
    await log.append.options({ concurrencyGroup: "io" }).remote("by option");
    const later = log.append.remote("later");
    first.open();
    await held;
    await later;
    assertEquals(await log.entries.remote(), ["io", "by option", "first", "later"]);
  });

  // ray: sync-callers
  it("calls of two callers keep each caller's order", async () => {
    const log = Log.options({ placement }).remote();
    const callers = [0, 1].map(() => Caller.options({ placement: "thread" }).remote(log));
    await Promise.all([
      callers[0].appendMany.remote(0, 2_000),
      callers[1].appendMany.remote(10_000, 12_000),
    ]);
    const entries = await log.entries.remote() as number[];
    assertEquals(entries.length, 4_000);
    for (const from of [0, 10_000]) {
      const own = entries.filter((entry) => entry >= from && entry < from + 2_000);
      assertEquals(own, Array.from({ length: 2_000 }, (_, i) => from + i));
    }
  });

  it("calls that end in another order fulfil their own refs", async () => {
    const busy = Busy.options({ placement }).remote();
    const fences = [newFence(), newFence(), newFence()];
    const ended: unknown[] = [];
    const refs = fences.map((fence, i) => busy.enter.remote(fence, i));
    const all = refs.map((ref) => ref.then((name) => ended.push(name)));
    for (const fence of fences) await reached(fence, 0);
    for (const i of [2, 0, 1]) {
      signal(fences[i], 1);
      await all[i];
    }
    assertEquals(ended, [2, 0, 1]);
    assertLess(2, await busy.most.remote() + 1);
  });
}
