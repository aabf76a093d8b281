/**
 * Writes values as Python's pickle, protocol 5.
 *
 * @module
 */

import type { SerializationError } from "../../base/errors.ts";
import { isOverflow } from "../../wire/limits.ts";
import { Refusal, refuse, serializationError, tooDeep } from "../../wire/refusal.ts";
import { NumpyArray, pythonArray } from "./numpy_array.ts";
import { encodeText } from "./pickle_input.ts";
import { PickleOutput } from "./pickle_output.ts";
import { Op } from "./pickle_ops.ts";
import { PythonGlobal, PythonObject, PythonTuple } from "./python_values.ts";

/** How deep values may nest: Python's own pickling goes no deeper, so what comes deeper could never come back. */
const MAX_DEPTH = 900;
/** Items are appended to a list, a dict or a set so many at a time, as Python does. */
const BATCH = 1000;

/**
 * Writes a value. `undefined` and `null` become `None`, a `number` an `int` if it is whole and a `float` else, `bigint` an `int`,
 * `Uint8Array` and `ArrayBuffer` bytes, other typed arrays and `NumpyArray` numpy arrays, plain objects and `Map` dicts. Shared
 * references and cycles are kept.
 *
 * @param value The value.
 * @param persistent What stands for a value as a persistent id; `undefined` for what is written itself.
 * @param name What the value is called in errors.
 * @returns The pickle.
 * @throws {SerializationError} If something in it cannot cross; it names the path.
 */
export function writePickle(
  value: unknown,
  persistent: (value: object) => unknown = () => undefined,
  name: string = "value",
): Uint8Array<ArrayBuffer> {
  try {
    return new PickleWriter(persistent).run(value);
  } catch (error) {
    throw asSerializationError(error, value, name);
  }
}

function asSerializationError(error: unknown, value: unknown, name: string): SerializationError | unknown {
  if (error instanceof Refusal) return serializationError(error, value, name);
  return isOverflow(error) ? serializationError(tooDeepForPython(value), value, name) : error;
}

function tooDeepForPython(value: unknown): Refusal {
  return new Refusal(value, tooDeep(value).reason.replace(/\d+/, String(MAX_DEPTH)));
}

class PickleWriter {
  readonly #out = new PickleOutput();
  readonly #persistent: (value: object) => unknown;
  readonly #memo = new Map<unknown, number>();
  #memoized = 0;
  #depth = 0;

  constructor(persistent: (value: object) => unknown) {
    this.#persistent = persistent;
  }

  run(value: unknown): Uint8Array<ArrayBuffer> {
    this.#out.op1(Op.PROTO, 5);
    this.#write(value);
    this.#out.u8(Op.STOP);
    return this.#out.finish();
  }

