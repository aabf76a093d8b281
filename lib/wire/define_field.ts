/**
 * Fields by any name.
 *
 * @module
 */

/** Gives an object a field of any name; an assignment to `__proto__` would change its prototype. */
export function defineField(object: object, key: string, value: unknown, enumerable = true): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
