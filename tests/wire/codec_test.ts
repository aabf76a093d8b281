import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { CorruptFrameError } from "../../lib/wire/corrupt_frame_error.ts";
import { MAX_DEPTH, SPECIAL_DEPTH } from "../../lib/wire/limits.ts";
import { Codec } from "./round_trip.ts";
import { difference } from "./same.ts";
import { randomValue, seeded } from "./random_value.ts";

const codec = new Codec();

/** Holds a value against what `expected` is, by default what structured clone makes of it. */
function check(value: unknown, expected: unknown = structuredClone(value)): void {
  assertEquals(difference(codec.trip(value), expected), undefined);
}

const bytes = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, i) => i * 7);
const numbers = (length: number): unknown[] => Array.from({ length }, (_, i) => i % 100);
const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? { a: value } : [value];
  return value;
};

describe("Encoder and Decoder", () => {
  it("carry numbers exactly", () => {
    const whole = [
      0,
      1,
      127,
      128,
      129,
      255,
      256,
      32767,
      32768,
      65535,
      2 ** 31 - 1,
      2 ** 31,
      2 ** 32,
      2 ** 53,
    ];
    for (const n of [...whole, ...whole.map((n) => -n), 0.5, NaN, Infinity, -Infinity, 5e-324, 1e308]) {
      check(n);
    }
  });

  it("carry primitives and bigints of any size", () => {
    for (const value of [undefined, null, true, false]) check(value);
    for (let bits = 0n; bits < 200n; bits += 3n) {
      for (const n of [1n << bits, (1n << bits) - 1n, -(1n << bits), -(1n << bits) - 1n]) check(n);
    }
    check(3n ** 20_000n);
  });

  it("carry strings of every length and content", () => {
    for (const unit of ["a", "é", "日", "👍", "\ud800", "\udc00", "\0", "\x7f", "\x80", "\ufeff"]) {
      for (const count of [1, 2, 8, 9, 24, 25, 31, 32, 100, 2000, 70_000]) {
        check(unit.repeat(count));
        check("x".repeat(count) + unit);
        check(unit + "x".repeat(count));
      }
    }
    check("");
  });

  it("carry plain objects, the keys of Object.prototype among them", () => {
    check({});
    check({ a: 1, b: { c: [undefined, null] }, "": 1, 7: 2, "ключ": 3, ["k".repeat(50)]: 4, constructor: 5 });
    check(JSON.parse('{"__proto__": {"polluted": true}, "toString": 1}'));
    assertEquals(({} as { polluted?: boolean }).polluted, undefined);
    check(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, i])));
    check(Object.assign(Object.create(null), { a: 1 }), { a: 1 });
    check(Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true }, hidden: { value: 2 } }), {
      own: 1,
    });
    assertEquals(codec.trip({ [Symbol("skipped")]: 1, kept: 2 }), { kept: 2 });
  });

  it("read a getter once", () => {
    let reads = 0;
    const value = {
      get x() {
        return ++reads;
      },
    };
    assertEquals(codec.trip(value), { x: 1 });
    assertEquals(reads, 1);
  });

  it("carry arrays, their holes and their names", () => {
    check([]);
    check(Array.from({ length: 5000 }, (_, i) => i * 31));
    // deno-lint-ignore no-sparse-arrays -- what is tested
    check([, 1, , undefined, ,]);
    check(
      "2024-05".match(/(?<year>\d+)-(\d+)/),
      Object.assign(["2024-05", "2024", "05"], {
        index: 0,
        input: "2024-05",
        groups: { year: "2024" },
      }),
    );
    check(Object.assign([1, 2], { "-1": "a", "1.5": "b", "01": "c", extra: [3] }));
    const sparse = [1];
    sparse[300] = 2;
    sparse[1_000_000_000] = 3;
    const result = codec.trip(sparse);
    assertEquals([result.length, result[0], result[300], result[1_000_000_000]], [1_000_000_001, 1, 2, 3]);
    assertEquals(Object.keys(result), ["0", "300", "1000000000"]);
    assertEquals(codec.trip(new Array(4_000_000_000)).length, 4_000_000_000);
  });

  it("carry arrays of numbers, whatever is among them", () => {
    const others = [
      -1,
      127,
      128,
      -128,
      -129,
      32767,
      32768,
      -32769,
      2 ** 31 - 1,
      -(2 ** 31),
      2 ** 31,
      0.5,
      -0,
      NaN,
      "x",
      1n,
    ];
    for (const length of [15, 16, 17, 63, 64, 300]) {
      check(numbers(length));
      for (const other of [...others, undefined, null]) {
        for (const at of [0, 9, length - 1]) check(numbers(length).with(at, other));
      }
      const holes = numbers(length);
      delete holes[7];
      check(holes);
      delete holes[length - 1];
      check([holes, holes]);
    }
  });

  it("find names of long arrays where they look like a match, or the class is not Array itself", () => {
    const long = Array.from({ length: 400 }, (_, i) => String(i));
    check(Object.assign(long.slice(), { index: 0, input: "x" }));
    check(
      Object.assign(class extends Array {}.from(long), { count: 5 }),
      Object.assign(long.slice(), { count: 5 }),
    );
    const sparse = Object.assign(long.slice(), { index: 1 });
    delete sparse[300];
    check(sparse);
  });

  it("read from a Buffer, and read copies", () => {
    const { Buffer } = globalThis as unknown as { Buffer: { from(bytes: Uint8Array): Uint8Array } };
    const frame = Buffer.from(codec.encode([bytes(100), bytes(10).buffer]));
    const [view, buffer] = codec.decode(frame, 2) as [Uint8Array, ArrayBuffer];
    frame.fill(0);
    assertEquals([view, new Uint8Array(buffer)], [bytes(100), bytes(10)]);
    assertEquals(view.buffer.byteLength, 100);
  });

  it("carry Map, Set, Date, RegExp and boxed primitives", () => {
    check(new Map<unknown, unknown>([[1, "a"], ["k", new Map()], [{ key: 1 }, [1]], [NaN, -0]]));
    check(new Set<unknown>([1, "a", {}, new Set([undefined])]));
    check([new Date(0), new Date(NaN), new Date(8.64e15)]);
    const pattern = /a(b)\/[c]/giu;
    pattern.lastIndex = 3;
    check(pattern, /a(b)\/[c]/giu);
    for (const value of [1, -0, "text", true, 5n]) check(Object(value), Object(value));
  });

  it("carry subclasses of built-ins as the built-ins", () => {
    check(new (class extends Map<number, number> {})([[1, 2]]), new Map([[1, 2]]));
    check(new (class extends Array<number> {})(1, 2), [1, 2]);
    check(new (class extends Date {})(5), new Date(5));
    check(new (class extends Uint8Array {})(3), new Uint8Array(3));
  });

  it("carry buffers and views of every kind", () => {
    for (const size of [0, 8, 1000 * 8, 64 * 1024, 200_000]) {
      const buffer = bytes(size).buffer;
      check(buffer);
      check(new Uint8Array(buffer));
      check(new DataView(buffer, size > 0 ? 3 : 0));
    }
    const kinds = [
      "Int8Array",
      "Uint8ClampedArray",
      "Int16Array",
      "Uint16Array",
      "Int32Array",
      "Uint32Array",
    ];
    for (
      const name of [
        ...kinds,
        "Float16Array",
        "Float32Array",
        "Float64Array",
        "BigInt64Array",
        "BigUint64Array",
      ]
    ) {
      const View = (globalThis as unknown as Record<string, Float64ArrayConstructor | undefined>)[name];
      if (View === undefined) continue;
      check(new View(bytes(64).buffer, 16, 3), new View(bytes(64).buffer, 16, 3));
    }
  });

  it("carry a resizable buffer with its limit, and views that grow with it", () => {
    for (const size of [16, 100_000]) {
      const buffer = new ArrayBuffer(size, { maxByteLength: size * 2 });
      const result = codec.trip({
        buffer,
        whole: new Uint8Array(buffer),
        part: new Uint8Array(buffer, 4, 4),
      });
      assertEquals([result.buffer.resizable, result.buffer.maxByteLength], [true, size * 2]);
      assertStrictEquals(result.whole.buffer, result.buffer);
      result.buffer.resize(size + 8);
      assertEquals([result.whole.length, result.part.length], [size + 8, 4]);
    }
  });

  it("keep views of one buffer on one buffer", () => {
    for (const size of [64, 100_000]) {
      const data = bytes(size);
      const part = data.subarray(8, 16);
      const result = codec.trip({ part, data, view: new DataView(data.buffer, 8) });
      assertStrictEquals(result.part.buffer, result.data.buffer);
      result.view.setUint8(0, 99);
      assertEquals([result.part[0], result.data[8], data[8]], [99, 99, 56]);
      // The view first, then its buffer: the other way round of what the short form writes.
      const [first, second] = codec.args(data, data.buffer);
      assertStrictEquals(first.buffer, second);
    }
  });

  it("put large buffers aside as copies that are moved", () => {
    const data = bytes(100_000);
    const frame = codec.encode([data]);
    const { items, transfer } = codec.encoder;
    assert(frame.length < 32);
    assertEquals([items.length, transfer.length], [1, 1]);
    assertStrictEquals(items[0], transfer[0]);
    assert(items[0] !== data.buffer);
    const moved = structuredClone(items, { transfer: [...transfer] as ArrayBuffer[] });
    assertEquals(codec.decode(frame, 1, moved), [data]);
  });

  it("put marked buffers, ports and streams aside themselves", () => {
    const small = bytes(10);
    const { port1, port2 } = new MessageChannel();
    const stream = new ReadableStream();
    const frame = codec.encode(
      [[small, port1, stream, port1]],
      "args",
      new Set<object>([small.buffer, port1, stream]),
    );
    const { items, transfer } = codec.encoder;
    assertEquals(items, [small.buffer, port1, stream]);
    assertEquals(transfer as unknown[], items);
    const [[view, port, copy, again]] = codec.decode(frame, 1) as [[Uint8Array, ...unknown[]]];
    assertStrictEquals(view.buffer, small.buffer);
    assertStrictEquals(port, port1);
    assertStrictEquals(again, port1);
    assertStrictEquals(copy, stream);
    port1.close();
    port2.close();
  });

  it("share shared memory", () => {
    const shared = new SharedArrayBuffer(16);
    const result = codec.trip({ shared, view: new Int32Array(shared, 4, 2) });
    assertStrictEquals(result.shared, shared);
    assertStrictEquals(result.view.buffer, shared);
    assertEquals([result.view.byteOffset, result.view.length], [4, 2]);
    assertEquals(codec.encoder.transfer, []);
  });

  it("keep cycles and shared parts, over all the values of a message", () => {
    const shared: Record<string, unknown> = { list: [] };
    shared.self = shared;
    const map = new Map<unknown, unknown>();
    map.set(map, shared).set("set", new Set([map]));
    const [a, b, c] = codec.args([shared, shared.list], shared, map);
    assertStrictEquals(a[0], b);
    assertStrictEquals(b.self, b);
    assertStrictEquals(a[1], b.list);
    assertStrictEquals(c.get(c), b);
    const many = Array.from({ length: 500 }, (_, i) => ({ i }));
    check([many, many.toReversed()]);
    assert(codec.trip(shared) !== codec.trip(shared));
  });

  it("refuse what is too deep, in both directions, wherever the stack is", () => {
    check(nested(MAX_DEPTH - 1), nested(MAX_DEPTH - 1));
    let named: unknown = 1;
    for (let i = 2; i < MAX_DEPTH / SPECIAL_DEPTH; i++) {
      named = Object.assign([new Date(0), named], { name: 1 });
    }
    check(named, named);
    // At the very limit, whatever is at the bottom: what the encoder lets through, the decoder does as well.
    class Sub extends Array<unknown> {}
    const wraps: ((inner: unknown) => unknown)[] = [
      (inner) => ({ inner }),
      (inner) => [inner],
      (inner) => Object.assign([inner], { name: 1 }),
      (inner) => new Map([[1, inner]]),
      (inner) => new Set([inner]),
      (inner) => Sub.of(inner),
      (inner) => new Error("x", { cause: inner }),
    ];
    const bottoms = [
      1,
      "x".repeat(100),
      5n ** 90n,
      numbers(100),
      new Uint8Array(3),
      bytes(16).subarray(8),
      new Date(1),
      new Error("e"),
    ];
    for (const wrap of wraps) {
      for (const bottom of bottoms) {
        let crossed = 0;
        for (
          const depth of [490, 495, 496, 497, 498, 499, 500, 501, 1490, 1496, 1497, 1498, 1499, 1500, 1501]
        ) {
          let value: unknown = bottom;
          for (let i = 0; i < depth; i++) value = wrap(value);
          try {
            codec.encode([value]);
          } catch (error) {
            assert((error as Error).message.includes("levels deep"));
            continue;
          }
          codec.trip(value);
          crossed = depth;
        }
        assert(crossed >= 490);
      }
    }
    for (const depth of [MAX_DEPTH + 1, 100_000]) {
      assertThrows(() => codec.trip(nested(depth)), Error, "levels deep");
    }
    assertThrows(() => codec.decode(new Uint8Array(100_000).fill(0xa1), 1), CorruptFrameError, "levels deep");
    let map: unknown = 1;
    for (let i = 0; i < 100_000; i++) map = new Map([[i, new Set([map])]]);
    assertThrows(() => codec.trip(map), Error, "levels deep");
    assertEquals(codec.trip([1]), [1]);
  });

  it("let hooks write objects, with cycles, and values inside", () => {
    class Point {
      constructor(public x: unknown, public self?: Point) {}
    }
    const hooked = new Codec({
      encode(value, encoder) {
        if (!(value instanceof Point)) return false;
        encoder.custom(7);
        encoder.value(value.x);
        encoder.value(value.self);
        encoder.writer.varint(encoder.aside("beside"));
        return true;
      },
    }, {
      decode(kind, decoder, slot) {
        assertEquals(kind, 7);
        const point = new Point(undefined);
        decoder.register(slot, point);
        point.x = decoder.value();
        point.self = decoder.value() as Point;
        assertEquals(decoder.aside(decoder.reader.varint()), "beside");
        return point;
      },
    });
    const point = new Point([1]);
    point.self = point;
    const [first, second] = hooked.trip([point, point]);
    assert(first instanceof Point);
    assertStrictEquals(first, second);
    assertStrictEquals(first.self, first);
    assertEquals(first.x, [1]);
    const error = assertThrows(() => hooked.trip({ p: new Point(() => {}) }), Error) as Error & {
      path: string;
    };
    assertEquals(error.path, "args[0].p.x");
    assertEquals(hooked.trip(1), 1);
  });

  it("carry 2,000 random values", () => {
    for (let seed = 0; seed < 2000; seed++) {
      const value = randomValue(seeded(seed));
      const found = difference(codec.trip(value), value);
      assertEquals(found === undefined ? undefined : `seed ${seed}: ${found}`, undefined);
    }
  });
});

