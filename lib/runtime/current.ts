/**
 * This thread's part of the runtime: the one place with mutable module state. The declarations outlive a `shutdown`, for
 * modules are loaded once; the thread does not.
 *
 * @module
 */

import { DriverCodeInWorkerError } from "../base/errors.ts";
import { Definitions } from "../define/definitions.ts";
import { Thread, type ThreadStart } from "./thread.ts";

/** The declarations of this thread. */
export const definitions: Definitions = new Definitions();

let current: Thread | undefined;

/** This thread's runtime if it has begun. */
export function currentThread(): Thread | undefined {
  return current;
}

/** Begins this thread's runtime. */
export function beginThread(start: Omit<ThreadStart, "definitions"> = {}): Thread {
  return current = new Thread({ ...start, definitions });
}

/** Forgets this thread's runtime, so that the next use begins another one. */
export function endThread(thread: Thread): void {
  if (current === thread) current = undefined;
}

/**
 * This thread's runtime, begun if need be, for a program that wants to `verb` something.
 *
 * @throws {DriverCodeInWorkerError} While a worker loads a module.
 */
export function requireThread(verb: string): Thread {
  const thread = current ?? beginThread();
  if (!thread.isLoading) return thread;
  throw new DriverCodeInWorkerError(
    `Cannot ${verb} while a worker loads this module: driver code runs in the main program only, put it under ` +
      `"if (import.meta.main) { … }"`,
  );
}
