/**
 * Arguments that are not there yet, and those that are kept.
 *
 * @module
 */

import { FAILED, PENDING, Ref, type RefObserver } from "../objects/ref.ts";

/** What is done once all arguments are there, or one has failed. */
export interface WhenReady {
  /** Takes the values. */
  ready(values: readonly unknown[]): void;
  /** Takes the first error. */
  failed(error: unknown): void;
}

/** Calls `ready` with the values once all refs among `args` have one, or `failed` with the first error. */
export function whenReady(
  args: unknown[],
  then: { ready: (values: unknown[]) => void; failed: (error: unknown) => void },
): void {
  if (!args.some((arg) => arg instanceof Ref)) return then.ready(args);
  const pending = args.filter((arg): arg is Ref => arg instanceof Ref && arg.status === PENDING);
  let missing = pending.length;
  let isOver = false;
  const check = (): void => {
    if (isOver) return;
    const failed = args.find((arg) => arg instanceof Ref && arg.status === FAILED) as Ref | undefined;
    if (failed === undefined && missing > 0) return;
    isOver = true;
    failed?.home.failureRead(failed);
    if (failed !== undefined) return then.failed(failed.value);
    then.ready(args.map((arg) => arg instanceof Ref ? arg.value : arg));
  };
  const observer: RefObserver = {
    settled() {
      missing--;
      check();
    },
  };
  for (const ref of pending) ref.observe(observer);
  check();
}

/** The same where the values are sent on: what cannot be sent has failed too. */
export function sendWhenReady(
  args: unknown[],
  send: (values: unknown[]) => void,
  failed: (error: unknown) => void,
): void {
  const ready = (values: unknown[]): void => {
    try {
      send(values);
    } catch (error) {
      failed(error);
    }
  };
  whenReady(args, { ready, failed });
}

/** The constructor's arguments of an actor that may be restarted, for each start. */
export class KeptArguments {
  #give: ((to: WhenReady) => void) | undefined;
  #to: WhenReady | undefined;
  #isDropped = false;

  /** @param args Copies; refs at the top level stay as they are. Without them, {@linkcode come} says them. */
  constructor(args?: unknown[]) {
    if (args === undefined) return;
    whenReady(args, {
      ready: (values) => this.#have((to) => to.ready(values)),
      failed: (error) => this.#have((to) => to.failed(error)),
    });
  }

  /** True once they are there. */
  get areThere(): boolean {
    return this.#give !== undefined;
  }

  /** They have come. */
  come(values: readonly unknown[]): void {
    this.#have((to) => to.ready(values));
  }

  /** Gives them to whoever starts the actor now, in place of who wanted them before. */
  giveTo(to: WhenReady): void {
    this.#to = to;
    this.#give?.(to);
  }

  /** The actor has ended: nobody needs them any more. */
  drop(): void {
    this.#to = undefined;
    this.#give = undefined;
    this.#isDropped = true;
  }

  #have(give: (to: WhenReady) => void): void {
    if (this.#isDropped) return;
    this.#give = give;
    if (this.#to !== undefined) give(this.#to);
  }
}
