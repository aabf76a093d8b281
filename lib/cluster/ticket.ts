/**
 * Ids that the server gives, now or later. Nothing here is a promise: a thread that blocks in `getSync` hears of them too.
 *
 * @module
 */

/** An id that is there, or will be. Told once; MUST NOT run user code, MUST NOT throw. @internal */
export class Ticket {
  #id: Uint8Array | undefined;
  #error: Error | undefined;
  #waiting: (() => void)[] = [];

  /** The id, if it is there. */
  get id(): Uint8Array | undefined {
    return this.#id;
  }

  /** Why there is none. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** True once there is an id, or an error. */
  get isSettled(): boolean {
    return this.#id !== undefined || this.#error !== undefined;
  }

  /** Calls back when it is settled; at once if it is. */
  when(callback: () => void): void {
    if (this.isSettled) callback();
    else this.#waiting.push(callback);
  }

  /** Gives it its id. */
  settle(id: Uint8Array): void {
    if (this.isSettled) return;
    this.#id = id;
    this.#tell();
  }

  /** There will be none. */
  fail(error: Error): void {
    if (this.isSettled) return;
    this.#error = error;
    this.#tell();
  }

  #tell(): void {
    for (const callback of this.#waiting.splice(0)) callback();
  }
}

/** An id as a text, which tells it from others. @internal */
export function textOf(id: Uint8Array): string {
  return String.fromCharCode(...id);
}
