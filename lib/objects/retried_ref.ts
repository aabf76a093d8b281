/**
 * The ref of a call that may be made again: an error ends it only if nobody tries once more.
 *
 * @module
 */

import { PENDING, Ref } from "./ref.ts";

/** A ref that asks before it fails. */
export class RetriedRef<T = unknown> extends Ref<T> {
  #again: ((error: unknown) => boolean) | undefined = undefined;

  /** From now on each error is shown to `again`, which is true if the call is being made again. MUST NOT throw. */
  arm(again: (error: unknown) => boolean): void {
    this.#again = again;
  }

  /** The call is not made again, whatever happens. */
  disarm(): void {
    this.#again = undefined;
  }

  override resolve(value: unknown): void {
    this.#again = undefined;
    super.resolve(value);
  }

  override reject(error: unknown): void {
    if (this.status === PENDING && this.#again?.(error) === true) return;
    this.#again = undefined;
    super.reject(error);
  }
}
