/**
 * This thread's part of the runtime: the one place with mutable module state. The declarations outlive a `shutdown`, for
 * modules are loaded once; the thread does not.
 *
 * @module
 */

import { type Clock, systemClock } from "../base/clock.ts";
import { DriverCodeInWorkerError } from "../base/errors.ts";
import { checkRuntime } from "../base/platform.ts";
import type { Schedule } from "../base/schedule.ts";
import { Definitions } from "../define/definitions.ts";
import { clusterOfEnvironment } from "./cluster_link.ts";
import { Thread } from "./thread.ts";
import type { ThreadStart } from "./thread_start.ts";

/** The declarations of this thread. */
export const definitions: Definitions = new Definitions();

let current: Thread | undefined;
let clock: Clock = systemClock;
let schedule: Schedule | undefined;

/** Uses a clock in this thread from now on; returns the one before. Waits that have begun keep theirs. */
export function useClock(next: Clock): Clock {
  const before = clock;
  clock = next;
  if (current !== undefined) current.clock = next;
  return before;
}

/** Uses a schedule for what begins in this thread from now on; returns the one before. */
export function useSchedule(next: Schedule | undefined): Schedule | undefined {
  const before = schedule;
  schedule = next;
  return before;
}

/** This thread's runtime if it has begun. */
export function currentThread(): Thread | undefined {
  return current;
}

/** Begins this thread's runtime. */
export function beginThread(start: Omit<ThreadStart, "definitions"> = {}): Thread {
  return current = new Thread({ clock, schedule, ...start, definitions });
}

/** Forgets this thread's runtime, so that the next use begins another one. */
export function endThread(thread: Thread): void {
  if (current === thread) current = undefined;
}

/**
 * This thread's runtime, begun if need be, for a program that wants to `verb` something.
 *
 * @throws {DriverCodeInWorkerError} While a worker loads a module.
 * @throws {Error} On a runtime that is neither Deno nor Bun.
 */
export function requireThread(verb: string): Thread {
  if (current === undefined) checkRuntime(verb);
  const thread = current ?? beginThread({ cluster: clusterOfEnvironment() });
  if (!thread.isLoading) return thread;
  throw new DriverCodeInWorkerError(
    `Cannot ${verb} while a worker loads this module: driver code runs in the main program only, put it under ` +
      `"if (import.meta.main) { … }"`,
  );
}
