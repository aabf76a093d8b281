import {
  ActorDiedError,
  DeadlockError,
  get,
  type ObjectRef,
  SerializationError,
  shared,
  shutdown,
  TaskError,
  updateShared,
} from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { newFence, reached, rejection, signal, within } from "./fence.ts";
import { PLACES } from "./places.ts";
import { Board, Point } from "./threaded_actors.ts";

/** Fails if it takes long: for what must not hang. */
function soon<T>(what: string, promise: PromiseLike<T>): Promise<T> {
  return within(20_000, what, promise);
}

/** What a method threw. */
async function thrown(ref: ObjectRef<unknown>): Promise<Error> {
  const error = await soon("error", rejection(ref));
  assertInstanceOf(error, TaskError, String(error));
  return error.cause as Error;
}

const cyclic: { self?: unknown; list: unknown[] } = { list: [1, "two"] };
cyclic.self = cyclic;

const VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -0,
  NaN,
  -Infinity,
  Number.MAX_VALUE,
  5e-324,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 100n,
  "",
  "déjà 🐟",
  [1, , 3],
  { a: { b: [null] } },
  new Map<unknown, unknown>([["k", new Set([1])]]),
  new Date(5),
  new Uint8Array([1, 2, 3]),
  new Float64Array(20_000).fill(1.5),
  new Uint8Array(300_000).fill(7).buffer,
  cyclic,
];

/** How each place can have them: on many threads, or on one. */
const CREWS = PLACES.flatMap((place) =>
  ({ all: [3, 1], 1: [3] })[place.threads].map((maxConcurrency) => ({ ...place, maxConcurrency }))
);

for (const { name, placement, threads, newFence, maxConcurrency } of CREWS) {
  describe(`shared accessors, ${name}, maxConcurrency ${maxConcurrency}`, () => {
    afterEach(shutdown);
    const make = (first?: number) => Board.options({ placement, maxConcurrency }).remote(first);

    it("keep every kind of value, copied", async () => {
      const board = make();
      for (const value of VALUES) {
        await board.set.remote(value);
        assertEquals(await board.get.remote(), value);
      }
      await board.set.remote(new Point(4));
      const point = await board.get.remote();
      assertInstanceOf(point, Point);
      assertEquals(point.x, 4);
      assertEquals(await board.reads.remote(), [false, false]);
    });

    it("refuse what cannot be shared, name it, and keep the old value", async () => {
      const board = make();
      await board.set.remote("old");
      const paths = {
        function: "value.deep[0]",
        handle: "value.deep[0]",
        shared: "value.deep[0]",
        promise: "value",
      };
      for (const [kind, path] of Object.entries(paths) as ["function", string][]) {
        const error = await thrown(board.setOdd.remote(kind, [board]));
        assertInstanceOf(error, SerializationError, `${kind}: ${error}`);
        assertEquals(error.path, path, kind);
      }
      assertEquals(await board.get.remote(), "old");
    });

    it("updateShared() gives the new value, and refuses a nested one and unknown names", async () => {
      const board = make();
      await board.countUp.remote(3, newFence(), 1);
      assertEquals(await board.getCount.remote(), 3);
      assertInstanceOf(await thrown(board.nested.remote()), DeadlockError);
      assertEquals((await thrown(board.failing.remote())).message, "no new value");
      const error = await thrown(board.unknown.remote());
      assertInstanceOf(error, TypeError);
      for (const part of ['"nothing"', '"value"', '"count"', '"list"']) {
        assertStringIncludes(error.message, part);
      }
      await board.countUp.remote(1, newFence(), 1);
      assertEquals(await soon("count", board.getCount.remote()), 4);
    });

    it("are ordinary accessors of an object that is no actor", async () => {
      assertEquals(await make().local.remote(), [true, 0]);
    });

    it("see what the constructor does with them", async () => {
      const crew = threads === "all" ? maxConcurrency : 1;
      const [board, fence] = [make(5), newFence()];
      // Once each thread runs a method, each has run its constructor.
      await get(Array.from({ length: crew }, () => board.countUp.remote(0, fence, crew)));
      assertEquals(await board.getCount.remote(), 5 * crew);
    });
  });
}

