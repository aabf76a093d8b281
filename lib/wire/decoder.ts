/**
 * Bytes back to values. The hot path is here: primitives, arrays and plain objects; the rest is in `decode_special.ts`.
 *
 * @module
 */

import type { DecodeHooks, Decoding } from "./coding.ts";
import { CorruptFrameError } from "./corrupt_frame_error.ts";
import { defineField } from "./define_field.ts";
import { decodeSpecial } from "./decode_special.ts";
import { KeyCache } from "./key_cache.ts";
import { isOverflow, MAX_DEPTH, SPECIAL_DEPTH } from "./limits.ts";
import { NOT_PRIMITIVE, primitiveOf } from "./primitives.ts";
import { Reader } from "./reader.ts";
import {
  ARRAY,
  BIGINT64,
  HOLE,
  OBJECT,
  REFERENCE,
  SHORT_ARRAY,
  SHORT_OBJECT,
  SHORT_STRING,
  SPARSE,
  UNDEFINED,
} from "./tags.ts";

/** Stands where an object has its number but is not made yet. */
const NO_ITEMS: readonly unknown[] = [];
const UNFINISHED = Symbol("unfinished");

/** Decodes the values of one message at a time. */
export class Decoder implements Decoding {
  /** Where the bytes come from. */
  reader: Reader = new Reader();

  readonly #hooks: DecodeHooks;
  readonly #keys = new KeyCache();
  #items: readonly unknown[] = [];
  #objects: unknown[] = [];
  #count = 0;
  #depth = 0;

  /** @param hooks What the runtime adds. */
  constructor(hooks: DecodeHooks) {
    this.#hooks = hooks;
  }

  /**
   * Begins a message.
   *
   * @param reader Where it comes from.
   * @param items What it has beside its bytes.
   */
  begin(reader: Reader, items: readonly unknown[]): void {
    this.reader = reader;
    this.#items = items;
    this.#depth = 0;
    if (this.#count > 0) this.#clear();
  }

  /** Ends the message, after a failure too: lets go of its objects, so that they can be collected. */
  end(): void {
    this.#items = NO_ITEMS;
    if (this.#count > 0) this.#clear();
  }

  #clear(): void {
    if (this.#count > 64) this.#objects = [];
    else for (let i = 0; i < this.#count; i++) this.#objects[i] = undefined;
    this.#count = 0;
  }

  /** What travelled beside the bytes, by its position. */
  aside(index: number): unknown {
    if (!(index >= 0 && index < this.#items.length)) {
      throw new CorruptFrameError("what travels beside it is not there");
    }
    return this.#items[index];
  }

  /** Takes the next number for an object that is not made yet. */
  reserve(): number {
    this.#objects[this.#count] = UNFINISHED;
    return this.#count++;
  }

  /** Says which object has a number taken before. */
  register(slot: number, value: unknown): void {
    this.#objects[slot] = value;
  }

  /** Reads a name of a field, written by `Writer.string()`. */
  key(): string {
    const { reader } = this;
    const tag = reader.u8();
    if (tag < SHORT_STRING || tag >= SHORT_ARRAY) return reader.longString(tag);
    const length = tag - SHORT_STRING;
    const start = reader.pos;
    if (start + length > reader.end) reader.need(length);
    reader.pos = start + length;
    return this.#keys.get(reader.bytes, start, length);
  }

  /**
   * Reads the next value.
   *
   * @throws {CorruptFrameError} If the bytes are no value.
   */
  value(): unknown {
    const tag = this.reader.u8();
    if (tag < SHORT_STRING) return tag;
    return this.#depth === 0 ? this.#outermost(tag) : this.#value(tag);
  }

  #outermost(tag: number): unknown {
    try {
      return this.#value(tag);
    } catch (cause) {
      this.#depth = 0;
      // Within the limit of depth, but who called was deep in the stack already.
      if (isOverflow(cause)) throw new CorruptFrameError("it is nested deeper than the stack is", { cause });
      throw cause;
    }
  }

  #value(tag: number): unknown {
    const { reader } = this;
    if (tag >= SHORT_ARRAY && tag < UNDEFINED) {
      return tag < SHORT_OBJECT ? this.#array(tag - SHORT_ARRAY) : this.#object(tag - SHORT_OBJECT);
    }
    const primitive = primitiveOf(reader, tag);
    if (primitive !== NOT_PRIMITIVE) return primitive;
    switch (tag) {
      case BIGINT64:
        reader.need(8);
        reader.pos += 8;
        return reader.view.getBigInt64(reader.pos - 8, true);
      case ARRAY:
        return this.#array(reader.varint());
      case OBJECT:
        return this.#object(reader.count(2));
      case REFERENCE:
        return this.#reference(reader.varint());
      default:
        return this.#special(tag);
    }
  }

  #special(tag: number): unknown {
    this.#enter(SPECIAL_DEPTH);
    const value = decodeSpecial(this, this.#hooks, tag);
    this.#depth -= SPECIAL_DEPTH;
    return value;
  }

  #enter(levels: number): void {
    // The encoder does not count what has nothing inside, such as a long string at the very bottom.
    if ((this.#depth += levels) > MAX_DEPTH + SPECIAL_DEPTH) {
      throw new CorruptFrameError(`it is nested more than ${MAX_DEPTH} levels deep`);
    }
  }

  #reference(number: number): unknown {
    const value = number < this.#count ? this.#objects[number] : UNFINISHED;
    if (value === UNFINISHED) throw new CorruptFrameError("it refers to an object that is not there");
    return value;
  }

  #array(length: number): unknown[] {
    // Made in its size where that is small: growing would cost more. (Each level of nesting may waste one such array.)
    const array: unknown[] = length < 64 ? new Array(length) : [];
    this.#objects[this.#count++] = array;
    this.#enter(1);
    this.elements(array, length);
    this.#depth--;
    return array;
  }

  /** Reads the elements of an array. For the codec's own files. */
  elements(array: unknown[], length: number): void {
    const { reader } = this;
    // Nothing is made for the announced length: the array grows as bytes are there.
    for (let i = 0; i < length; i++) {
      const tag = reader.u8();
      if (tag === HOLE) {
        if (array.length <= i) array.length = i + 1;
      } else if (tag === SPARSE) {
        this.#sparse(array, i, length);
        break;
      } else array[i] = this.#value(tag);
    }
  }

  #sparse(array: unknown[], from: number, length: number): void {
    if (length > 0xffffffff) throw new CorruptFrameError("an array is too long");
    const count = this.reader.count(2);
    // By way of its last element: a mere new length makes engines set aside memory for all of it.
    array[length - 1] = undefined;
    delete array[length - 1];
    for (let i = 0; i < count; i++) {
      const index = this.reader.varint();
      if (index < from || index >= length) throw new CorruptFrameError("an element is outside its array");
      array[index] = this.value();
    }
  }

  #object(count: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#objects[this.#count++] = object;
    this.#enter(1);
    for (let i = 0; i < count; i++) {
      const key = this.key();
      const value = this.value();
      if (key === "__proto__") defineField(object, key, value);
      else object[key] = value;
    }
    this.#depth--;
    return object;
  }
}
