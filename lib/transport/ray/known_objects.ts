/**
 * The few calls in a pickle whose result is plain data, made here without calling anything.
 *
 * @module
 */

import { numpyValue } from "./numpy_array.ts";
import { PythonGlobal, type PythonObject } from "./python_values.ts";

/** What an object is, if that is known to be data; else the object itself. */
export function knownObject(object: PythonObject): unknown {
  const { callable, args } = object;
  if (!(callable instanceof PythonGlobal)) return object;
  if (callable.module.split(".")[0] === "numpy") return numpyValue(object) ?? object;
  const [first] = args;
  switch (callable.toString().replace("__builtin__.", "")) {
    case "set":
    case "frozenset":
      if (args.length === 0) return new Set();
      return args.length === 1 && Array.isArray(first) ? new Set(first) : object;
    case "bytes":
      return args.length === 0 ? new Uint8Array() : object;
    case "bytearray":
      if (args.length === 0) return new Uint8Array();
      return args.length === 1 && first instanceof Uint8Array ? first : object;
    case "collections.OrderedDict":
      return args.length === 0 ? {} : object;
    case "_codecs.encode":
      // Bytes, as protocol 2 has them.
      if (typeof first !== "string" || args[1] !== "latin1") return object;
      return Uint8Array.from(first, (character) => character.charCodeAt(0));
    default:
      return object;
  }
}
