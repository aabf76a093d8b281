/**
 * An executor: calls in the order of their arrival, so many at a time. A sync actor has a limit of one; a call that returned
 * a promise counts until that settles, and meanwhile others begin if the limit allows.
 *
 * @module
 */

import type { IncomingCall } from "./incoming_call.ts";
import { Queue } from "./queue.ts";

/** Runs the calls of an executor. */
export interface CallRunner {
  /** Runs the method and returns what it returned. May throw what it threw. */
  invoke(call: IncomingCall): unknown;
  /** A call began to run on its own: its promise is pending. */
  began(): void;
  /** A pending promise was settled. */
  ended(): void;
  /** The executor has something to run. */
  ready(executor: Executor): void;
}

/** A limit of calls in progress, and those that wait. */
export class Executor {
  /** True while it stands in the list of those with something to run. */
  isReady = false;
  readonly #limit: number;
  readonly #runner: CallRunner;
  readonly #queue = new Queue<IncomingCall>();
  readonly #running = new Set<IncomingCall>();
  #isOpen = false;

  /**
   * @param limit How many calls may be in progress at once.
   * @param runner Runs them.
   */
  constructor(limit: number, runner: CallRunner) {
    this.#limit = limit;
    this.#runner = runner;
  }

  /** True if a call could run now. */
  get canRun(): boolean {
    return this.#isOpen && this.#queue.length > 0 && this.#running.size < this.#limit;
  }

  /** Adds a call. */
  push(call: IncomingCall): void {
    this.#queue.push(call);
    if (this.canRun) this.#runner.ready(this);
  }

  /** Begins to run calls. */
  open(): void {
    this.#isOpen = true;
    if (this.canRun) this.#runner.ready(this);
  }

  /** Runs one call, which `canRun` has said there is. */
  runOne(): void {
    const call = this.#queue.shift()!;
    let result: unknown;
    try {
      result = this.#runner.invoke(call);
    } catch (thrown) {
      return call.fail(thrown);
    }
    if (isThenable(result)) this.#follow(call, result);
    else succeed(call, result);
  }

  /** Refuses all calls, waiting or in progress, and runs none any more. Answers that come later go nowhere. */
  close(error: Error): void {
    this.#isOpen = false;
    const running = [...this.#running];
    this.#running.clear();
    for (const call of running) call.refuse(error);
    for (const call of this.#queue.clear()) call.refuse(error);
  }

  #follow(call: IncomingCall, result: PromiseLike<unknown>): void {
    this.#running.add(call);
    this.#runner.began();
    const end = (): boolean => {
      this.#runner.ended();
      if (!this.#running.delete(call)) return false;
      if (this.canRun) this.#runner.ready(this);
      return true;
    };
    // A thenable of the user's may call back more than once: `end` is true the first time only.
    result.then(
      (value) => end() && succeed(call, value),
      (thrown) => end() && call.fail(thrown),
    );
  }
}

function succeed(call: IncomingCall, value: unknown): void {
  try {
    call.succeed(value);
  } catch (error) {
    call.refuse(error as Error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}