describe("shared accessors of a threaded actor", () => {
  afterEach(shutdown);
  const make = () => Board.options({ maxConcurrency: 2 }).remote();

  // ray: threaded-shared
  it("are seen by all threads, with the first one's initial value", async () => {
    const board = make();
    const fence = newFence();
    const initial = await board.get.remote();
    const held = board.setHold.remote("from the other thread", fence);
    await reached(fence, 0);
    assertEquals(await soon("get", board.get.remote()), "from the other thread");
    signal(fence, 1);
    await held;
    const other = Board.options({ maxConcurrency: 4 }).remote();
    const seen = await get(Array.from({ length: 40 }, () => other.get.remote()));
    assertEquals(new Set(seen).size, 1);
    assert(typeof initial === "number" && typeof seen[0] === "number" && initial !== seen[0]);
    assertEquals(await board.getMade.remote(), await board.getMade.remote());
  });

  // ray: threaded-shared
  it("updateShared() loses no update of any thread", async () => {
    const board = Board.options({ maxConcurrency: 3 }).remote();
    const fence = newFence();
    await soon("counting", get([0, 1, 2].map(() => board.countUp.remote(3_000, fence, 3))));
    assertEquals(await board.getCount.remote(), 9_000);
    assertEquals((await board.getList.remote()).length, 3 * 3_000 / 50);
  });

  // ray: threaded-shared
  it("are never read half written", async () => {
    const board = make();
    const fence = newFence();
    await board.set.remote({ a: 0, text: "", b: 0 });
    const torn = board.readPairs.remote(fence);
    await board.writePairs.remote(2_000, fence);
    assertEquals(await soon("reads", torn), 0);
  });

  it("grow for all threads, up to a limit", async () => {
    const board = make();
    const fence = newFence();
    await board.set.remote("small");
    const held = board.setHold.remote("x".repeat(3_000_000), fence);
    await reached(fence, 0);
    assertEquals((await soon("get", board.get.remote()) as string).length, 3_000_000);
    signal(fence, 1);
    await held;
    const error = await thrown(board.setOdd.remote("huge", []));
    assertInstanceOf(error, RangeError);
    assertStringIncludes(error.message, "64 MiB");
    assertEquals((await board.get.remote() as string).length, 3_000_000);
  });

  it("can be read, but not written, while another thread updates them", async () => {
    const board = make();
    const fence = newFence();
    const held = board.holdLock.remote(fence);
    await reached(fence, 0);
    assertEquals(await soon("read", board.getCount.remote()), 0);
    const wants = board.wantLock.remote(fence);
    await reached(fence, 2);
    signal(fence, 1);
    assertEquals(await soon("held", held), 1);
    assertEquals(await soon("wants", wants), 1);
  });

  // ray: threaded-limits
  it("two updates that wait for each other are a DeadlockError", async () => {
    const board = make();
    const fence = newFence();
    const ends = [board.cross.remote("count", "value", fence), board.cross.remote("value", "count", fence)];
    const results = await soon("cross", Promise.allSettled(ends));
    const errors = results.filter((result) => result.status === "rejected").map(({ reason }) => reason.cause);
    assert(errors.length >= 1);
    for (const error of errors) assertInstanceOf(error, DeadlockError);
    await soon("free again", board.set.remote("value"));
  });

  // ray: threaded-waits
  it("a thread that ends with the lock keeps no other one waiting", async () => {
    const board = make();
    const fence = newFence();
    const dying = board.dieWithLock.remote(fence);
    await reached(fence, 0);
    const wants = board.wantLock.remote(fence);
    await reached(fence, 2);
    signal(fence, 1);
    for (const ref of [dying, wants, board.getCount.remote()]) {
      const error = await soon("call", rejection(ref));
      assert(
        error instanceof ActorDiedError || (error as Error).cause instanceof ActorDiedError,
        String(error),
      );
    }
  });
});

describe("shared accessors of an object that is no actor", () => {
  it("hold the value itself", () => {
    const board = new Board(2);
    const value = () => {};
    board.set(value);
    assert(board.get() === value);
    assertEquals(board.getCount(), 2);
    assertEquals(updateShared(board, "count", (count) => count * 10), 20);
    assertThrows(() => board.nested(), DeadlockError, "count");
    assertThrows(() => board.failing(), RangeError);
    assertEquals(board.getCount(), 20);
    assertThrows(() => board.unknown(), TypeError, '"made"');
    assert(new Board().get() !== new Board().get());
  });

  it("updateShared() refuses what is no object, no name and no function", () => {
    const loose = updateShared as unknown as (self: unknown, name: unknown, update: unknown) => unknown;
    const board = new Board();
    for (const self of [undefined, null, 5]) {
      assertThrows(() => loose(self, "count", () => 1), TypeError, "this");
    }
    assertThrows(() => loose({}, "count", () => 1), TypeError, "none");
    assertThrows(() => loose(board, 5, () => 1), TypeError, "5");
    assertThrows(() => loose(board, "count", 5), TypeError, "function");
  });

  it("an accessor of a subclass stands for the one it overrides", () => {
    class Special extends Board {
      @shared
      override accessor count = 100;
    }
    const special = new Special();
    assertEquals(updateShared(special, "count", (count) => count + 1), 101);
    assertEquals(special.count, 101);
  });

  it("@shared refuses what is no accessor of an instance", () => {
    const loose = shared as unknown as (target: unknown, context: unknown) => unknown;
    const context = { kind: "accessor", name: "x", static: false, private: false };
    const wrong: [string, object][] = [
      ["static", { static: true }],
      ["private", { private: true, name: "#x" }],
      ["symbol", { name: Symbol("x") }],
      ["method", { kind: "method" }],
      ["field", { kind: "field" }],
      ["getter", { kind: "getter" }],
    ];
    for (const [part, change] of wrong) {
      assertThrows(() => loose({}, { ...context, ...change }), TypeError, part);
    }
    assertThrows(() => loose({}, "x"), TypeError, "experimentalDecorators");
  });
});
