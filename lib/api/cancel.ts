/**
 * Cancelling tasks.
 *
 * @module
 */

import { show } from "../define/show.ts";
import type { ObjectRef } from "../objects/object_ref.ts";
import { checkFlag, checkNames } from "../objects/option_checks.ts";
import { Ref } from "../objects/ref.ts";
import { cancelRef } from "../runtime/cancel.ts";
import { requireThread } from "../runtime/current.ts";

/** Options of `cancel`. */
export interface CancelOptions {
  /** Also cancels the calls that the task has made; true unless given. */
  recursive?: boolean;
  /** Ends the worker that runs a remote function, whatever that is doing. Not for calls of actors: `kill` ends these. */
  force?: boolean;
}

/**
 * Cancels the task behind a ref. Returns at once; every holder of the ref may do it.
 *
 * A task that has not begun never runs, and its ref rejects with `TaskCancelledError`. In one that runs, `runtimeContext().signal`
 * aborts, and what an async method awaits of refs rejects; its own ref rejects once it has ended, whatever it returns or throws.
 * A sync method is not interrupted: it may look at `signal.aborted`. A task that has ended is left alone.
 *
 * @example A call that waits for ever
 * ```ts
 * import { Actor, cancel, remote, runtimeContext, shutdown, TaskCancelledError } from "@manta/ray";
 * import { assertRejects } from "@std/assert";
 *
 * @remote({ placement: "inline", module: import.meta.url })
 * class Sleeper extends Actor {
 *   async sleep(): Promise<void> {
 *     const { signal } = runtimeContext();
 *     await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
 *   }
 * }
 *
 * const asleep = Sleeper.remote().sleep.remote();
 * cancel(asleep);
 * await assertRejects(() => Promise.resolve(asleep), TaskCancelledError);
 * await shutdown();
 * ```
 *
 * @param ref The ref of the task.
 * @param options What else is cancelled.
 * @throws {TypeError} If `ref` is no ref, an option is unknown or no boolean, or `force` is set for an actor's call.
 */
export function cancel(ref: ObjectRef<unknown>, options: CancelOptions = {}): void {
  if (!(ref instanceof Ref)) throw new TypeError(`Cannot cancel ${show(ref)}: expected an ObjectRef`);
  checkNames("cancel", options, ["recursive", "force"]);
  const recursive = checkFlag("cancel", "recursive", options.recursive) ?? true;
  const force = checkFlag("cancel", "force", options.force) ?? false;
  cancelRef(requireThread("cancel a task"), ref, { recursive, force });
}