  #write(value: unknown): void {
    const out = this.#out;
    switch (typeof value) {
      case "undefined":
        return out.u8(Op.NONE);
      case "boolean":
        return out.u8(value ? Op.NEWTRUE : Op.NEWFALSE);
      case "number":
        return this.#number(value);
      case "bigint":
        return this.#bigint(value);
      case "string":
        return this.#text(value);
      case "object":
        if (value === null) return out.u8(Op.NONE);
        return this.#object(value);
      default:
        throw refuse(value);
    }
  }

  #number(value: number): void {
    const out = this.#out;
    if (!Number.isInteger(value) || Object.is(value, -0)) {
      out.u8(Op.BINFLOAT);
      out.f64(value);
    } else if (value >= 0 && value < 256) out.op1(Op.BININT1, value);
    else if (value >= 0 && value < 65536) {
      out.u8(Op.BININT2);
      out.u16(value);
    } else if (value === (value | 0)) {
      out.u8(Op.BININT);
      out.u32(value);
    } else if (Number.isSafeInteger(value)) this.#bigint(BigInt(value));
    else {
      // What is not exact is no count of anything.
      out.u8(Op.BINFLOAT);
      out.f64(value);
    }
  }

  /** Two's complement, the low byte first. */
  #bigint(value: bigint): void {
    const digits = (value < 0n ? ~value : value).toString(16).length;
    const length = value === 0n ? 0 : Math.floor(digits / 2) + 1;
    const bytes = new Uint8Array(length);
    const hex = BigInt.asUintN(length * 8, value).toString(16).padStart(length * 2, "0");
    for (let i = 0; i < length; i++) {
      bytes[i] = parseInt(hex.slice(2 * (length - 1 - i), 2 * (length - i)), 16);
    }
    if (length < 256) this.#out.op1(Op.LONG1, length);
    else {
      this.#out.u8(Op.LONG4);
      this.#out.u32(length);
    }
    this.#out.bytes(bytes);
  }

  #text(text: string): void {
    if (text.length > 2 && this.#recall(text)) return;
    const bytes = encodeText(text);
    this.#sized(bytes, Op.SHORT_BINUNICODE, Op.BINUNICODE, Op.BINUNICODE8);
    if (text.length > 2) this.#keep(text);
  }

  #sized(bytes: Uint8Array, short: number, medium: number, long: number): void {
    const { length } = bytes;
    if (length < 256) this.#out.op1(short, length);
    else if (length < 2 ** 32) {
      this.#out.u8(medium);
      this.#out.u32(length);
    } else {
      this.#out.u8(long);
      this.#out.u64(length);
    }
    this.#out.bytes(bytes);
  }

  #object(value: object): void {
    if (this.#recall(value)) return;
    if (++this.#depth > MAX_DEPTH) throw tooDeepForPython(value);
    const id = this.#persistent(value);
    if (id !== undefined) {
      this.#write(id);
      this.#out.u8(Op.BINPERSID);
      this.#keep(value);
    } else this.#plain(value);
    this.#depth--;
  }

  #plain(value: object): void {
    const out = this.#out;
    if (Array.isArray(value)) {
      out.u8(Op.EMPTY_LIST);
      this.#keep(value);
      this.#batches(value, Op.APPENDS, (item) => this.#write(item));
    } else if (value instanceof Map) {
      out.u8(Op.EMPTY_DICT);
      this.#keep(value);
      this.#entries(value);
    } else if (value instanceof Set) {
      out.u8(Op.EMPTY_SET);
      this.#keep(value);
      this.#batches([...value], Op.ADDITEMS, (item) => this.#write(item));
    } else if (value instanceof PythonTuple) this.#tuple(value);
    else if (value instanceof PythonGlobal) this.#global(value);
    else if (value instanceof PythonObject) this.#pythonObject(value);
    else if (value instanceof NumpyArray) this.#arrayOf(value, value);
    else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) this.#buffer(value);
    else if (isPlain(value)) {
      out.u8(Op.EMPTY_DICT);
      this.#keep(value);
      this.#entries(Object.entries(value));
    } else throw refuse(value);
  }

  #buffer(value: ArrayBufferView | ArrayBuffer): void {
    if (value instanceof ArrayBuffer || value instanceof Uint8Array || value instanceof DataView) {
      const bytes = value instanceof ArrayBuffer
        ? new Uint8Array(value)
        : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      this.#sized(bytes, Op.SHORT_BINBYTES, Op.BINBYTES, Op.BINBYTES8);
      return this.#keep(value);
    }
    this.#arrayOf(value, new NumpyArray(value as never));
  }

  #arrayOf(value: object, array: NumpyArray): void {
    this.#write(pythonArray(array));
    // The call was kept as itself; what is met again is the array.
    this.#memo.set(value, this.#memoized - 1);
  }

  #tuple({ items }: PythonTuple): void {
    const out = this.#out;
    if (items.length === 0) return out.u8(Op.EMPTY_TUPLE);
    if (items.length > 3) out.u8(Op.MARK);
    for (const item of items) this.#write(item);
    out.u8(items.length > 3 ? Op.TUPLE : Op.TUPLE1 + items.length - 1);
  }

  #global(value: PythonGlobal): void {
    this.#text(value.module);
    this.#text(value.name);
    this.#out.u8(Op.STACK_GLOBAL);
    this.#keep(value);
  }

  #pythonObject(object: PythonObject): void {
    const out = this.#out;
    this.#write(object.callable);
    this.#tuple(new PythonTuple(object.args));
    if (object.kwargs !== undefined) this.#write(object.kwargs);
    out.u8(object.kwargs !== undefined ? Op.NEWOBJ_EX : object.isNew ? Op.NEWOBJ : Op.REDUCE);
    this.#keep(object);
    if (object.items !== undefined) {
      this.#batches(object.items, Op.APPENDS, (item) => this.#write(item));
    }
    if (object.entries !== undefined) this.#entries(object.entries);
    if (object.state === undefined) return;
    this.#write(object.state);
    out.u8(Op.BUILD);
  }

  #entries(entries: Iterable<readonly [unknown, unknown]>): void {
    this.#batches([...entries], Op.SETITEMS, ([key, value]) => {
      this.#write(key);
      this.#write(value);
    });
  }

  #batches<T>(items: readonly T[], code: number, write: (item: T) => void): void {
    for (let from = 0; from < items.length; from += BATCH) {
      this.#out.u8(Op.MARK);
      for (let i = from; i < Math.min(from + BATCH, items.length); i++) write(items[i]);
      this.#out.u8(code);
    }
  }

  /** Writes what was written before; false if it was not. */
  #recall(value: unknown): boolean {
    const index = this.#memo.get(value);
    if (index === undefined) return false;
    if (index < 256) this.#out.op1(Op.BINGET, index);
    else {
      this.#out.u8(Op.LONG_BINGET);
      this.#out.u32(index);
    }
    return true;
  }

  #keep(value: unknown): void {
    this.#out.u8(Op.MEMOIZE);
    this.#memo.set(value, this.#memoized++);
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
