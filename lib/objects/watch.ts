/**
 * The one wait behind `get`, `wait` and their blocking twins: until enough of many refs are settled, in time linear in their
 * number.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import { DeadlockError } from "../base/errors.ts";
import { FAILED, PENDING, type Ref, type RefObserver } from "./ref.ts";

/** How long a wait may last. */
export interface WaitLimits {
  /** Milliseconds; `Infinity` for no limit. */
  readonly timeout: number;
  /** Ends the wait when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** When a wait is over. */
export interface WaitGoal {
  /** So many refs are settled. */
  readonly count: number;
  /** Or one has failed. */
  readonly orFailure: boolean;
}

/** Counts down while refs are settled. */
class Countdown implements RefObserver {
  missing: number;
  /** Those that were pending at the start. */
  readonly pending: readonly Ref[];
  onReached: (() => void) | undefined;
  readonly #orFailure: boolean;

  constructor(refs: readonly Ref[], goal: WaitGoal) {
    this.#orFailure = goal.orFailure;
    this.pending = refs.filter((ref) => ref.status === PENDING);
    this.missing = goal.count - (refs.length - this.pending.length);
    if (goal.orFailure && refs.some((ref) => ref.status === FAILED)) this.missing = 0;
    if (this.missing > 0) { for (const ref of this.pending) ref.observe(this); }
  }

  settled(ref: Ref): void {
    if (this.missing <= 0) return;
    this.missing = this.#orFailure && ref.status === FAILED ? 0 : this.missing - 1;
    if (this.missing === 0) this.onReached?.();
  }

  stop(): void {
    for (const ref of this.pending) if (ref.status === PENDING) ref.forget(this);
  }
}

/** True when the goal is reached, false at the timeout; rejects with the signal's reason when it aborts. */
export function watch(
  refs: readonly Ref[],
  goal: WaitGoal,
  { timeout, signal }: WaitLimits,
  clock: Clock,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const context = refs[0]?.home.context();
    const cancelled = context?.takeCancel();
    if (cancelled !== undefined) return reject(cancelled);
    const countdown = new Countdown(refs, goal);
    const isReached = countdown.missing <= 0;
    if (isReached || timeout <= 0) {
      countdown.stop();
      const pause = refs[0]?.home.pause();
      return pause === undefined ? resolve(isReached) : void pause.then(() => resolve(isReached));
    }
    const { home } = countdown.pending[0];
    const deadline = clock.now() + timeout;
    let timer: unknown;
    const end = (): void => {
      if (timer !== undefined) clock.clearTimer(timer);
      signal?.removeEventListener("abort", onAbort);
      context?.leave(onCancel);
      countdown.stop();
      home.wait(-1);
      home.expectContinuations();
    };
    const onAbort = (): void => {
      end();
      reject(signal!.reason);
    };
    const onCancel = (reason: unknown): void => {
      end();
      reject(reason);
    };
    const onTimer = (): void => {
      const left = deadline - clock.now();
      if (left > 0) {
        timer = clock.setTimer(onTimer, left);
        return;
      }
      end();
      resolve(false);
    };
    countdown.onReached = () => {
      end();
      resolve(true);
    };
    home.wait(1);
    context?.enter(onCancel);
    signal?.addEventListener("abort", onAbort, { once: true });
    if (timeout !== Infinity) timer = clock.setTimer(onTimer, timeout);
  });
}

/** The same, blocking the thread: true when the goal is reached, false at the timeout. */
export function watchSync(refs: readonly Ref[], goal: WaitGoal, timeout: number): boolean {
  if (refs.length === 1) return watchOne(refs[0], timeout);
  const countdown = new Countdown(refs, goal);
  try {
    if (countdown.missing <= 0) {
      refs[0]?.home.passed();
      return true;
    }
    refuseDeadlock(countdown);
    return countdown.pending[0].home.block(() => countdown.missing <= 0, timeout, refs);
  } finally {
    countdown.stop();
  }
}

/** The usual case, which needs no counting. */
function watchOne(ref: Ref, timeout: number): boolean {
  if (ref.status !== PENDING) {
    ref.home.passed();
    return true;
  }
  if (ref.source?.fulfiller() === ref.home.thread) throw deadlockOn(ref);
  ref.demand();
  return ref.home.block(() => ref.status !== PENDING, timeout, [ref]);
}

/** Throws if the goal needs a ref that nobody but the thread about to block could fulfil. */
function refuseDeadlock({ pending, missing }: Countdown): void {
  const here = pending.filter((ref) => ref.source?.fulfiller() === ref.home.thread);
  if (pending.length - here.length >= missing) return;
  throw deadlockOn(here[0]);
}

function deadlockOn({ taskName }: Ref): DeadlockError {
  return new DeadlockError(
    `Cannot block on "${taskName}": it runs on this very thread, which would wait for itself; use "await"`,
  );
}
