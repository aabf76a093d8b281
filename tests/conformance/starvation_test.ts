import { shutdown } from "@manta/ray";
import { assert, assertEquals } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncLog } from "./actors.ts";
import { countOf, reached, signal, ticks } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";
import { LOOP_NAMES, Looper, loopUntilTicks, Next } from "./starvation_actors.ts";

for (const place of PLACES) describe(`no starvation, ${place.name}`, () => starvation(place));

function starvation({ placement, newFence }: Place): void {
  afterEach(shutdown);

  for (const loop of LOOP_NAMES) {
    it(`a loop in the driver that only awaits (${loop}) keeps timers ticking`, async () => {
      const next = Next.options({ placement }).remote();
      assert(await loopUntilTicks(loop, 50, next) > 0);
    });

    it(`a loop in an actor that only awaits (${loop}) keeps timers ticking`, async () => {
      const next = Next.options({ placement }).remote();
      assert(await Looper.options({ placement }).remote().loop.remote(loop, 50, next) > 0);
    });
  }

  it("a loop in an actor lets its own other calls, the driver's timers and other actors go on", async () => {
    const fence = newFence();
    const next = Next.options({ placement }).remote();
    const [looper, other] = [0, 1].map(() => Looper.options({ placement }).remote());
    const log = AsyncLog.options({ placement }).remote();
    const loops = [looper.forever.remote(next, fence), other.forever.remote(next, fence)];
    await reached(fence, 0, 1_000);
    for (let i = 0; i < 20; i++) {
      assertEquals(await looper.ping.remote(), "pong");
      await log.append.remote(i);
      await ticks(1);
    }
    assertEquals((await log.entries.remote()).length, 20);
    const before = countOf(fence, 0);
    await reached(fence, 0, before + 1_000);
    signal(fence, 1);
    for (const each of loops) await each;
  });

  it("a flood of calls keeps timers ticking and other actors going", async () => {
    const next = Next.options({ placement }).remote();
    const other = Next.options({ placement }).remote();
    const refs = Array.from({ length: 50_000 }, () => next.next.remote());
    let ticked = 0;
    const timer = setInterval(() => ticked++, 1);
    assertEquals(await other.next.remote(), 1);
    await ticks(3);
    await refs.at(-1);
    clearInterval(timer);
    assert(ticked >= 3);
  });

  it("a pending I/O wait ends while a loop awaits refs", async () => {
    const fence = newFence();
    const next = Next.options({ placement }).remote();
    const loop = Looper.options({ placement }).remote().forever.remote(next, fence);
    const { port1, port2 } = new MessageChannel();
    const message = new Promise((resolve) => port1.onmessage = (event) => resolve(event.data));
    port2.postMessage("arrived");
    assertEquals(await message, "arrived");
    port1.close();
    signal(fence, 1);
    await loop;
  });
}
