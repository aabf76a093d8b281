import { get, GetTimeoutError, put, shutdown, wait } from "@manta/ray";
import { FakeClock } from "@manta/ray/testing";
import { ActorPool, Queue, QueueEmptyError } from "@manta/ray/util";
import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { rejection, within } from "./fence.ts";
import { PLACES } from "./places.ts";
import { Writer } from "./schedule_actors.ts";

const HOUR = 3_600_000;

for (const { name, placement } of PLACES) {
  describe(`FakeClock, ${name}`, () => {
    afterEach(shutdown);
    const never = () => Writer.options({ placement }).remote().never.remote();

    // ray: testing-clock
    it("a get() times out when the test says so, and not before", async () => {
      using clock = new FakeClock();
      let error: unknown;
      get(never(), { timeout: HOUR }).catch((thrown) => error = thrown);
      clock.tick(HOUR - 1);
      await put(1);
      assertEquals(error, undefined);
      await clock.tickAsync(1);
      assertInstanceOf(error, GetTimeoutError);
    });

    it("works in a runtime that has begun, and a value in time is one", async () => {
      const writer = Writer.options({ placement }).remote();
      await writer.later.remote("begun");
      using clock = new FakeClock();
      const value = get(writer.later.remote("value"), { timeout: 1 });
      assertEquals(await value, "value");
      const waiting = wait([writer.never.remote()], { timeout: HOUR });
      clock.tick(HOUR);
      assertEquals((await waiting)[0], []);
    });

    // ray: testing-clock
    it("the waits of pools and queues go by it", async () => {
      using clock = new FakeClock();
      const pool = new ActorPool([Writer.options({ placement }).remote()]);
      pool.submit((actor) => actor.never.remote(), 0);
      const next = rejection(pool.getNext({ timeout: HOUR }));
      const any = rejection(
        pool.getNextUnordered({ timeout: 2 * HOUR }).catch((error) => Promise.reject(error)),
      );
      await clock.tickAsync(HOUR);
      assertInstanceOf(await next, GetTimeoutError);
      // The one call was taken while the other waited for it.
      assertInstanceOf(await any, RangeError);
      const queue = new Queue<number>({ placement });
      const item = assertRejects(() => queue.get({ timeout: HOUR }), QueueEmptyError);
      clock.tick(HOUR);
      await item;
    });
  });
}

describe("FakeClock", () => {
  afterEach(shutdown);
  const never = () => Writer.options({ placement: "inline" }).remote().never.remote();

  it("waits that have begun before keep the real clock", async () => {
    const real = rejection(get(never(), { timeout: 1 }));
    using _clock = new FakeClock();
    assertInstanceOf(await within(10_000, "the real clock", real), GetTimeoutError);
  });

  it("waits that are left at the end go on by the real clock", async () => {
    let left: Promise<unknown>;
    let stopped: Promise<unknown>;
    const controller = new AbortController();
    {
      using clock = new FakeClock();
      left = rejection(get(never(), { timeout: HOUR }));
      stopped = rejection(get(never(), { timeout: HOUR, signal: controller.signal }));
      clock.tick(HOUR - 1);
    }
    controller.abort(new Error("enough"));
    assertEquals((await stopped as Error).message, "enough");
    assertInstanceOf(await within(10_000, "what was left", left), GetTimeoutError);
  });

  it("the real clock is back afterwards", async () => {
    new FakeClock()[Symbol.dispose]();
    assertInstanceOf(
      await within(10_000, "a wait", rejection(get(never(), { timeout: 1 }))),
      GetTimeoutError,
    );
  });

  it("timers run in the order of their times; tickAsync() runs those that they bring about", async () => {
    using clock = new FakeClock();
    const order: number[] = [];
    const ref = never();
    for (const timeout of [30, 10, 20, 10.5]) {
      get(ref, { timeout }).catch(() => order.push(timeout));
    }
    clock.tick(30);
    await clock.tickAsync(0);
    assertEquals(order, [10, 10.5, 20, 30]);

    let turns = 0;
    const loop = (async () => {
      for (; turns < 5; turns++) await rejection(get(ref, { timeout: 10 }));
    })();
    await clock.tickAsync(30);
    assertEquals(turns, 3);
    clock.tick(20);
    await clock.tickAsync(0);
    assertEquals(turns, 4, "the fifth wait begins after the tick");
    await clock.tickAsync(10);
    await loop;
  });

  it("tells the time, which stands still", async () => {
    using clock = new FakeClock();
    const start = clock.now;
    await new Promise((resolve) => setTimeout(resolve, 2));
    assertEquals(clock.now, start);
    clock.tick(1_500);
    await clock.tickAsync(0.5);
    assertEquals(clock.now, start + 1_500.5);
  });

  it("refuses a second one, times that make no sense, and ticks after its end", async () => {
    const clock = new FakeClock();
    assertThrows(() => new FakeClock(), Error, "one is in use");
    for (const time of [-1, NaN, Infinity, "1" as never]) {
      assertThrows(() => clock.tick(time), RangeError, "Cannot let");
      await assertRejects(() => clock.tickAsync(time), RangeError);
    }
    clock[Symbol.dispose]();
    clock[Symbol.dispose]();
    assertThrows(() => clock.tick(1), Error, "disposed of");
    new FakeClock()[Symbol.dispose]();
  });
});
