/**
 * What belongs to one call in progress beside its arguments: made when somebody asks for it.
 *
 * @module
 */

import type { IncomingCall } from "./incoming_call.ts";
import type { ActorDiedError } from "../base/actor_errors.ts";
import { TaskCancelledError } from "../base/cancel_error.ts";
import type { AbortWait, WaitContext } from "../objects/wait_context.ts";

const isAborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, "aborted")!.get as () => boolean;

/** One call in progress. */
export class CallContext implements WaitContext {
  /** The error with which the call ends, whatever its method does: it was cancelled, or it has ended its actor. */
  verdict: TaskCancelledError | ActorDiedError | undefined = undefined;
  /** The number of its task; 0 until it needs one. */
  taskNumber = 0;
  readonly #waits = new Set<AbortWait>();
  #controller: AbortController | undefined = undefined;
  #hasAborted = false;
  #isDue = false;

  /**
   * Cancels the call: its signal aborts, and what it waits for ends. If it waits for nothing now, its next wait does. As with
   * Python's tasks only once: what the method does to clean up may wait again.
   */
  cancel(taskName: string): void {
    if (this.verdict !== undefined) return;
    const reason = new TaskCancelledError(`Cannot finish "${taskName}": it was cancelled`);
    this.verdict = reason;
    // Who listens is code of the program's, and may block: it does not run while frames are read. It comes first all the same.
    if (this.#controller !== undefined) queueMicrotask(() => this.#abort());
    this.#isDue = this.#waits.size === 0;
    for (const abort of [...this.#waits]) abort(reason);
  }

  /** Has the signal abort, if the call was cancelled. */
  #abort(): void {
    // Deno's abort() looks at `aborted` itself.
    if (this.#hasAborted || this.#controller === undefined) return;
    if (!(this.verdict instanceof TaskCancelledError)) return;
    this.#hasAborted = true;
    this.#controller.abort(this.verdict);
  }

  /** The call's signal. `poll` lets news in: a method that never awaits sees in `aborted` whether it was cancelled. */
  signal(poll: () => void): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    const { signal } = this.#controller = new AbortController();
    this.#abort();
    const look = (): boolean => {
      if (isAborted.call(signal)) return true;
      poll();
      this.#abort();
      return isAborted.call(signal);
    };
    Object.defineProperty(signal, "aborted", { configurable: true, get: look });
    Object.defineProperty(signal, "throwIfAborted", {
      configurable: true,
      value() {
        if (signal.aborted) throw signal.reason;
      },
    });
    return signal;
  }

  /** {@inheritDoc WaitContext.takeCancel} */
  takeCancel(): unknown {
    if (!this.#isDue) return undefined;
    this.#isDue = false;
    return this.verdict;
  }

  /** {@inheritDoc WaitContext.enter} */
  enter(abort: AbortWait): void {
    this.#waits.add(abort);
  }

  /** {@inheritDoc WaitContext.leave} */
  leave(abort: AbortWait): void {
    this.#waits.delete(abort);
  }
}

/** What belongs to a call, made if need be. */
export function contextOf(call: IncomingCall): CallContext {
  return call.context ??= new CallContext();
}
