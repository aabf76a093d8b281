/**
 * Who has handles of the actors that live in this thread. Each thread that has one counts as often as it was given one, and says
 * once when garbage collection has taken its handle. An actor that nobody has a handle of any more comes to its end.
 *
 * @module
 */

/** The holders of one thread's actors. */
export class Holders {
  readonly #self: number;
  /** The handles that this thread itself was given, by actor: there may be very many. */
  readonly #own = new Map<number, number>();
  /** Those of others, by actor and holder. A holder may give back before its giver has said that it has one: then it is negative for a while. */
  readonly #others = new Map<number, Map<number, number>>();
  readonly #onUnheld: (local: number) => void;

  /**
   * @param self This thread's number.
   * @param onUnheld Told the number of an actor that nobody has a handle of.
   */
  constructor(self: number, onUnheld: (local: number) => void) {
    this.#self = self;
    this.#onUnheld = onUnheld;
  }

  /** Thread `holder` was given a handle of actor `local` (1), or has given some back (negative). */
  change(local: number, holder: number, handles: number): void {
    if (holder === this.#self) add(this.#own, local, handles);
    else {
      let counts = this.#others.get(local);
      if (counts === undefined) this.#others.set(local, counts = new Map());
      add(counts, holder, handles);
    }
    this.#check(local);
  }

  /** A thread has died: its handles count no more. */
  forgetHolder(holder: number): void {
    for (const [local, counts] of [...this.#others]) if (counts.delete(holder)) this.#check(local);
  }

  /** An actor has ended, or is never to end for want of handles. */
  forget(local: number): void {
    this.#own.delete(local);
    this.#others.delete(local);
  }

  #check(local: number): void {
    if (this.#own.has(local) || (this.#others.get(local)?.size ?? 0) > 0) return;
    this.#others.delete(local);
    this.#onUnheld(local);
  }
}

/** Changes a count; one of 0 is none. */
function add(counts: Map<number, number>, key: number, change: number): void {
  const sum = (counts.get(key) ?? 0) + change;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}
