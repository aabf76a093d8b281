import { type ActorHandle, SerializationError, shutdown } from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { afterAll, describe, it } from "@std/testing/bdd";
import { Values } from "./value_actors.ts";
import { type Place, PLACES } from "./places.ts";

function nested(levels: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < levels; i++) value = { inner: value };
  return value;
}

function big(): Uint8Array {
  const bytes = new Uint8Array(1_000_000);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) ^ (i >> 8);
  return bytes;
}

// deno-lint-ignore no-sparse-arrays -- it is what is tested
const sparse = [1, , 3, , ,];
const errorWithCause = new RangeError("outer", { cause: new TypeError("inner") });

/** Values that structured clone keeps. */
const TABLE: Record<string, unknown> = {
  "undefined": undefined,
  "null": null,
  "booleans": [true, false],
  "small integers": [0, 1, -1, 127, 128, -128, 255, 256, 65_535, 65_536],
  "large integers": [2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, -(2 ** 53), Number.MAX_VALUE],
  "odd numbers": [NaN, Infinity, -Infinity, -0, 0.1, Number.MIN_VALUE, Number.EPSILON],
  "bigints": [0n, 1n, -1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n, -(2n ** 200n), 12345678901234567890n],
  "strings": ["", "a", "äöü", "漢字", "🦄", "\u0000", "x".repeat(100_000), "é".repeat(70_000)],
  "lone surrogates": ["\ud800", "a\udc00b", "\udfff\ud800"],
  "objects": { a: 1, "": 2, "with space": 3, "ключ": 4, 5: 5, nested: { deep: { er: [] } } },
  "undefined fields": { a: undefined, b: null },
  "a prototype's name as own field": JSON.parse('{"__proto__":{"x":1},"constructor":2}'),
  "arrays": [[], [[]], [[[1], 2], 3]],
  "a sparse array": sparse,
  "a long array": Array.from({ length: 20_000 }, (_, i) => i % 3 === 0 ? `${i}` : i),
  "dates": [new Date(0), new Date(1e12), new Date(-1), new Date(NaN)],
  "regular expressions": [/a/, /b+\/(?<name>x)/giu],
  "maps": new Map<unknown, unknown>([[1, "a"], ["1", { b: 1 }], [{ k: 1 }, new Map([[null, undefined]])]]),
  "sets": new Set([1, "1", NaN, new Set([1])]),
  "boxed primitives": [new Number(1), new String("s"), new Boolean(false), Object(1n)],
  "an ArrayBuffer": new Uint8Array([1, 2, 3]).buffer,
  "empty buffers": [new ArrayBuffer(0), new Uint8Array(0)],
  "typed arrays": [
    new Int8Array([-1]),
    new Uint8Array([255]),
    new Uint8ClampedArray([300]),
    new Int16Array([-300]),
    new Uint16Array([65_535]),
    new Int32Array([-70_000]),
    new Uint32Array([2 ** 32 - 1]),
    new Float32Array([0.5, NaN]),
    new Float64Array([0.1, -0]),
    new BigInt64Array([-(2n ** 63n)]),
    new BigUint64Array([2n ** 64n - 1n]),
  ],
  "a DataView": new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2),
  "a view of a part": new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 3),
  "a big buffer": big(),
  "deep nesting": nested(1_200),
};

for (const place of PLACES) describe(`values, ${place.name}`, () => values(place));

