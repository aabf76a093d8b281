/**
 * Field names that were read before. Turning bytes into a name costs little; making the engine recognise the new string as
 * the name of a field costs more than all the rest of an object, so each name is made once.
 *
 * @module
 */

const SIZE = 512;

/** The names lately read, by their bytes. Names of other bytes with one hash replace each other. */
export class KeyCache {
  readonly #names: string[] = new Array(SIZE).fill("");

  /** The name that stands in `bytes` from `start`, of `length` ASCII characters. */
  get(bytes: Uint8Array, start: number, length: number): string {
    if (length === 0) return "";
    const last = start + length - 1;
    const slot = (length * 131 + bytes[start] * 31 + bytes[last] * 7 + bytes[start + (length >> 1)] * 57) &
      (SIZE - 1);
    const known = this.#names[slot];
    if (known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === bytes[start + i]) i++;
      if (i === length) return known;
    }
    let text = "";
    for (let i = start; i <= last; i++) text += String.fromCharCode(bytes[i]);
    // As the name of a field, so that the string kept is the engine's own for it.
    const name = Object.keys({ [text]: 0 })[0];
    this.#names[slot] = name;
    return name;
  }
}
