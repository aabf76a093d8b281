/**
 * What the workers of the `postMessage` rows answer.
 *
 * @module
 */

let count = 0;

/** The answer to a message: to one with an id, the number of those before it; else the message itself. */
export function answer(message: unknown): unknown {
  return Array.isArray(message) ? [message[0], count++] : message;
}
