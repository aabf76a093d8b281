/**
 * Who has handles of the actors that live in this thread. Each thread that has one counts as often as it was given one, and says
 * once when garbage collection has taken its handle. An actor that nobody has a handle of any more comes to its end.
 *
 * Of this thread's own handles an actor knows itself (`ActorHost.ownHandles`); what stands here is the difference to what others
 * have said that they gave it, and that is nothing most of the time.
 *
 * @module
 */

import type { Host } from "../exec/host.ts";

/** The holders of one thread's actors. */
export class Holders {
  readonly #self: number;
  /** The handles that others have said they gave this thread, without those that it has counted, by actor. */
  readonly #given = new Map<number, number>();
  /** Those of others, by actor and holder. A holder may give back before its giver has said that it has one: then it is negative for a while. */
  readonly #others = new Map<number, Map<number, number>>();
  readonly #host: Host;
  readonly #onUnheld: (local: number) => void;

  /**
   * @param self This thread's number.
   * @param host Has its actors.
   * @param onUnheld Told the number of an actor that nobody has a handle of.
   */
  constructor(self: number, host: Host, onUnheld: (local: number) => void) {
    this.#self = self;
    this.#host = host;
    this.#onUnheld = onUnheld;
  }

  /** Thread `holder` was given a handle of actor `local` (1), or has given some back (negative). */
  change(local: number, holder: number, handles: number): void {
    if (holder === this.#self) add(this.#given, local, handles);
    else {
      let counts = this.#others.get(local);
      if (counts === undefined) this.#others.set(local, counts = new Map());
      add(counts, holder, handles);
    }
    this.check(local);
  }

  /** A thread has died: its handles count no more. */
  forgetHolder(holder: number): void {
    for (const [local, counts] of [...this.#others]) if (counts.delete(holder)) this.check(local);
  }

  /** An actor has ended, or is never to end for want of handles. */
  forget(local: number): void {
    this.#given.delete(local);
    this.#others.delete(local);
  }

  /** An actor may have lost its last handle. */
  check(local: number): void {
    const here = this.#host.find(local)?.ownHandles ?? 0;
    if (here + (this.#given.get(local) ?? 0) !== 0) return;
    if ((this.#others.get(local)?.size ?? 0) > 0) return;
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
