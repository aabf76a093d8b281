/**
 * Errors that nobody may ever see.
 *
 * @module
 */

/** An error that is made when it is first wanted: with its stack it costs more than an actor. */
export class LazyError<E extends Error = Error> {
  #make: (() => E) | undefined;
  #error: E | undefined = undefined;

  /** @param make Makes the error. */
  constructor(make: () => E) {
    this.#make = make;
  }

  /** The error, the same one each time. */
  get error(): E {
    if (this.#make !== undefined) this.#error = this.#make();
    this.#make = undefined;
    return this.#error!;
  }
}
