import {
  Actor,
  getWithTimeout,
  method,
  PendingCallsLimitExceeded,
  remote,
  SerializationError,
  shutdown,
} from "@manta/ray";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho, Busy, Echo, Flood, Log } from "./actors.ts";
import { countOf, reached, rejection, signal, ticks } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";

for (const place of PLACES) describe(`concurrency, ${place.name}`, () => concurrency(place));

function concurrency({ placement, newFence }: Place): void {
  afterEach(shutdown);

  /** As many calls as there are `wanted`; with `limit` in progress, gives others the time to come in, wrongly. */
  async function most(limit: number, maxConcurrency?: number): Promise<number> {
    const busy = Busy.options({ placement, maxConcurrency }).remote();
    const fence = newFence();
    const refs = Array.from({ length: limit * 3 }, (_, i) => busy.enter.remote(fence, i));
    await reached(fence, 0, limit);
    await ticks(20);
    if (maxConcurrency !== undefined) assertEquals(countOf(fence, 0), limit);
    signal(fence, 1);
    for (const ref of refs) await ref;
    return await busy.most.remote();
  }

  // ray: async-actor, option-max-concurrency
  it("an async actor has at most maxConcurrency calls in progress", async () => {
    assertEquals(await most(3, 3), 3);
    assertEquals(await most(17, 17), 17);
  });

  // ray: async-actor, option-max-concurrency
  it("an async actor has up to 1000 calls in progress when nothing is said", async () => {
    const busy = Busy.options({ placement }).remote();
    const fence = newFence();
    const refs = Array.from({ length: 1_010 }, (_, i) => busy.enter.remote(fence, i));
    await reached(fence, 0, 1_000);
    await ticks(5);
    assertEquals(countOf(fence, 0), 1_000);
    signal(fence, 1);
    for (const ref of refs) await ref;
    assertEquals(await busy.most.remote(), 1_000);
  });

  // ray: async-actor, option-max-concurrency
  it("an async actor runs one call to its end before the next when maxConcurrency is 1", async () => {
    const busy = Busy.options({ placement, maxConcurrency: 1 }).remote();
    const fence = newFence();
    const refs = ["a", "b", "c"].map((name) => busy.enter.remote(fence, name));
    await reached(fence, 0);
    await ticks(20);
    signal(fence, 1);
    for (const ref of refs) await ref;
    assertEquals(await busy.order.remote(), ["+a", "-a", "+b", "-b", "+c", "-c"]);
  });

  // ray: async-sync-methods, doubt-sync-on-async, pain-async-switch
  it("a sync method of an async actor answers while async ones are in progress", async () => {
    const busy = Busy.options({ placement }).remote();
    const fence = newFence();
    const entered = busy.enter.remote(fence, "a");
    await reached(fence, 0);
    assertEquals(await busy.most.remote(), 1);
    signal(fence, 1);
    await entered;
  });

  // ray: actor-parallel
  it("a sync actor's method whose promise is pending blocks the rest", async () => {
    const log = Log.options({ placement }).remote();
    const fence = newFence();
    const slow = log.slow.remote(fence);
    log.append.remote("next");
    const entries = log.entries.remote();
    await reached(fence, 0);
    // It goes on for twenty ticks with the other calls at hand.
    await reached(fence, 2, countOf(fence, 2) + 20);
    signal(fence, 1);
    assertEquals(await entries, ["slow", "next"]);
    await slow;
  });

  // ray: max-pending-calls, option-max-pending, error-pending
  it("maxPendingCalls: one call more throws at once, and answers make room", async () => {
    const busy = Busy.options({ placement, maxPendingCalls: 2 }).remote();
    const fence = newFence();
    const held = [busy.enter.remote(fence, 1), busy.enter.remote(fence, 2)];
    const error = assertThrows(() => busy.enter.remote(fence, 3), PendingCallsLimitExceeded);
    assertStringIncludes(error.message, '"Busy.enter": 2 calls of this thread to actor-');
    await reached(fence, 0, 2);
    signal(fence, 1);
    assertEquals(await Promise.all(held), [1, 2]);
    assertEquals(await busy.enter.remote(fence, 3), 3);
    assertEquals(countOf(fence, 0), 3);
  });

  // ray: max-pending-calls
  it("maxPendingCalls counts calls that wait for an argument, and those that fail", async () => {
    const echo = Echo.options({ placement, maxPendingCalls: 1 }).remote();
    const failing = Log.options({ placement, maxPendingCalls: 1 }).remote();
    const fence = newFence();
    const late = AsyncEcho.options({ placement }).remote().after.remote(fence, "late");
    const held = echo.echo.remote(late);
    assertThrows(() => echo.echo.remote(1), PendingCallsLimitExceeded);
    signal(fence, 1);
    assertEquals(await held, "late");
    for (let i = 0; i < 3; i++) await rejection(failing.fail.remote());
    assertThrows(() => echo.echo.remote(() => {}), SerializationError);
    assertEquals(await echo.echo.remote("free again"), "free again");
  });

  // ray: max-pending-calls
  it("maxPendingCalls goes along with a handle, and each thread counts its own calls", async () => {
    const fence = newFence();
    const busy = Busy.options({ placement, maxPendingCalls: 1 }).remote();
    const held = busy.enter.remote(fence, "driver");
    const flood = Flood.remote();
    assertEquals(await flood.flood.remote(busy, fence, 3), [1, "PendingCallsLimitExceeded"]);
    signal(fence, 1);
    assertEquals(await held, "driver");
  });

  // ray: groups, option-groups, pain-groups, pain-groups-limits
  it("a group at its limit holds up neither the default group nor another", async () => {
    const busy = Busy.options({ placement, maxConcurrency: 1 }).remote();
    const [io, solo, rest] = [newFence(), newFence(), newFence()];
    const refs = [1, 2, 3, 4].map((name) => busy.enterIo.remote(io, name));
    await reached(io, 0, 2);
    refs.push(busy.enterSolo.remote(solo), busy.enterSolo.remote(solo));
    await reached(solo, 0, 1);
    refs.push(busy.enter.remote(rest, "x"), busy.enter.remote(rest, "y"));
    await reached(rest, 0, 1);
    await ticks(20);
    assertEquals([io, solo, rest].map((fence) => countOf(fence, 0)), [2, 1, 1]);
    for (const fence of [rest, solo, io]) signal(fence, 1);
    for (const ref of refs) await ref;
    assertEquals(await busy.most.remote(), 4);
  });

  // ray: groups, pain-groups
  it("a full default group does not hold up the groups", async () => {
    const busy = Busy.options({ placement, maxConcurrency: 1 }).remote();
    const [rest, io] = [newFence(), newFence()];
    const held = [busy.enter.remote(rest), busy.enter.remote(rest)];
    await reached(rest, 0, 1);
    signal(io, 1);
    assertEquals(await busy.enterIo.remote(io, "io"), "io");
    signal(rest, 1);
    for (const ref of held) await ref;
  });

  // ray: groups-option, call-options, pain-groups-limits
  it("options({ concurrencyGroup }) moves a call to that group", async () => {
    const busy = Busy.options({ placement, maxConcurrency: 1 }).remote();
    const [rest, solo] = [newFence(), newFence()];
    const held = busy.enter.remote(rest, "default");
    await reached(rest, 0);
    const moved = [1, 2].map((name) =>
      busy.enter.options({ concurrencyGroup: "solo" }).remote(solo, `solo ${name}`)
    );
    await reached(solo, 0);
    await ticks(20);
    assertEquals(countOf(solo, 0), 1);
    signal(solo, 1);
    assertEquals(await moved[1], "solo 2");
    signal(rest, 1);
    await held;
  });

  // ray: groups-undeclared, option-method
  it("options() refuses an undeclared group and an unknown option at the call", () => {
    const busy = Busy.options({ placement }).remote();
    const fence = newFence();
    const error = assertThrows(
      () => busy.enter.options({ concurrencyGroup: "nope" }).remote(fence),
      RangeError,
    );
    for (const part of ["nope", "io", "solo"]) assertStringIncludes(error.message, part);
    const typo = { concurrencyGruop: "io" } as object;
    assertStringIncludes(
      assertThrows(() => busy.enter.options(typo).remote(fence), TypeError).message,
      "concurrencyGruop",
    );
  });

  it("a call waits for its turn when the constructor is slow, and the timeout says so", async () => {
    const log = Log.options({ placement }).remote();
    const fence = newFence();
    log.slow.remote(fence);
    const entries = log.entries.remote();
    await reached(fence, 0);
    assertStringIncludes(String(await rejection(getWithTimeout(entries, 1))), "Log.entries");
    signal(fence, 1);
    assertEquals(await entries, ["slow"]);
  });
}

describe("concurrency groups at the declaration", () => {
  // ray: groups-undeclared
  it("remote() refuses a method whose group is not declared", () => {
    class Lost extends Actor {
      @method({ concurrencyGroup: "io" })
      read(): number {
        return 1;
      }
    }
    const error = assertThrows(() => remote(Lost, { concurrencyGroups: { disk: 1 } }));
    assert(error instanceof TypeError || error instanceof RangeError);
    for (const part of ["Lost", "read", "io", "disk"]) assertStringIncludes(error.message, part);
  });

  // ray: groups-zero
  it("remote() refuses limits that are no positive integers", () => {
    for (const limit of [0, -1, 1.5, NaN, Infinity]) {
      class Limits extends Actor {}
      assertThrows(
        () => remote(Limits, { concurrencyGroups: { io: limit } }),
        RangeError,
        "concurrencyGroups",
      );
    }
  });
});
