/**
 * Values as Python pickles them: pickles.txt has, for each, its name, the protocol, and what `pickle.dumps` of Python 3.11 gave.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readFileSync } from "node:fs";
import { SerializationError } from "../../../lib/base/errors.ts";
import { NumpyArray } from "../../../lib/transport/ray/numpy_array.ts";
import { readPickle } from "../../../lib/transport/ray/pickle_reader.ts";
import { writePickle } from "../../../lib/transport/ray/pickle_writer.ts";
import { pythonError } from "../../../lib/transport/ray/python_errors.ts";
import { PythonGlobal, PythonObject, PythonTuple } from "../../../lib/transport/ray/python_values.ts";
import { seeded } from "../../wire/random_value.ts";

const pickles = readFileSync(new URL("./pickles.txt", import.meta.url), "utf8").trim().split("\n").map(
  (line) => {
    const [name, protocol, hex] = line.split(" ");
    return { name, protocol, bytes: Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16)) };
  },
);

/** Damaged pickles that are read. */
const MUTATIONS = 60_000;
/** None may take longer than this, in milliseconds; a busy machine takes a part of it. */
const SLOWEST = 2000;

const cycle: unknown[] = [];
cycle.push(cycle);
const shared = [1];

/** What each is here. */
const values: Record<string, unknown> = {
  none: null,
  true: true,
  ints: [
    ...[0, 1, -1, 255, 256, 65535, 65536, -(2 ** 31), 2 ** 31, 2 ** 53 - 1],
    ...[2n ** 53n, -(2n ** 63n), 10n ** 40n, -(10n ** 40n)],
  ],
  floats: [0.5, -0, 1e300, Infinity],
  texts: ["", "a", "é😀", "x".repeat(300), "lone \ud800"],
  bytes: [new Uint8Array(), new TextEncoder().encode("abc"), new Uint8Array([128, 255])],
  bytearray: new TextEncoder().encode("xyz"),
  tuples: [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]],
  dicts: [
    {},
    { a: 1, b: { c: [2] } },
    new Map<unknown, unknown>([[1, "one"], ["two", 2]]),
    Object.fromEntries([["__proto__", 1]]),
  ],
  sets: [new Set(), new Set([1]), new Set([2])],
  shared: [shared, shared],
  f4: new Float32Array([1, 2.5]),
  i8: new BigInt64Array([1n, -2n]),
  matrix: new NumpyArray(new Float64Array([0, 1, 2, 3, 4, 5]), [2, 3]),
  fortran: new NumpyArray(new Int32Array([0, 1, 2, 3, 4, 5]), [2, 3]),
  scalar: 2.5,
  empty: new NumpyArray(new Uint8Array(), [0, 3]),
  in_list: [new Uint16Array([7])],
  ordered: { a: 1 },
};

const read = (name: string, protocol = "5"): unknown =>
  readPickle(pickles.find((pickle) => pickle.name === name && pickle.protocol === protocol)!.bytes);

