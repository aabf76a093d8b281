/**
 * The calls that a link's other end has to answer.
 *
 * @module
 */

import type { Ref } from "../objects/ref.ts";

/** A table of refs by slot. Whoever closes the link rejects all that are left. */
export class PendingCalls {
  #refs: (Ref | undefined)[] = [];
  #free: number[] = [];
  /** How many refs there are. */
  size = 0;

  /** Adds a ref; its slot goes with the call. */
  add(ref: Ref): number {
    const slot = this.#free.pop() ?? this.#refs.length;
    this.#refs[slot] = ref;
    this.size++;
    return slot;
  }

  /** The ref of a call that goes on. */
  at(slot: number): Ref | undefined {
    return this.#refs[slot];
  }

  /** Takes the ref of an answer, or of a call that was not sent after all. */
  take(slot: number): Ref | undefined {
    const ref = this.#refs[slot];
    if (ref === undefined) return undefined;
    this.#refs[slot] = undefined;
    this.#free.push(slot);
    this.size--;
    return ref;
  }

  /** The slot of a ref; -1 if it has none. */
  find(ref: Ref): number {
    return this.#refs.indexOf(ref);
  }

  /** Has the answer settle another ref. */
  replace(slot: number, ref: Ref): void {
    this.#refs[slot] = ref;
  }

  /** All that wait for an answer. */
  all(): Ref[] {
    return this.#refs.filter((ref) => ref !== undefined);
  }

  /** Rejects all that are left. */
  rejectAll(reason: (ref: Ref) => unknown): void {
    const refs = this.#refs;
    this.#refs = [];
    this.#free = [];
    this.size = 0;
    for (const ref of refs) ref?.reject(reason(ref));
  }
}
