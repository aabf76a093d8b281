/**
 * Refs that have crossed: those of this thread that others hold, and those of others that are held here. An owner keeps a
 * value while anyone may still ask for it; each holder says once its copies are out of reach.
 *
 * @module
 */

import type { Ref } from "./ref.ts";

/** A ref of this thread that others hold. */
interface Export {
  readonly ref: Ref;
  /** Copies by holder. A holder may give back before its giver has announced it: then it is negative for a while. */
  readonly copies: Map<number, number>;
}

/** A ref of another thread that is held here. */
interface Borrow {
  readonly packed: number;
  /** How many copies have come. */
  copies: number;
}

/** The crossed refs of one thread. */
export class RefTable {
  readonly #exports = new Map<number, Export>();
  readonly #borrows = new Map<number, { ref: WeakRef<Ref>; borrow: Borrow }>();
  readonly #registry: FinalizationRegistry<Borrow>;

  /** @param onRelease Told how many copies of a borrowed ref went out of reach. */
  constructor(onRelease: (packed: number, copies: number) => void) {
    this.#registry = new FinalizationRegistry((borrow) => {
      if (this.#borrows.get(borrow.packed)?.borrow === borrow) this.#borrows.delete(borrow.packed);
      onRelease(borrow.packed, borrow.copies);
    });
  }

  /** A ref of this thread goes to `holder`. */
  lend(ref: Ref, holder: number): void {
    const packed = ref.number();
    let entry = this.#exports.get(packed);
    if (entry === undefined) this.#exports.set(packed, entry = { ref, copies: new Map() });
    this.#add(packed, entry, holder, 1);
  }

  /** `holder` has got one more copy (1), or has given copies back (negative). */
  change(packed: number, holder: number, copies: number): void {
    const entry = this.#exports.get(packed);
    if (entry !== undefined) this.#add(packed, entry, holder, copies);
  }

  #add(packed: number, entry: Export, holder: number, copies: number): void {
    const sum = (entry.copies.get(holder) ?? 0) + copies;
    if (sum === 0) entry.copies.delete(holder);
    else entry.copies.set(holder, sum);
    if (entry.copies.size === 0) this.#exports.delete(packed);
  }

  /** A ref of this thread that others hold. */
  lent(packed: number): Ref | undefined {
    return this.#exports.get(packed)?.ref;
  }

  /** A ref of another thread has come: the copy that is here already, or the one that `make` makes. */
  borrow(packed: number, make: () => Ref): Ref {
    const known = this.#borrows.get(packed);
    const ref = known?.ref.deref();
    if (known !== undefined && ref !== undefined) {
      known.borrow.copies++;
      return ref;
    }
    const made = make();
    const borrow: Borrow = { packed, copies: 1 };
    this.#borrows.set(packed, { ref: new WeakRef(made), borrow });
    this.#registry.register(made, borrow);
    return made;
  }

  /** A holder has died: its copies count no more. */
  forgetHolder(holder: number): void {
    for (const [packed, entry] of this.#exports) {
      entry.copies.delete(holder);
      if (entry.copies.size === 0) this.#exports.delete(packed);
    }
  }
}
