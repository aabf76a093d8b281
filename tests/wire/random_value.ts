// Seeded random values, for the property test and the fuzzer.

/** A generator of numbers from 0 to 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const texts = [
  "",
  "a",
  "hello",
  "x".repeat(31),
  "y".repeat(32),
  "z".repeat(300),
  "é",
  "日本語",
  "👍",
  "\ud800",
  "a\udc00b",
  "\ufeffbom",
  "\0",
];
const keys = [
  "a",
  "b",
  "id",
  "name",
  "__proto__",
  "constructor",
  "7",
  "",
  "ключ",
  "k".repeat(40),
  "toString",
];
const numbers = [
  0,
  -0,
  1,
  127,
  128,
  -1,
  -128,
  -129,
  255,
  256,
  32767,
  32768,
  -32769,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  NaN,
  Infinity,
  0.1,
  Number.MAX_SAFE_INTEGER,
  5e-324,
];

/** A value of any kind that crosses, with cycles and shared parts. */
export function randomValue(random: () => number): unknown {
  const made: object[] = [];
  const int = (below: number): number => Math.floor(random() * below);
  const keep = <T extends object>(value: T): T => (made.push(value), value);
  const text = (): string => texts[int(texts.length)];
  const key = (): string => keys[int(keys.length)];

  function value(depth: number): unknown {
    const kind = int(depth > 4 ? 8 : 20);
    switch (kind) {
      case 0:
        return undefined;
      case 1:
        return null;
      case 2:
        return random() < 0.5;
      case 3:
        return numbers[int(numbers.length)];
      case 4:
        return int(2 ** 32) - 2 ** 31;
      case 5:
        return BigInt(int(1000) - 500) ** BigInt(int(12));
      case 6:
        return text();
      case 7:
        return made.length > 0 ? made[int(made.length)] : random();
      case 8:
      case 9: {
        const array: unknown[] = keep([]);
        const length = int(20);
        for (let i = 0; i < length; i++) {
          if (random() < 0.05) array.length++;
          else array.push(value(depth + 1));
        }
        if (random() < 0.1) (array as unknown as Record<string, unknown>)["named"] = value(depth + 1);
        return array;
      }
      case 10:
      case 11:
      case 12: {
        const object = keep({});
        const count = int(20);
        for (let i = 0; i < count; i++) {
          const field = { value: value(depth + 1), enumerable: true, writable: true, configurable: true };
          Object.defineProperty(object, key(), field);
        }
        return object;
      }
      case 13: {
        const map = keep(new Map<unknown, unknown>());
        for (let i = int(6); i > 0; i--) map.set(value(depth + 1), value(depth + 1));
        return map;
      }
      case 14: {
        const set = keep(new Set<unknown>());
        for (let i = int(6); i > 0; i--) set.add(value(depth + 1));
        return set;
      }
      case 15:
        return keep(new Date(random() < 0.1 ? NaN : int(2 ** 40)));
      case 16:
        return keep(new RegExp(["a+", "[b-d]", "(?:x)|y"][int(3)], ["", "g", "iu"][int(3)]));
      case 17: {
        const buffer = keep(new ArrayBuffer(8 * int(6)));
        new Uint8Array(buffer).forEach((_, i, all) => all[i] = int(256));
        if (random() < 0.3) return buffer;
        const View = [Uint8Array, Int16Array, Float64Array, BigInt64Array, DataView, Uint32Array][int(6)];
        const offset = buffer.byteLength > 8 && random() < 0.5 ? 8 : 0;
        return keep(new (View as Uint8ArrayConstructor)(buffer, offset));
      }
      case 18:
        return keep(Object([1, "boxed", true, 5n][int(4)]));
      default: {
        const Class = [Error, TypeError, RangeError][int(3)];
        const error = keep(new Class(text() || "message"));
        if (random() < 0.5) error.cause = undefined;
        Object.defineProperty(error, "cause", { enumerable: false, value: value(depth + 1) });
        if (random() < 0.3) Object.assign(error, { detail: value(depth + 1) });
        return error;
      }
    }
  }
  return value(0);
}
