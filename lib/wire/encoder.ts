/**
 * Values to bytes, by the rules of structured clone, with what bytes cannot carry set aside. The hot path is here:
 * primitives, arrays and plain objects; the rest is in `encode_special.ts`.
 *
 * @module
 */

import type { Movable } from "../base/movable.ts";
import type { EncodeHooks, Encoding, Reach } from "./coding.ts";
import { encodeSpecial } from "./encode_special.ts";
import { encodeThrown } from "./error_codec.ts";
import { Refusal, refuse, serializationError, tooDeep } from "./refusal.ts";
import { ERROR_DEPTH, isOverflow, MAX_DEPTH, SPARSE_FROM, SPECIAL_DEPTH } from "./limits.ts";
import { encodeNumbers, NUMBERS_FROM } from "./number_array.ts";
import { encodeNames, encodeSparse, namesOf } from "./odd_arrays.ts";
import { writePrimitive } from "./primitives.ts";
import { ReferenceTable } from "./reference_table.ts";
import type { Writer } from "./writer.ts";
import {
  ARRAY,
  BIGINT,
  BIGINT64,
  CUSTOM,
  HOLE,
  NAMED_ARRAY,
  OBJECT,
  REFERENCE,
  SHORT_ARRAY,
  SHORT_OBJECT,
} from "./tags.ts";

/** Encodes the values of one message at a time. */
export class Encoder implements Encoding {
  /** Where the bytes go. */
  writer!: Writer;
  /** What the message has beside its bytes. A new array a message: the last one's stays as it was. */
  items: unknown[] = [];
  /** What of it is moved. */
  transfer: Movable[] = [];
  /** What the caller wants moved in place of copied; reset by `begin()`. */
  marked: ReadonlySet<object> | undefined = undefined;
  /** Buffers of this size and more, in bytes, become shared memory; reset by `begin()`. */
  sharesFrom = Infinity;
  /** How far the message goes; reset by `begin()`. */
  reach: Reach = "thread";

  readonly #hooks: EncodeHooks;
  readonly #references = new ReferenceTable();
  #depth = 0;
  #root = "";
  #index = 0;
  #busy = false;

  /** @param hooks What the runtime adds. */
  constructor(hooks: EncodeHooks) {
    this.#hooks = hooks;
  }

  /** True between `begin()` and `end()`. A getter of the user's may want to send a message meanwhile: not with this one. */
  get busy(): boolean {
    return this.#busy;
  }