describe("readPickle()", () => {
  for (const { name, protocol, bytes } of pickles) {
    if (name in values) {
      it(`reads "${name}" of protocol ${protocol}`, () => assertEquals(readPickle(bytes), values[name]));
    }
  }

  it("keeps shared references and cycles", () => {
    const [one, two] = read("shared") as unknown[];
    assertStrictEquals(one, two);
    const outer = read("cycle") as unknown[];
    assertStrictEquals(outer[0], outer);
  });

  it("keeps -0, and lets nobody set a prototype", () => {
    assert(Object.is((read("floats") as number[])[1], -0));
    const [, , , odd] = read("dicts") as object[];
    assertStrictEquals(Object.getPrototypeOf(odd), Object.prototype);
  });

  it("reads what it does not know as a description, and calls nothing", () => {
    const complex = read("complex");
    assertInstanceOf(complex, PythonObject);
    assertEquals(String(complex.callable), "complex");
    assertEquals(complex.args, [1, 2]);
    const date = read("date");
    assertInstanceOf(date, PythonObject);
    assertEquals(String(date.callable), "datetime.date");
    // cos\nsystem\n(S'…' is the classic: protocol 2's form of it.
    const harm = writePickle(new PythonObject(new PythonGlobal("os", "system"), ["exit"]));
    assertEquals(String((readPickle(harm) as PythonObject).callable), "os.system");
    assertInstanceOf(read("strarray"), PythonObject);
  });

  it("tells an exception's class, message and arguments", () => {
    const error = pythonError(read("error"));
    assertEquals([error.name, error.message], ["ValueError", "no, 1"]);
  });

  it("refuses what is no pickle, naming the opcode and its place", () => {
    const message = (bytes: number[]): string =>
      assertThrows(() => readPickle(Uint8Array.from(bytes)), SerializationError).message;
    assertEquals(message([]), "Cannot read a value of Python's: it ends too early");
    assert(message([0x80, 9]).includes("protocol 9"));
    assert(message([0x80, 5, 0x97, 0x2e]).includes("at byte 2"));
    assert(message([0x80, 5, 0x2e]).includes("stack is empty"));
    assert(message([0x80, 5, 0x68, 3, 0x2e]).includes("number 3"));
  });

  it("ends every damaged pickle in a value or a SerializationError", { timeout: 300_000 }, () => {
    const random = seeded(258);
    const int = (below: number): number => Math.floor(random() * below);
    let [slowest, failures] = [0, 0];
    for (let i = 0; i < MUTATIONS; i++) {
      const bytes = pickles[int(pickles.length)].bytes.slice();
      for (let edits = 1 + int(3); edits > 0; edits--) {
        const at = int(bytes.length);
        if (int(4) === 0) bytes.fill(0xff, at, at + int(9));
        else if (int(3) === 0) bytes.copyWithin(at, int(bytes.length), int(bytes.length));
        else bytes[at] = int(2) === 0 ? int(256) : bytes[at] ^ 1 << int(8);
      }
      const cut = int(5) === 0 ? bytes.slice(0, int(bytes.length)) : bytes;
      const begun = performance.now();
      try {
        readPickle(cut);
      } catch (error) {
        failures++;
        if (!(error instanceof SerializationError)) {
          throw new Error(`damaged pickle ${[...cut].map((byte) => byte.toString(16)).join(" ")}`, {
            cause: error,
          });
        }
      }
      slowest = Math.max(slowest, performance.now() - begun);
    }
    assert(slowest < SLOWEST, `one took ${slowest} ms`);
    assert(failures > MUTATIONS / 10 && failures < MUTATIONS, `${failures} failed`);
  });
});

describe("writePickle()", () => {
  for (const [name, value] of Object.entries(values)) {
    it(`writes "${name}" so that it is read as the same`, () => {
      const expected = name === "bytearray" ? values.bytearray : value;
      assertEquals(readPickle(writePickle(value)), expected);
    });
  }

  it("keeps shared references and cycles", () => {
    const outer = readPickle(writePickle(cycle)) as unknown[];
    assertStrictEquals(outer[0], outer);
    const array = new Float32Array([1]);
    const [one, two] = readPickle(writePickle([array, array])) as unknown[];
    assertStrictEquals(one, two);
  });

  it("writes undefined as None, tuples as tuples, and arrays longer than a batch", () => {
    assertEquals(readPickle(writePickle([undefined, new PythonTuple([1, "a"])])), [null, [1, "a"]]);
    const long = Array.from({ length: 2500 }, (_, i) => i);
    assertEquals(readPickle(writePickle(long)), long);
    const large = new Uint8Array(100_000).fill(7);
    assertEquals(readPickle(writePickle({ large })), { large });
  });

  it("refuses what Python has no word for, naming the path", () => {
    const path = (value: unknown): string | undefined =>
      assertThrows(() => writePickle(value), SerializationError).path;
    assertEquals(path({ list: [1, () => {}] }), "value.list[1]");
    assertEquals(path(new Map([["key", Symbol("x")]])), 'value.get("key")');
    assertEquals(path(new (class Own {})()), "value");
    assertEquals(path(new Date()), "value");
    let deep: unknown = 1;
    for (let i = 0; i < 5000; i++) deep = [deep];
    assertThrows(() => writePickle(deep), SerializationError);
  });
});
