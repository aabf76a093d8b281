/**
 * The objects of one message in the order in which they were met, so that one met again is written as a number.
 *
 * @module
 */

/** Up to here a walk over the list is faster than a hash table, which must be filled first. */
const LINEAR = 8;

/** Numbers objects. */
export class ReferenceTable {
  #list: unknown[] = [];
  readonly #numbers: Map<object, number> = new Map();
  #count = 0;

  /** How many objects there are. */
  get count(): number {
    return this.#count;
  }

  /** The number of an object met before; else -1, and the object has the next number. */
  find(value: object): number {
    const count = this.#count;
    const list = this.#list;
    if (count < LINEAR) {
      for (let i = 0; i < count; i++) if (list[i] === value) return i;
    } else {
      if (count === LINEAR) { for (let i = 0; i < LINEAR; i++) this.#numbers.set(list[i] as object, i); }
      const number = this.#numbers.get(value);
      if (number !== undefined) return number;
      this.#numbers.set(value, count);
    }
    list[count] = value;
    this.#count = count + 1;
    return -1;
  }

  /** Forgets all but the first `count` objects. */
  truncate(count: number): void {
    if (this.#numbers.size > 0) {
      if (count <= LINEAR) this.#numbers.clear();
      else for (let i = count; i < this.#count; i++) this.#numbers.delete(this.#list[i] as object);
    }
    // A list of usual size is kept, emptied, so that the next message need not make one.
    if (this.#count > 64 && count === 0) this.#list = [];
    else for (let i = count; i < this.#count; i++) this.#list[i] = undefined;
    this.#count = count;
  }
}
