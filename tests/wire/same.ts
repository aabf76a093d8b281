// Whether two values are alike to the last detail: classes, holes, -0, the order of keys, and which parts are one object.

/** The path at which two values differ, and how; `undefined` if they do not. */
export function difference(
  a: unknown,
  b: unknown,
  path = "value",
  pairs = new Map<object, object>(),
): string | undefined {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) {
    return Object.is(a, b) ? undefined : `${path}: ${String(a)} is not ${String(b)}`;
  }
  if (pairs.has(a)) return pairs.get(a) === b ? undefined : `${path}: shared in one, not in the other`;
  pairs.set(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path}: of different classes`;
  const inner = insides(a);
  const others = insides(b);
  if (inner.length !== others.length) return `${path}: ${inner.length} parts are not ${others.length}`;
  for (let i = 0; i < inner.length; i++) {
    const found = difference(inner[i], others[i], `${path}(${i})`, pairs);
    if (found !== undefined) return found;
  }
  const keys = Object.keys(a);
  const otherKeys = Object.keys(b);
  if (keys.join() !== otherKeys.join()) return `${path}: keys ${keys} are not ${otherKeys}`;
  for (const key of keys) {
    const found = difference(a[key as keyof typeof a], b[key as keyof typeof b], `${path}.${key}`, pairs);
    if (found !== undefined) return found;
  }
  return undefined;
}

function insides(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat(1);
  if (value instanceof Set) return [...value];
  if (value instanceof Date) return [value.getTime()];
  if (value instanceof RegExp) return [value.source, value.flags, value.lastIndex];
  if (value instanceof DataView) return [value.buffer, value.byteOffset, value.byteLength];
  if (ArrayBuffer.isView(value)) return [value.buffer, value.byteOffset, value.byteLength];
  if (value instanceof ArrayBuffer) return [value.resizable, value.maxByteLength, ...new Uint8Array(value)];
  if (value instanceof SharedArrayBuffer) return [value.byteLength];
  if (value instanceof Error) {
    const parts: unknown[] = [
      value.name,
      value.message,
      value.stack,
      Object.hasOwn(value, "cause"),
      value.cause,
    ];
    if (value instanceof AggregateError) parts.push(value.errors);
    return parts;
  }
  if (Array.isArray(value)) return [value.length];
  if (
    value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt
  ) {
    return [value.valueOf()];
  }
  return [];
}
