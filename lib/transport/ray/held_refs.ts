/**
 * The refs and handles that a program holds: the server is told when the last copy of one is gone.
 *
 * @module
 */

import { ActorRef, ObjectRefId } from "./remote_refs.ts";

/** Counts the copies of each id, and tells of those that are gone. */
export class HeldRefs {
  readonly #counts = new Map<string, { readonly id: Uint8Array; copies: number }>();
  readonly #collected = new FinalizationRegistry<string>((key) => this.#gone(key));
  readonly #release: (ids: Uint8Array[]) => void;
  #waiting: Uint8Array[] = [];

  /** @param release Tells the server. */
  constructor(release: (ids: Uint8Array[]) => void) {
    this.#release = release;
  }

  /** A copy of a ref. */
  object(id: Uint8Array): ObjectRefId {
    return this.#hold(new ObjectRefId(id));
  }

  /** A copy of a handle. */
  actor(id: Uint8Array): ActorRef {
    return this.#hold(new ActorRef(id));
  }

  /** Gives a copy up; does nothing if it was given up before. */
  giveUp(ref: ObjectRefId | ActorRef): void {
    if (this.#collected.unregister(ref)) this.#gone(keyOf(ref.id));
  }

  #hold<R extends ObjectRefId | ActorRef>(ref: R): R {
    const key = keyOf(ref.id);
    const count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, { id: ref.id, copies: 1 });
    else count.copies++;
    this.#collected.register(ref, key, ref);
    return ref;
  }

  #gone(key: string): void {
    const count = this.#counts.get(key);
    if (count === undefined || --count.copies > 0) return;
    this.#counts.delete(key);
    // Many are collected at once: they go in one message.
    if (this.#waiting.push(count.id) > 1) return;
    queueMicrotask(() => this.#release(this.#waiting.splice(0)));
  }
}

/** Bytes as a text that tells them from others. */
function keyOf(id: Uint8Array): string {
  return String.fromCharCode(...id);
}
