import {
  ActorDiedError,
  type ActorHandle,
  cancel,
  DeadlockError,
  get,
  getSync,
  kill,
  listActors,
  type ObjectRef,
  type ObjectRefGenerator,
  put,
  SerializationError,
  shutdown,
  TaskCancelledError,
  TaskError,
  wait,
  waitSync,
} from "@manta/ray";
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
import { AsyncEcho } from "./actors.ts";
import { countOf, type Fence, keep, reached, rejection, signal, ticks, within } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";
import { AsyncStreamer, BEGUN, ENDED, GATE, ITEMS, Reader, refsOf, Streamer } from "./stream_actors.ts";

for (const place of PLACES) {
  for (const kind of ["sync", "async"] as const) {
    describe(`streams of ${kind} generators, ${place.name}`, () => both(place, kind));
  }
  describe(`streams, ${place.name}`, () => streams(place));
  describe(`streams between actors, ${place.name}`, () => readers(place));
}

/** The values of a stream; of one that fails, the error as the last. */
async function values(stream: ObjectRefGenerator<unknown>, most = Infinity): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const ref of stream) {
    try {
      seen.push(await ref);
    } catch (error) {
      seen.push(error);
    }
    if (seen.length === most) break;
  }
  return seen;
}

const produced = (fence: Fence): number => countOf(fence, ITEMS);

