/**
 * Only completed and right work counts.
 *
 * @module
 */

/** Throws unless an answer is what it must be. */
export function expect(found: unknown, expected: unknown, what: string): void {
  if (found !== expected) {
    throw new Error(`Cannot trust the row: ${what} is ${String(found)}, expected ${String(expected)}`);
  }
}
