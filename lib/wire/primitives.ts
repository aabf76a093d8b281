/**
 * Primitive values without a codec around them: what most calls carry, and what needs no table of objects, no depth and no
 * name in errors. The bytes are the codec's.
 *
 * @module
 */

import type { Reader } from "./reader.ts";
import { FALSE, FLOAT64, INT16, INT32, NULL, SHORT_ARRAY, SHORT_STRING, TRUE, UNDEFINED } from "./tags.ts";
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

/** Reads a value if it is a primitive that is common; else reads nothing, and returns `NOT_PRIMITIVE`. */
export function readPrimitive(reader: Reader): unknown {
  const { bytes, pos, end } = reader;
  if (pos >= end) return NOT_PRIMITIVE;
  const tag = bytes[pos];
  if (tag < SHORT_STRING) {
    reader.pos = pos + 1;
    return tag;
  }
  if (tag < SHORT_ARRAY) {
    reader.pos = pos + 1;
    return reader.ascii(tag - SHORT_STRING);
  }
  switch (tag) {
    case INT16:
      if (pos + 3 > end) return NOT_PRIMITIVE;
      reader.pos = pos + 3;
      return (bytes[pos + 1] | bytes[pos + 2] << 8) << 16 >> 16;
    case INT32:
      reader.pos = pos + 1;
      return reader.i32();
    case FLOAT64:
      reader.pos = pos + 1;
      return reader.f64();
    case UNDEFINED:
      reader.pos = pos + 1;
      return undefined;
    case NULL:
      reader.pos = pos + 1;
      return null;
    case FALSE:
      reader.pos = pos + 1;
      return false;
    case TRUE:
      reader.pos = pos + 1;
      return true;
    default:
      return NOT_PRIMITIVE;
  }
}