describe("Writer and Reader", () => {
  it("agree on every kind of number", () => {
    const { writer, reader } = codec;
    writer.pos = 0;
    const sizes = [0, 1, 127, 128, 2 ** 14, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 49, Number.MAX_SAFE_INTEGER];
    for (const size of sizes) writer.varint(size);
    writer.u8(200);
    writer.align4();
    writer.u32(2 ** 32 - 1);
    writer.i32(-5);
    writer.f64(-0.5);
    writer.patchU32(writer.pos - 16, 77);
    writer.string("text");
    writer.raw(new Uint8Array([1, 2]));
    reader.reset(writer.bytes, 0, writer.pos);
    assertEquals(sizes.map(() => reader.varint()), sizes);
    assertEquals(reader.u8(), 200);
    reader.align4();
    assertEquals([reader.u32(), reader.i32(), reader.f64(), reader.string()], [77, -5, -0.5, "text"]);
    assertEquals([...reader.raw(2)], [1, 2]);
    assertThrows(() => reader.u8(), CorruptFrameError, "Cannot read frame: ");
    assertThrows(() => reader.reset(writer.bytes, 0, writer.bytes.length + 1), CorruptFrameError);
  });

  it("read at an offset of a larger buffer", () => {
    const frame = codec.encode(["x".repeat(100), 1.5]);
    const larger = new Uint8Array(frame.length + 20);
    larger.set(frame, 10);
    codec.reader.reset(larger.subarray(5), 5, 5 + frame.length);
    codec.decoder.begin(codec.reader, []);
    assertEquals([codec.decoder.value(), codec.decoder.value()], ["x".repeat(100), 1.5]);
    assertThrows(() => codec.decoder.value(), CorruptFrameError);
  });
});
