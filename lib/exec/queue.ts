/**
 * A first-in, first-out queue without cost at its head.
 *
 * @module
 */

/** A queue that grew beyond this gives its memory back when it is empty. */
const KEEP = 1_024;
/** What a queue has before its first item: there may be very many queues. Never written to. */
const NO_SLOTS: never[] = [];

/** Where calls wait their turn: a circle of slots, doubled when it is full. */
export class Queue<T> {
  #slots: (T | undefined)[] = NO_SLOTS;
  #head = 0;
  #length = 0;

  /** How many items wait. */
  get length(): number {
    return this.#length;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    if (this.#length === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#length++) & (this.#slots.length - 1)] = item;
  }

  /** Takes the first item. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    if (--this.#length === 0 && this.#slots.length > KEEP) this.clear();
    return item;
  }

  /** The items, which stay. */
  items(): readonly T[] {
    return this.#ordered();
  }

  /** Takes an item out, wherever it stands; false if it is not there. */
  remove(item: T): boolean {
    const items = this.#ordered();
    const index = items.indexOf(item);
    if (index < 0) return false;
    items.splice(index, 1);
    this.clear();
    for (const other of items) this.push(other);
    return true;
  }

  /** Takes all items. */
  clear(): T[] {
    const items = this.#ordered();
    this.#slots = NO_SLOTS;
    this.#head = 0;
    this.#length = 0;
    return items;
  }

  #ordered(): T[] {
    const items: T[] = [];
    for (let i = 0; i < this.#length; i++) {
      items.push(this.#slots[(this.#head + i) & (this.#slots.length - 1)] as T);
    }
    return items;
  }

  #grow(): void {
    const items: (T | undefined)[] = this.#ordered();
    const size = Math.max(4, this.#slots.length * 2);
    while (items.length < size) items.push(undefined);
    this.#slots = items;
    this.#head = 0;
  }
}
