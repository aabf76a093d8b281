/**
 * A name in its namespace, in the form in which the table of names holds it.
 *
 * @module
 */

/** A name and its namespace take at most so many bytes together, in UTF-8. */
export const KEY_BYTES = 240;

/** A name in its namespace. */
export interface NameKey {
  /** The namespace. */
  readonly namespace: string;
  /** The name. */
  readonly name: string;
  /** Both in UTF-8, the namespace first. */
  readonly bytes: Uint8Array;
  /** The length of the namespace in bytes. */
  readonly split: number;
  /** A hash of both. */
  readonly hash: number;
}

/** Makes a key. Throws `RangeError` if it is too long. */
export function nameKey(namespace: string, name: string): NameKey {
  const bytes = new TextEncoder().encode(namespace + name);
  if (bytes.length > KEY_BYTES) {
    throw new RangeError(
      `Cannot use name ${shorten(name)} in namespace ${
        shorten(namespace)
      }: together they are ${bytes.length} bytes ` +
        `long in UTF-8, at most ${KEY_BYTES} are allowed`,
    );
  }
  const split = new TextEncoder().encode(namespace).length;
  return { namespace, name, bytes, split, hash: hashOf(bytes, split) };
}

/** A hash of text, for the table. */
export function hashText(text: string): number {
  return hashOf(new TextEncoder().encode(text), 0);
}

/** A key as messages say it. */
export function describeKey({ namespace, name }: NameKey): string {
  return `${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)}`;
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash | 0;
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}
