/**
 * What a wait knows of the call that waits: if that is cancelled, the wait ends.
 *
 * @module
 */

/** Ends a wait. */
export type AbortWait = (reason: unknown) => void;

/** The call in which code waits for refs. */
export interface WaitContext {
  /** Why the next wait must not begin, if the call was cancelled and no wait has ended for it yet. Says so once. */
  takeCancel(): unknown;
  /** A wait begins: `abort` ends it when the call is cancelled. */
  enter(abort: AbortWait): void;
  /** A wait has ended. */
  leave(abort: AbortWait): void;
}
