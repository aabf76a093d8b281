/**
 * Who has handles of the actors that live in this thread. Each thread that has one counts as often as it was given one, and says
 * once when garbage collection has taken its handle. An actor that nobody has a handle of any more comes to its end.
 *
 * @module
 */

/** The holders of one thread's actors. */
export class Holders {
  /** By actor and holder. A holder may give back before its giver has said that it has one: then it is negative for a while. */
  readonly #counts = new Map<number, Map<number, number>>();
  readonly #onUnheld: (local: number) => void;

  /** @param onUnheld Told the number of an actor that nobody has a handle of. */
  constructor(onUnheld: (local: number) => void) {
    this.#onUnheld = onUnheld;
  }

  /** Thread `holder` was given a handle of actor `local` (1), or has given some back (negative). */
  change(local: number, holder: number, handles: number): void {
    let counts = this.#counts.get(local);
    if (counts === undefined) this.#counts.set(local, counts = new Map());
    const sum = (counts.get(holder) ?? 0) + handles;
    if (sum === 0) counts.delete(holder);
    else counts.set(holder, sum);
    this.#check(local, counts);
  }

  /** A thread has died: its handles count no more. */
  forgetHolder(holder: number): void {
    for (const [local, counts] of [...this.#counts]) if (counts.delete(holder)) this.#check(local, counts);
  }

  /** An actor has ended, or is never to end for want of handles. */
  forget(local: number): void {
    this.#counts.delete(local);
  }

  #check(local: number, counts: ReadonlyMap<number, number>): void {
    if (counts.size > 0) return;
    this.#counts.delete(local);
    this.#onUnheld(local);
  }
}
