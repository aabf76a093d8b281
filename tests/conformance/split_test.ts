import {
  ActorDiedError,
  get,
  kill,
  method,
  type ObjectRef,
  put,
  remote,
  shutdown,
  TaskError,
  wait,
} from "@manta/ray";
import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { rejection, signal } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";
import { AsyncStreamer, GATE, Splitter } from "./stream_actors.ts";

for (const place of PLACES) describe(`numReturns, ${place.name}`, () => numReturns(place));

function numReturns({ placement, newFence }: Place): void {
  afterEach(shutdown);

  // ray: num-returns, option-num-returns
  it("numReturns gives a ref for each value of the array", async () => {
    const actor = Splitter.options({ placement }).remote();
    const [number, text] = actor.pair.options({ numReturns: 2 }).remote();
    assertEquals(await text, "a");
    assertEquals(await number, 1);
    const refs = actor.list.options({ numReturns: 100 }).remote(put(100));
    assertEquals(await get(refs), Array.from({ length: 100 }, (_, i) => i));
    const one = actor.list.options({ numReturns: 1 }).remote(1);
    assertEquals(one.length, 1);
    assertEquals(await one[0], 0);
    assertEquals(await actor.list.remote(2), [0, 1]);
    assertEquals(new Set(refs.map(({ id }) => id)).size, 100);
  });

  // ray: num-returns, method-decorator
  it("@method({ numReturns }) does so for each call, and a call's own goes before it", async () => {
    const actor = Splitter.options({ placement }).remote();
    // The types do not see what a decorator says.
    const refs = actor.two.remote(2) as unknown as ObjectRef<number>[];
    assertEquals(await get(refs), [0, 1]);
    const named = actor.two.options({ name: "own" }).remote(2) as unknown as ObjectRef<number>[];
    assertEquals(await get(named), [0, 1]);
    assertEquals(await get(actor.two.options({ numReturns: 3 }).remote(3)), [0, 1, 2]);
  });

  // ray: num-returns
  it("another length, and no array, reject every ref", async () => {
    const actor = Splitter.options({ placement }).remote();
    const one = actor.one as unknown as typeof actor.list;
    const cases: [ObjectRef<number>[], string][] = [
      [actor.list.options({ numReturns: 2 }).remote(3), "an array of 3"],
      [actor.list.options({ numReturns: 2 }).remote(1), "an array of 1"],
      [one.options({ numReturns: 2 }).remote(0), "no array"],
    ];
    for (const [refs, found] of cases) {
      for (const ref of refs) {
        const error = await rejection(ref);
        assertInstanceOf(error, TaskError);
        assertInstanceOf(error, RangeError);
        assertStringIncludes(error.message, found);
      }
    }
  });

  it("a method that throws, and an actor that dies, reject every ref", async () => {
    const actor = Splitter.options({ placement }).remote();
    for (const ref of actor.fail.options({ numReturns: 2 }).remote()) {
      assertInstanceOf(await rejection(ref), TypeError);
    }
    const fence = newFence();
    const gate = AsyncStreamer.options({ placement: "inline" }).remote();
    const refs = actor.list.options({ numReturns: 2 }).remote(gate.later.remote(fence, 2));
    assertEquals((await wait(refs, { timeout: 0 }))[0].length, 0);
    await kill(actor);
    for (const ref of refs) assertInstanceOf(await rejection(ref), ActorDiedError);
    signal(fence, GATE);
  });

  // ray: num-returns-zero
  it("numReturns is refused where it is wrong", () => {
    const actor = Splitter.options({ placement }).remote();
    for (const wrong of [0, -1, 0.5]) {
      assertThrows(() => actor.list.options({ numReturns: wrong }), RangeError, "at least 1");
    }
    const loose = actor.list.options as (options: object) => unknown;
    assertThrows(() => loose({ numReturns: "2" }), TypeError, "numReturns");
  });
}

describe("@method()", () => {
  // ray: change-dynamic
  it("@method() refuses what is for generators only, or for all but them, at the declaration", () => {
    class Plain {
      @method({ generatorBackpressure: 1 })
      run(): void {}
    }
    class Generating {
      @method({ numReturns: 2 })
      *run(): Generator<number> {}
    }
    const options = { module: import.meta.url };
    assertThrows(() => remote(Plain, options), TypeError, '"Plain.run"');
    assertThrows(() => remote(Generating, options), TypeError, '"Generating.run"');
    assertThrows(() => method({ generatorBackpressure: 0 }), RangeError, "generatorBackpressure");
    assertThrows(() => method({ numReturns: 1.5 }), RangeError, "numReturns");
  });
});
