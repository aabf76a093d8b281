/**
 * How an `await` of a ref ends without promises in between. `await`, `Promise.all` and their like hand two functions of the
 * engine's own to the `then` of a thenable, and ignore what that returns; to settle theirs directly saves two promises and a
 * microtask (0.08 to 0.15 µs of a call).
 *
 * @module
 */

import type { Ref, RefObserver } from "./ref.ts";

const sourceOf = Function.prototype.toString;

/** How the engine shows a function of its own that has no name. */
const ENGINE: string = (() => {
  let shown = "";
  new Promise((resolve) => shown = sourceOf.call(resolve));
  return shown;
})();

/**
 * V8 shows all bound functions like this too, and they have names. JavaScriptCore shows those of functions without a name so, and
 * there to ask for the name costs as much as all of this saves: two of them together, handed to `then`, are taken for the engine's,
 * and called at once.
 */
const SHOWS_BOUND: boolean = sourceOf.call(function named(): void {}.bind(undefined)) === ENGINE;

/** True for a function by which the engine settles a promise. */
export function isEngines(callback: unknown): callback is (value: unknown) => unknown {
  return typeof callback === "function" && sourceOf.call(callback) === ENGINE &&
    (!SHOWS_BOUND || callback.name === "");
}

/**
 * An `await` that goes on when a ref is settled. It is what `then` returns to the engine, and has the methods of a promise for
 * others who come by the same way.
 */
export class Following implements RefObserver {
  readonly #ref: Ref;
  readonly #resolve: (value: unknown) => unknown;
  readonly #reject: (reason: unknown) => unknown;
  #result: unknown = undefined;

  /**
   * @param ref The ref.
   * @param resolve Called with its value.
   * @param reject Called with its error.
   */
  constructor(ref: Ref, resolve: (value: unknown) => unknown, reject: (reason: unknown) => unknown) {
    this.#ref = ref;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** {@inheritDoc RefObserver.settled} */
  settled(ref: Ref): void {
    try {
      this.end();
    } catch (error) {
      reportError(error);
    }
    // In this order, what awaits comes before the loop's next turn.
    ref.home.wait(-1);
    ref.home.expectContinuations();
  }

  /** Lets what awaits go on. */
  end(): void {
    const ref = this.#ref;
    if (ref.isReady) this.#result = this.#resolve(ref.value);
    else {
      ref.home.failureRead(ref);
      this.#result = this.#reject(ref.value);
    }
  }

  /** Lets what awaits go on after a turn for timers and I/O. */
  endAfter(pause: Promise<void>): void {
    pause.then(() => this.end());
  }

  /** As a promise's. */
  then<A, B>(
    onfulfilled?: ((value: unknown) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#ref.promise().then(() => this.#result, () => this.#result).then(onfulfilled, onrejected);
  }

  /** As a promise's. */
  catch<B>(onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<unknown> {
    return this.then(undefined, onrejected);
  }

  /** As a promise's. */
  finally(callback?: (() => void) | null): Promise<unknown> {
    return this.then((value) => value).finally(callback);
  }

  /** `"Promise"`. */
  get [Symbol.toStringTag](): string {
    return "Promise";
  }
}