  /**
   * Begins a message.
   *
   * @param writer Where it goes.
   * @param root What errors call the values: `"args"` for numbered ones, else the name itself.
   */
  begin(writer: Writer, root: "args" | "value" | string): void {
    if (this.#busy) this.end();
    this.writer = writer;
    this.marked = undefined;
    this.sharesFrom = Infinity;
    this.reach = "thread";
    if (this.items.length > 0) this.items = [];
    if (this.transfer.length > 0) this.transfer = [];
    this.#root = root;
    this.#index = 0;
    this.#depth = 0;
    this.#busy = true;
  }

  /** Ends the message, after a failure too: lets go of its objects. `items` and `transfer` stay for the caller. */
  end(): void {
    if (this.#references.count > 0) this.#references.truncate(0);
    this.marked = undefined;
    this.#busy = false;
  }

  /**
   * Writes a value. After an error the caller truncates the writer and calls `end()`.
   *
   * @throws {SerializationError} If something in it cannot cross.
   */
  value(value: unknown): void {
    if (this.#depth > 0) return this.write(value);
    if (!writePrimitive(this.writer, value)) this.#outermost(value);
    this.#index++;
  }

  #outermost(value: unknown): void {
    try {
      this.write(value);
    } catch (error) {
      this.#depth = 0;
      const refusal = error instanceof Refusal ? error : isOverflow(error) ? tooDeep(value) : undefined;
      if (refusal === undefined) throw error;
      const name = this.#root === "args" ? `args[${this.#index}]` : this.#root;
      throw serializationError(refusal, value, name);
    }
  }

  /** Writes a thrown value, which always succeeds: what cannot cross is described by an `Error`. */
  encodeThrown(thrown: unknown): void {
    encodeThrown(this, thrown);
    this.#index++;
  }

  /** Writes the tag of a hook's value; its payload follows. The object has its number already. */
  custom(kind: number): void {
    this.writer.u8(CUSTOM);
    this.writer.u8(kind);
  }

  /** Puts something beside the bytes; returns its position, for the payload. */
  aside(item: unknown): number {
    return this.items.push(item) - 1;
  }

  /** Tries to write a value; on any failure nothing of it is left, and the result is false. */
  attempt(write: () => void): boolean {
    const { writer, items, transfer } = this;
    const [pos, references, depth] = [writer.pos, this.#references.count, this.#depth];
    const [itemCount, transferCount] = [items.length, transfer.length];
    // Errors nest through more calls than other values do; their depth is counted accordingly.
    this.#depth += ERROR_DEPTH;
    try {
      write();
      this.#depth = depth;
      return true;
    } catch {
      writer.truncate(pos);
      this.#references.truncate(references);
      items.length = itemCount;
      transfer.length = transferCount;
      this.#depth = depth;
      return false;
    }
  }

  /** Gives an object the next number without writing it, unless it has one; true if it had. */
  known(value: object): boolean {
    return this.#references.find(value) >= 0;
  }

  /** Writes a value inside another one. For the codec's own files; hooks use `value()`. */
  write(value: unknown): void {
    if (writePrimitive(this.writer, value)) return;
    switch (typeof value) {
      case "object":
        return this.#object(value!);
      case "bigint":
        return this.#bigint(value);
      case "function":
        // A handle may be callable, and then says `function` of itself.
        return this.#object(value);
      default:
        throw refuse(value);
    }
  }

  #bigint(value: bigint): void {
    const writer = this.writer;
    writer.ensure(9);
    if (BigInt.asIntN(64, value) === value) {
      writer.bytes[writer.pos] = BIGINT64;
      writer.view.setBigInt64(writer.pos + 1, value, true);
      writer.pos += 9;
      return;
    }
    writer.u8(BIGINT);
    writer.u8(value < 0n ? 1 : 0);
    writer.string((value < 0n ? -value : value).toString(16));
  }

  #object(value: object): void {
    const number = this.#references.find(value);
    if (number >= 0) {
      this.writer.u8(REFERENCE);
      return this.writer.varint(number);
    }
    if (++this.#depth > MAX_DEPTH) throw tooDeep(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (Array.isArray(value)) {
      if (prototype === Array.prototype) this.#array(value, true);
      else this.#special(value, prototype as object);
    } else if ((prototype === Object.prototype || prototype === null) && typeof value === "object") {
      this.plain(value);
    } else this.#special(value, prototype as object);
    this.#depth--;
  }

  #special(value: object, prototype: object): void {
    // Together with the one that every object counts: as many as the decoder counts for it.
    this.#depth += SPECIAL_DEPTH - 1;
    if (!Array.isArray(value)) encodeSpecial(this, value, prototype, this.#hooks);
    else if (!this.#hooks.encode(value, this)) this.#array(value, false);
    this.#depth -= SPECIAL_DEPTH - 1;
  }

  /** Writes an object as a plain one. For the codec's own files. */
  plain(value: object): void {
    const keys = Object.keys(value);
    const count = keys.length;
    this.#head(SHORT_OBJECT, OBJECT, count);
    for (let i = 0; i < count; i++) {
      const key = keys[i];
      this.writer.string(key);
      this.write((value as Record<string, unknown>)[key]);
    }
  }

  #head(short: number, long: number, count: number): void {
    if (count < 16) return this.writer.u8(short + count);
    this.writer.u8(long);
    this.writer.varint(count);
  }

  #array(value: readonly unknown[], plain: boolean): void {
    const length = value.length;
    const names = namesOf(value, plain);
    if (names !== undefined) {
      this.#depth += SPECIAL_DEPTH - 1;
      this.writer.u8(NAMED_ARRAY);
      this.writer.varint(length);
    } else if (length >= NUMBERS_FROM && encodeNumbers(this.writer, value)) return;
    else this.#head(SHORT_ARRAY, ARRAY, length);
    for (let i = 0; i < length; i++) {
      const item = value[i];
      if (item === undefined && !(i in value)) {
        // A long array with one hole may be all holes: a billion of them.
        if (length > SPARSE_FROM) {
          encodeSparse(this, value, i);
          break;
        }
        this.writer.u8(HOLE);
      } else this.write(item);
    }
    if (names === undefined) return;
    encodeNames(this, value, names);
    this.#depth -= SPECIAL_DEPTH - 1;
  }
}
