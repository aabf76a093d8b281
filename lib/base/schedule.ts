/**
 * The order of what happens in a thread, so that it can be given from outside.
 *
 * @module
 */

/**
 * Takes the steps of a thread whose actors are all inline, and runs each of them once, in an order of its own. MUST run no step
 * before the call that brings it returns; MUST keep the order of one caller's calls to one actor.
 */
export interface Schedule {
  /** An actor, or a task, has something to run: `step` runs one piece. */
  ready(of: object, step: () => void): void;
  /** A call is on its way to an actor; `step` delivers it. */
  deliver(to: object, step: () => void): void;
  /** An answer is on its way; `step` settles its ref. */
  answer(step: () => void): void;
}
