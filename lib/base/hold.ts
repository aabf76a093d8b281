/**
 * What keeps a process alive while a program waits for another thread: threads themselves do not.
 *
 * @module
 */

/** Keeps the process alive between `keep` and `release`. */
export class Hold {
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Keeps the process alive from now on. */
  keep(): void {
    this.#timer ??= setInterval(() => {}, 2 ** 30);
  }

  /** Lets it end. */
  release(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