function both({ placement, isApart, sharesMemory, newFence }: Place, kind: "sync" | "async"): void {
  afterEach(shutdown);

  const make = (): ActorHandle<Streamer> => {
    const options = { placement };
    return kind === "sync"
      ? Streamer.options(options).remote()
      : AsyncStreamer.options(options).remote() as unknown as ActorHandle<Streamer>;
  };

  // ray: stream, doubt-generator-return, place-process-streams
  it("a stream gives a ref for each value, in order, and no more at its end", async () => {
    const stream = make().count.remote(100);
    assertEquals(await values(stream), Array.from({ length: 100 }, (_, i) => i));
    assertEquals(await stream.next(), { done: true, value: undefined });
    assertEquals(await stream.next(), { done: true, value: undefined });
    assertEquals(await stream.completed(), undefined);
    assertEquals(await values(make().count.remote(0)), []);
  });

  it("many thousand items come in order", async () => {
    let expected = 0;
    for await (const ref of make().count.remote(30_000)) assertEquals(await ref, expected++);
    assertEquals(expected, 30_000);
  });

  // ray: stream
  it("a generator runs ahead of who reads it", async () => {
    const fence = newFence();
    const stream = make().count.remote(50, fence);
    await reached(fence, ITEMS, 50);
    assertEquals(await values(stream), Array.from({ length: 50 }, (_, i) => i));
  });

  // ray: stream-error
  it("an error is the last item, after the values before it", async () => {
    const stream = make().failAfter.remote(3);
    const seen = await values(stream);
    assertEquals(seen.slice(0, 3), [0, 1, 2]);
    assertEquals(seen.length, 4);
    assertInstanceOf(seen[3], TaskError);
    assertInstanceOf(seen[3], RangeError);
    assertStringIncludes(seen[3].message, "enough");
    assertStrictEquals(await rejection(stream.completed()), seen[3]);
    assertEquals((await stream.next()).done, true);
  });

  // ray: stream-error
  it("a value that cannot cross is the last item, and ends the generator", async () => {
    const fence = newFence();
    const [fine, error, ...more] = await values(make().unsendable.remote(fence));
    assertEquals([fine, more], ["fine", []]);
    assertInstanceOf(error, SerializationError);
    assertEquals(error.path, "item.deep[0]");
    await reached(fence, ENDED);
  });

  // ray: stream-leave
  it("leaving the loop ends the generator, and the actor goes on", async () => {
    const fence = newFence();
    const actor = make();
    assertEquals(await values(actor.endless.remote(fence), 3), [0, 1, 2]);
    await reached(fence, ENDED);
    assertEquals(await actor.ping.remote(), "pong");
    const before = produced(fence);
    assertEquals(await actor.ping.remote(), "pong");
    assertEquals(produced(fence), before);
  });

  // ray: stream-leave
  it("return() ends the generator while next() waits; later ones end too", async () => {
    const fence = newFence();
    const actor = make();
    const stream = actor.bounded.remote(fence);
    for (let i = 0; i < 5; i++) await stream.next();
    await stream.return();
    assertEquals((await stream.next()).done, true);
    assertEquals(await stream.completed(), undefined);
    assertEquals(countOf(fence, ENDED), 1);
    await stream.return();
  });

  // ray: stream-leave
  it("a stream that is disposed of ends its generator", async () => {
    const fence = newFence();
    {
      await using stream = make().endless.remote(fence);
      assertEquals((await stream.next()).done, false);
    }
    await reached(fence, ENDED);
  });

  it("an error in the generator's `finally` is told to who waits for its end only", async () => {
    const fence = newFence();
    const actor = make();
    const stream = actor.failAtTheEnd.remote(fence);
    assertEquals(await values(stream, 2), [0, 1]);
    assertInstanceOf(await rejection(stream.completed()), RangeError);
    assertEquals(await actor.ping.remote(), "pong");
  });

  // ray: stream-leave
  it("a stream that was left before its generator began never begins", async () => {
    const fence = newFence();
    // Inline, nothing but a pending promise holds a call back.
    const actor = !isApart && kind === "sync" ? undefined : make();
    const busy = kind === "sync" ? actor?.block.remote(fence) : undefined;
    if (busy) await reached(fence, BEGUN);
    const target = actor ?? make();
    const stream = target.endless.remote(fence);
    await stream.return();
    // The stop goes the way of this question, and a fence would overtake it on its way to a process.
    if (!sharesMemory) await listActors();
    signal(fence, GATE);
    await busy;
    assertEquals(await stream.completed(), undefined);
    assertEquals(await target.ping.remote(), "pong");
    assertEquals([produced(fence), countOf(fence, ENDED)], [0, 0]);
  });

  // ray: stream-leave
  it("a stream that was left while its call waits for an argument never begins", async () => {
    const fence = newFence();
    const actor = make();
    const gate = AsyncStreamer.options({ placement: "inline" }).remote();
    const stream = actor.count.remote(gate.later.remote(fence, 5), fence);
    await stream.return();
    assertEquals(await stream.completed(), undefined);
    signal(fence, GATE);
    assertEquals(await actor.ping.remote(), "pong");
    assertEquals(produced(fence), 0);
  });

  it("an argument that failed is the only item", async () => {
    const [ref] = await refsOf(make().failAfter.remote(0));
    const seen = await values(make().count.remote(ref));
    assertEquals(seen.length, 1);
    assertInstanceOf(seen[0], RangeError);
  });

  // ray: backpressure, option-backpressure, change-async-backpressure
  it("generatorBackpressure holds the generator back", async () => {
    for (const limit of [1, 2, 7]) {
      const fence = newFence();
      const stream = make().endless.options({ generatorBackpressure: limit }).remote(fence);
      for (let taken = 0; taken < 40; taken++) {
        assert(produced(fence) <= taken + limit, `${produced(fence)} items with ${taken} taken of ${limit}`);
        // As many as may be are made.
        await reached(fence, ITEMS, taken + limit);
        const { value } = await stream.next();
        assertEquals(await value, taken);
      }
      await stream.return();
      await reached(fence, ENDED);
    }
  });

  // ray: option-backpressure
  it("a call's generatorBackpressure goes before the method's", async () => {
    const [first, second] = [newFence(), newFence()];
    const streams = [
      make().bounded.remote(first),
      make().bounded.options({ generatorBackpressure: 5 }).remote(second),
    ];
    await reached(first, ITEMS, 2);
    await reached(second, ITEMS, 5);
    await ticks(3);
    assertEquals([produced(first), produced(second)], [2, 5]);
    for (const stream of streams) await stream.return();
    await reached(first, ENDED);
    await reached(second, ENDED);
  });

  it("a generator that never ends lets timers, frames and other actors go on", async () => {
    const fence = newFence();
    const actor = make();
    const stream = actor.endless.remote(fence);
    await reached(fence, ITEMS, 1_000);
    await ticks(5);
    assertEquals(await make().ping.remote(), "pong");
    const log = AsyncEcho.options({ placement }).remote();
    assertEquals(await log.echo.remote(1), 1);
    await stream.return();
    await reached(fence, ENDED);
  });

  // ray: stream-death
  it("an actor that is killed ends its streams: what has come stays, then the error, then the end", async () => {
    const fence = newFence();
    const actor = make();
    const stream = actor.bounded.options({ generatorBackpressure: 3 }).remote(fence);
    await stream.next();
    await reached(fence, ITEMS, 4);
    // The three are here when a fourth call says so.
    await wait([stream]);
    await kill(actor);
    const seen = await values(stream);
    assertInstanceOf(seen.at(-1), ActorDiedError);
    assertEquals(seen.slice(0, -1), [1, 2, 3].slice(0, seen.length - 1));
    if (!isApart) assertEquals(seen.length, 4);
    const late = await values(actor.count.remote(3));
    assertEquals(late.length, 1);
    assertInstanceOf(late[0], ActorDiedError);
  });

  // ray: cancel-stream
  it("cancel() of the whole ends the generator; the error is the last item", async () => {
    const fence = newFence();
    const actor = make();
    const stream = actor.bounded.remote(fence);
    for (let i = 0; i < 5; i++) assertEquals(await (await stream.next()).value, i);
    await reached(fence, ITEMS, 7);
    cancel(stream.completed());
    const seen = await values(stream);
    assertInstanceOf(seen.at(-1), TaskCancelledError);
    await reached(fence, ENDED);
    assertEquals(await actor.ping.remote(), "pong");
  });

  it("next() that waits when the actor is killed gets the error", async () => {
    const fence = newFence();
    const actor = AsyncStreamer.options({ placement }).remote();
    const stream = actor.gated.remote(fence);
    const waiting = [stream.next(), stream.next()];
    await actor.ping.remote();
    await kill(actor);
    const [first, second] = await within(30_000, "next()", Promise.all(waiting));
    assertInstanceOf(await rejection(first.value!), ActorDiedError);
    assertEquals(second.done, true);
  });
}

