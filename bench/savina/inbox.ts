/**
 * What the driver of a system waits with.
 *
 * @module
 */

/** Values that have come, or that are waited for. */
export class Inbox {
  readonly #values: number[] = [];
  #waiting: ((value: number) => void) | undefined;

  /** A value has come. */
  put(value: number): void {
    if (this.#waiting === undefined) return void this.#values.push(value);
    this.#waiting(value);
    this.#waiting = undefined;
  }

  /** The next value. */
  next(): Promise<number> {
    const value = this.#values.shift();
    if (value !== undefined) return Promise.resolve(value);
    return new Promise((resolve) => this.#waiting = resolve);
  }
}
