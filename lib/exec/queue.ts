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
  #first: T | undefined = undefined;
  #slots: (T | undefined)[] = NO_SLOTS;
  #head = 0;
  #length = 0;

  /** How many items wait. */
  get length(): number {
    return this.#length;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    // A single item, which most queues have at most, needs no slots.
    if (this.#length++ === 0) this.#first = item;
    else this.#append(item);
  }

  #append(item: T): void {
    const behind = this.#length - 2;
    if (behind === this.#slots.length) this.#grow(behind);
    this.#slots[(this.#head + behind) & (this.#slots.length - 1)] = item;
  }

  /** Takes the first item. */
  shift(): T | undefined {
    const item = this.#first;
    if (this.#length === 0) return undefined;
    if (--this.#length > 0) this.#advance();
    else {
      this.#first = undefined;
      if (this.#slots.length > KEEP) this.clear();
    }
    return item;
  }

  #advance(): void {
    this.#first = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
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
    this.#first = undefined;
    this.#slots = NO_SLOTS;
    this.#head = 0;
    this.#length = 0;
    return items;
  }

  #ordered(): T[] {
    return this.#length === 0 ? [] : [this.#first as T, ...this.#behind(this.#length - 1)];
  }

  /** The first `count` items behind the first one. */
  #behind(count: number): T[] {
    const items: T[] = [];
    for (let i = 0; i < count; i++) {
      items.push(this.#slots[(this.#head + i) & (this.#slots.length - 1)] as T);
    }
    return items;
  }

  #grow(used: number): void {
    const items: (T | undefined)[] = this.#behind(used);
    const size = Math.max(4, this.#slots.length * 2);
    while (items.length < size) items.push(undefined);
    this.#slots = items;
    this.#head = 0;
  }
}
