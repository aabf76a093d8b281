/**
 * Primitive values without a codec around them: what most calls carry, and what needs no table of objects, no depth and no
 * name in errors. The bytes are the codec's.
 *
 * @module
 */

import type { Reader } from "./reader.ts";
import {
  FALSE,
  FLOAT64,
  INT16,
  INT32,
  INT8,
  NULL,
  SHORT_ARRAY,
  SHORT_STRING,
  TRUE,
  UNDEFINED,
} from "./tags.ts";
import type { Writer } from "./writer.ts";

/** Stands for a value that is no primitive, or one that is seldom. */
export const NOT_PRIMITIVE: unique symbol = Symbol("not primitive");

/** Writes a value if it is a primitive; else writes nothing, and returns false. */
export function writePrimitive(writer: Writer, value: unknown): boolean {
  switch (typeof value) {
    case "number":
      writer.number(value);
      return true;
    case "string":
      writer.string(value);
      return true;
    case "boolean":
      writer.u8(value ? TRUE : FALSE);
      return true;
    case "undefined":
      writer.u8(UNDEFINED);
      return true;
    default:
      if (value !== null) return false;
      writer.u8(NULL);
      return true;
  }
}

/** Reads a value if it is a primitive that is common; else returns `NOT_PRIMITIVE`, and the reader stands somewhere in it. */
export function readPrimitive(reader: Reader): unknown {
  const tag = reader.u8();
  return tag < SHORT_STRING ? tag : primitiveOf(reader, tag);
}

/** Reads the rest of a value whose first byte was `tag`, if it is a primitive that is common; else reads nothing. */
export function primitiveOf(reader: Reader, tag: number): unknown {
  if (tag < SHORT_STRING) return tag;
  if (tag < SHORT_ARRAY) return reader.ascii(tag - SHORT_STRING);
  switch (tag) {
    case UNDEFINED:
      return undefined;
    case NULL:
      return null;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case INT8:
      return reader.u8() << 24 >> 24;
    case INT16:
      return reader.i16();
    case INT32:
      return reader.i32();
    case FLOAT64:
      return reader.f64();
    default:
      return NOT_PRIMITIVE;
  }
}