function values({ placement, sharesMemory }: Place): void {
  afterAll(shutdown);
  // One for all tests: threads take their time to start.
  let shared: ActorHandle<Values> | undefined;
  const make = (): ActorHandle<Values> => shared ??= Values.options({ placement }).remote();

  for (const [name, value] of Object.entries(TABLE)) {
    it(`an actor gets and gives ${name} as structuredClone() does`, async () => {
      const expected = structuredClone(value);
      const actor = make();
      assertEquals(await actor.echo.remote(value), expected);
      assertEquals(await actor.echo.remote([value, { field: value }]), [expected, { field: expected }]);
      assertEquals(
        await actor.describe.remote(value),
        Object.prototype.toString.call(expected),
      );
    });
  }

  it("a value nested too deeply is a SerializationError at the call, and the actor goes on", async () => {
    const actor = make();
    for (const levels of [10_000, 1_000_000]) {
      assertThrows(() => actor.echo.remote(nested(levels)), SerializationError, "args[0].inner");
    }
    assertEquals(await actor.echo.remote(1), 1);
  });

  it("prototypes, symbols and properties that are not enumerable are left behind", async () => {
    const value = Object.create({ inherited: 1 }, {
      own: { value: 1, enumerable: true },
      hidden: { value: 2, enumerable: false },
      computed: { get: () => 3, enumerable: true },
    });
    value[Symbol("s")] = 4;
    const got = await make().echo.remote(value) as object;
    assertEquals(got, { own: 1, computed: 3 });
    assertStrictEquals(Object.getPrototypeOf(got), Object.prototype);
    const bare = Object.assign(Object.create(null), { a: 1 });
    assertEquals({ ...(await make().echo.remote(bare) as object) }, { a: 1 });
    assertStrictEquals(Object.hasOwn(sparse, 1), false);
    assertStrictEquals(Object.hasOwn(await make().echo.remote(sparse) as object, 1), false);
  });

  it("errors keep class, message, cause and stack", async () => {
    const got = await make().echo.remote(errorWithCause) as Error;
    assertInstanceOf(got, RangeError);
    assertInstanceOf(got.cause, TypeError);
    assertEquals([got.message, (got.cause as Error).message], ["outer", "inner"]);
    assert(got.stack?.includes("values_test.ts"), got.stack);
  });

  // ray: serialization
  it("cycles and shared references are kept within an argument", async () => {
    type Cyclic = { self?: unknown; list: unknown[]; map: Map<string, unknown>; a?: object; b?: object };
    const value: Cyclic = { list: [], map: new Map() };
    value.self = value;
    value.list.push(value, value.list);
    value.map.set("root", value);
    value.a = value.b = { shared: true };
    const got = await make().echo.remote(value) as Cyclic;
    assert(got !== value);
    assertStrictEquals(got.self, got);
    assertStrictEquals(got.list[0], got);
    assertStrictEquals(got.list[1], got.list);
    assertStrictEquals(got.map.get("root"), got);
    assertStrictEquals(got.a, got.b);
  });

  // ray: serialization
  it("shared references are kept over all arguments, and shared buffers of views too", async () => {
    const shared = { x: 1 };
    assertEquals(await make().same.remote(shared, shared, { a: shared }), [true, true]);
    assertEquals(await make().same.remote(shared, { x: 1 }, { a: { x: 1 } }), [false, false]);
    const buffer = new ArrayBuffer(8);
    const [a, b] = await make().echo.remote([
      new Uint8Array(buffer, 0, 4),
      new Uint16Array(buffer, 4, 2),
    ]) as [Uint8Array, Uint16Array];
    assertStrictEquals(a.buffer, b.buffer);
    assertEquals([a.byteOffset, b.byteOffset, a.buffer.byteLength], [0, 4, 8]);
  });

  it("an argument is the callee's own: the caller's later changes are not seen", async () => {
    const actor = make();
    const value = { list: [1], bytes: new Uint8Array([1]), map: new Map([["a", 1]]) };
    const kept = actor.keep.remote(value);
    value.list.push(2);
    value.bytes[0] = 2;
    value.map.clear();
    await kept;
    assertEquals(await actor.kept.remote(), {
      list: [1],
      bytes: new Uint8Array([1]),
      map: new Map([["a", 1]]),
    });
  });

  it("an argument is the callee's own: the callee's changes are not seen", async () => {
    const value: unknown[] = ["mine"];
    await make().spoil.remote(value);
    assertEquals(value, ["mine"]);
  });

  it("a result is the caller's own", async () => {
    const actor = make();
    const given = actor.giveAndSpoil.remote();
    assertEquals(await given, ["given"]);
    await actor.spoilKept.remote();
    assertEquals(await given, ["given"]);
    const got = await actor.kept.remote() as unknown[];
    got.push("by the caller");
    assertEquals(await actor.kept.remote(), ["given", "spoiled", "spoiled"]);
  });

  it("a result passed on as an argument is the callee's own too", async () => {
    const [a, b] = [make(), make()];
    const ref = a.echo.remote(["value"]);
    await b.spoil.remote(ref as never);
    assertEquals(await ref, ["value"]);
    await b.keep.remote(ref);
    (await ref as unknown[]).push("by the caller");
    assertEquals(await b.kept.remote(), ["value"]);
  });

  it("a SharedArrayBuffer is shared, or refused with its path", async () => {
    const view = new Uint8Array(new SharedArrayBuffer(4));
    const actor = make();
    if (!sharesMemory) {
      const error = assertThrows(() => actor.write.remote(view, 2, 42), SerializationError, "process");
      return assertEquals(error.path, "args[0]");
    }
    await actor.write.remote(view, 2, 42);
    assertEquals([...view], [0, 0, 42, 0]);
    const back = await actor.echo.remote(view) as Uint8Array;
    back[0] = 7;
    assertEquals(view[0], 7);
  });

  it("many megabytes go both ways", async () => {
    const bytes = new Uint8Array(12_000_000).map((_, i) => i * 7);
    assertEquals(sameBytes(await make().echo.remote(bytes) as Uint8Array, bytes), true);
  });

  it("a getter that makes a call is refused, and the value that it is of crosses whole", async () => {
    const actor = Values.options({ placement }).remote();
    const other = Values.options({ placement }).remote();
    for (const called of [actor, other]) {
      let refused: unknown;
      const sneaky = {
        before: "b".repeat(50),
        get sneaky() {
          try {
            return called.echo.remote("from a getter");
          } catch (error) {
            refused = error;
            return "refused";
          }
        },
        after: [1, 2, 3],
      };
      assertEquals(await actor.echo.remote(sneaky), {
        before: "b".repeat(50),
        sneaky: "refused",
        after: [1, 2, 3],
      });
      assertInstanceOf(refused, SerializationError);
    }
    assertEquals(await other.echo.remote("still well"), "still well");
    assertEquals(await actor.echo.remote("still there"), "still there");
  });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