function streams({ placement, isApart, newFence }: Place): void {
  afterEach(shutdown);

  const sync = (): ActorHandle<Streamer> => Streamer.options({ placement }).remote();
  const later = (): ActorHandle<AsyncStreamer> => AsyncStreamer.options({ placement }).remote();

  it("a sync actor's later calls wait for a stream that is held back", async () => {
    const fence = newFence();
    const actor = sync();
    const stream = actor.bounded.remote(fence);
    await reached(fence, ITEMS, 2);
    const ping = actor.ping.remote();
    const other = sync();
    assertEquals(await other.ping.remote(), "pong");
    assertEquals((await wait([ping], { timeout: 0 }))[0].length, 0);
    await stream.return();
    assertEquals(await ping, "pong");
    assertEquals(countOf(fence, ENDED), 1);
  });

  it("an async actor's calls and streams go on side by side", async () => {
    const [first, second] = [newFence(), newFence()];
    const actor = later();
    const streams = [actor.bounded.remote(first), actor.bounded.remote(second)];
    for (let i = 0; i < 20; i++) {
      for (const stream of streams) assertEquals(await (await stream.next()).value, i);
      assertEquals(await actor.ping.remote(), "pong");
    }
    for (const stream of streams) await stream.return();
  });

  // ray: stream-next
  it("calls of next() at once are served in order", async () => {
    const fence = newFence();
    const stream = later().gated.remote(fence);
    const nexts = Array.from({ length: 5 }, () => stream.next());
    for (let i = 0; i < 5; i++) signal(fence, GATE);
    const all = await Promise.all(nexts);
    assertEquals(await get(all.map(({ value }) => value!)), [1, 2, 3, 4, 5]);
    const open = stream.next();
    await stream.return();
    assertEquals((await open).done, true);
  });

  // ray: stream-yield-error
  it("what is yielded may be anything that crosses, errors and refs too", async () => {
    const seen = await values(sync().oddities.remote());
    assertInstanceOf(seen[0], RangeError);
    assertEquals(seen[0] instanceof TaskError, false);
    assertEquals(seen.slice(1), ["of a ref", undefined, [new Map([[1, { two: 2 }]])]]);
  });

  it("each item is a copy, as it was when it was yielded", async () => {
    assertEquals(await values(sync().mutable.remote()), [[0], [0, 1], [0, 1, 2]]);
  });

  it("an item's ref is read as often as one likes, and passed on", async () => {
    const [, second] = await refsOf(sync().count.remote(3));
    assertEquals(await second, 1);
    assertEquals(await get([second, second]), [1, 1]);
    assertEquals(getSync(second), 1);
    const echo = AsyncEcho.options({ placement }).remote();
    assertEquals(await echo.echo.remote(second), 1);
    const refs = await keep(Reader.options({ placement }).remote()).passOn.remote(sync());
    assertEquals(await get(refs), [0, 1, 2]);
  });

  it("actors read each other's streams", async () => {
    const reader = Reader.options({ placement }).remote();
    assertEquals(await reader.sum.remote(sync(), 100), 4_950);
  });

  // ray: cancel-stream
  it("a call that waits for an item ends when it is cancelled", async () => {
    const fence = newFence();
    const reader = Reader.options({ placement }).remote();
    const reading = reader.wait.remote(later(), fence);
    await reached(fence, BEGUN);
    cancel(reading);
    assertInstanceOf(await within(30_000, "the call", rejection(reading)), TaskCancelledError);
    assertEquals(countOf(fence, ENDED), 1);
  });

  // ray: stream-wait, stream-polling, wait
  it("wait() takes a stream for ready when its next item is there, or it has ended", async () => {
    const fence = newFence();
    const actor = later();
    const stream = actor.gated.remote(fence);
    const never = actor.block.remote(newFence());
    assertEquals(await wait([stream, never], { timeout: 0 }), [[], [stream, never]]);
    signal(fence, GATE);
    assertEquals(await wait([never, stream]), [[stream], [never]]);
    assertEquals(await wait([never, stream]), [[stream], [never]]);
    await stream.next();
    assertEquals(await wait([stream, never], { timeout: 0 }), [[], [stream, never]]);
    const waiting = wait([stream, never]);
    signal(fence, GATE);
    assertEquals(await waiting, [[stream], [never]]);
    await stream.return();
    assertEquals(await wait([stream, never]), [[stream], [never]]);
    const one = put(1);
    assertEquals(await wait([stream, one], { numReturns: 2 }), [[stream, one], []]);
    await assertRejects(async () => await wait([stream, stream]), RangeError, "twice");
  });

  // ray: stream-wait
  it("waitSync() waits for a stream too", async () => {
    const stream = sync().count.remote(2);
    if (!isApart) return void assertThrows(() => waitSync([stream]), DeadlockError);
    assertEquals(waitSync([stream]), [[stream], []]);
    assertEquals(await (await stream.next()).value, 0);
  });

  // ray: stream-next
  it("nextSync() blocks until there is an item, or the end", async () => {
    const stream = sync().failAfter.remote(2);
    if (!isApart) return void assertThrows(() => stream.nextSync(), DeadlockError);
    const [first, second, third, end] = Array.from({ length: 4 }, () => stream.nextSync());
    assertEquals(getSync([first.value!, second.value!]), [0, 1]);
    assertThrows(() => getSync(third.value!), RangeError, "enough");
    assertEquals(end, { done: true, value: undefined });
    const other = sync();
    assertEquals(await Reader.options({ placement }).remote().sumSync.remote(other, 1_000), 499_500);
  });

  // ray: doubt-get-stream
  it("get() and getSync() refuse a stream, and say what to do", () => {
    const stream = sync().count.remote(1);
    for (const subject of [stream, [stream]]) {
      const wrong = subject as unknown as ObjectRef<number>;
      assertThrows(() => void get(wrong), TypeError, "for await");
      assertThrows(() => getSync(wrong), TypeError, "completed()");
    }
  });

  // ray: stream-crossing
  it("a stream and a generator are refused as argument and result, and the error says so", async () => {
    const echo = AsyncEcho.options({ placement }).remote();
    const stream = sync().count.remote(1);
    const error = assertThrows(() => echo.echo.remote({ of: stream }), SerializationError, "stream");
    assertEquals((error as SerializationError).path, "args[0].of");
    const result = await rejection(sync().generator.remote());
    assertInstanceOf(result, SerializationError);
    assertStringIncludes(result.message, "*method");
  });

  // ray: option-backpressure
  it("a stream's options are refused where they are wrong", () => {
    const actor = sync();
    for (const wrong of [0, -1, 1.5, NaN]) {
      assertThrows(() => actor.count.options({ generatorBackpressure: wrong }), RangeError, "at least 1");
    }
    const loose = (options: object): unknown => actor.count.options(options);
    assertThrows(() => loose({ generatorBackpressure: "2" }), TypeError, "generatorBackpressure");
    assertThrows(() => loose({ numReturns: 2 }), TypeError, "generator");
    assertThrows(
      () => (actor.ping.options as (options: object) => unknown)({ generatorBackpressure: 2 }),
      TypeError,
      "*method",
    );
  });

  // ray: stream-next
  it("a stream's id is that of its completed()", () => {
    const stream = sync().count.remote(1);
    assertEquals(stream.id, stream.completed().id);
    assertEquals(String(stream), "[object ObjectRefGenerator]");
    assertStrictEquals(stream[Symbol.asyncIterator](), stream);
  });
}

function readers({ placement, newFence }: Place): void {
  afterEach(shutdown);

  // ray: backpressure, stream-death
  it("a reader that dies ends the generator, and the actor goes on", async () => {
    const fence = newFence();
    const actor = Streamer.options({ placement }).remote();
    const reader = Reader.options({ placement }).remote();
    assertEquals(await reader.begin.remote(actor, fence), 0);
    await kill(reader);
    await reached(fence, ENDED);
    assertEquals(await actor.ping.remote(), "pong");
  });

  // ray: backpressure
  it("a reader whose generator is held back when it dies ends it too", async () => {
    const fence = newFence();
    const actor = Streamer.options({ placement }).remote();
    const reader = Reader.options({ placement }).remote();
    await reader.begin.remote(actor, fence);
    await reached(fence, ITEMS, 2);
    await kill(reader);
    assertEquals(await within(30_000, "the next call", actor.ping.remote()), "pong");
    assertEquals(countOf(fence, ENDED), 1);
  });
}
