/**
 * The end of reading a pickle: some things turn out to be others only when all of them was read, and stand in many places by then.
 *
 * @module
 */

import { numpyValue } from "./numpy_array.ts";
import { PythonObject } from "./python_values.ts";

/** Whether an object that was given its state is plain data. */
export function isBuilt(object: PythonObject): boolean {
  return numpyValue(object) !== undefined;
}

/** The data that an object is. */
export function rebuild(object: PythonObject): unknown {
  return numpyValue(object);
}

/**
 * Puts others in place of what is found in a value, to any depth.
 *
 * @param value The value.
 * @param others What stands for what.
 * @returns The value, or what stands for it.
 */
export function promoteMaps(value: unknown, others: ReadonlyMap<object, unknown>): unknown {
  const swap = (item: unknown): unknown => {
    const found = others.has(item as object) ? others.get(item as object) : item;
    if (typeof found === "object" && found !== null && !seen.has(found)) {
      seen.add(found);
      waiting.push(found);
    }
    return found;
  };
  const seen = new Set<object>();
  const waiting: object[] = [];
  const result = swap(value);
  for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
    if (Array.isArray(object)) { for (let i = 0; i < object.length; i++) object[i] = swap(object[i]); }
    else if (object instanceof Map) {
      const entries = [...object];
      object.clear();
      for (const [key, item] of entries) object.set(swap(key), swap(item));
    } else if (object instanceof Set) {
      const items = [...object];
      object.clear();
      for (const item of items) object.add(swap(item));
    } else if (object instanceof PythonObject) {
      object.args = object.args.map(swap);
      object.kwargs = swap(object.kwargs);
      object.state = swap(object.state);
      object.items = object.items?.map(swap);
      object.entries = object.entries?.map(([key, item]) => [swap(key), swap(item)]);
    } else if (Object.getPrototypeOf(object) === Object.prototype) {
      const fields = object as Record<string, unknown>;
      for (const name of Object.keys(fields)) {
        const other = swap(fields[name]);
        if (other !== fields[name]) {
          Object.defineProperty(fields, name, {
            value: other,
            enumerable: true,
            writable: true,
            configurable: true,
          });
        }
      }
    }
  }
  return result;
}
