/**
 * The decoder's rules for everything that is not a primitive, a plain object or an array.
 *
 * @module
 */

import { decodeBuffer, decodeBytes, decodeView } from "./buffer_codec.ts";
import { CorruptFrameError } from "./corrupt_frame_error.ts";
import type { DecodeHooks, Decoding } from "./coding.ts";
import { defineField } from "./define_field.ts";
import { decodeError } from "./error_codec.ts";
import { decodeNumbers } from "./number_array.ts";
import {
  ASCII,
  ASIDE,
  BIGINT,
  BOXED,
  BUFFER,
  BYTES,
  CUSTOM,
  DATE,
  ERROR,
  MAP,
  NAMED_ARRAY,
  NUMBERS,
  REGEXP,
  RESIZABLE_BUFFER,
  SET,
  UTF16,
  UTF8,
  VIEW,
} from "./tags.ts";

/** Reads the rest of a value whose first byte was `tag`. */
export function decodeSpecial(decoder: Decoding, hooks: DecodeHooks, tag: number): unknown {
  switch (tag) {
    case ASCII:
    case UTF8:
    case UTF16:
      return decoder.reader.longString(tag);
    case BYTES:
      return decodeBytes(decoder);
    case CUSTOM: {
      const kind = decoder.reader.u8();
      const slot = decoder.reserve();
      const value = hooks.decode(kind, decoder, slot);
      decoder.register(slot, value);
      return value;
    }
    case MAP:
      return decodeMap(decoder);
    case SET:
      return decodeSet(decoder);
    case DATE: {
      const slot = decoder.reserve();
      return finish(decoder, slot, new Date(decoder.reader.f64()));
    }
    case ERROR:
      return decodeError(decoder);
    case BUFFER:
      return decodeBuffer(decoder, false);
    case RESIZABLE_BUFFER:
      return decodeBuffer(decoder, true);
    case VIEW:
      return decodeView(decoder);
    case ASIDE: {
      const slot = decoder.reserve();
      return finish(decoder, slot, decoder.aside(decoder.reader.varint()));
    }
    case REGEXP:
      return decodeRegExp(decoder);
    case BIGINT:
      return decodeBigInt(decoder);
    case BOXED:
      return decodeBoxed(decoder);
    case NUMBERS: {
      const array: unknown[] = finish(decoder, decoder.reserve(), []);
      decodeNumbers(decoder.reader, array);
      return array;
    }
    case NAMED_ARRAY:
      return decodeNamedArray(decoder);
    default:
      throw new CorruptFrameError(`there is no value of kind ${tag}`);
  }
}

function finish<T>(decoder: Decoding, slot: number, value: T): T {
  decoder.register(slot, value);
  return value;
}

function decodeMap(decoder: Decoding): Map<unknown, unknown> {
  const map = finish(decoder, decoder.reserve(), new Map<unknown, unknown>());
  const count = decoder.reader.u32();
  for (let i = 0; i < count; i++) {
    const key = decoder.value();
    map.set(key, decoder.value());
  }
  return map;
}

function decodeSet(decoder: Decoding): Set<unknown> {
  const set = finish(decoder, decoder.reserve(), new Set<unknown>());
  const count = decoder.reader.u32();
  for (let i = 0; i < count; i++) set.add(decoder.value());
  return set;
}

function decodeRegExp(decoder: Decoding): RegExp {
  const slot = decoder.reserve();
  const source = decoder.reader.string();
  const flags = decoder.reader.string();
  try {
    return finish(decoder, slot, new RegExp(source, flags));
  } catch (cause) {
    throw new CorruptFrameError("a regular expression is none", { cause });
  }
}

function decodeBigInt(decoder: Decoding): bigint {
  const negative = decoder.reader.u8() === 1;
  const digits = decoder.reader.string();
  if (!/^[0-9a-f]+$/.test(digits)) throw new CorruptFrameError("a bigint has other characters than digits");
  try {
    const size = BigInt(`0x${digits}`);
    return negative ? -size : size;
  } catch (cause) {
    throw new CorruptFrameError("a bigint is too long", { cause });
  }
}

function decodeBoxed(decoder: Decoding): unknown {
  const slot = decoder.reserve();
  const inner = decoder.value();
  switch (typeof inner) {
    case "number":
    case "string":
    case "boolean":
    case "bigint":
      return finish(decoder, slot, Object(inner));
    default:
      throw new CorruptFrameError("there is no primitive where one must be");
  }
}

function decodeNamedArray(decoder: Decoding): unknown[] {
  const array: unknown[] = finish(decoder, decoder.reserve(), []);
  decoder.elements(array, decoder.reader.varint());
  const count = decoder.reader.count(2);
  for (let i = 0; i < count; i++) {
    const key = decoder.key();
    // A corrupted name may be an index, or `length` itself, and must not resize the array.
    if (key === "length" || String(Number(key) >>> 0) === key) {
      throw new CorruptFrameError("an array's property has an impossible name");
    }
    defineField(array, key, decoder.value());
  }
  return array;
}
