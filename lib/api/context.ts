/**
 * What a method can know of its own call, and the end that an actor gives itself.
 *
 * @module
 */

import { type ActorId, type TaskId, taskId } from "../base/ids.ts";
import type { ActorHandle } from "../call/actor_handle.ts";
import type { Placement } from "../define/options.ts";
import { contextOf } from "../exec/call_context.ts";
import { requireThread } from "../runtime/current.ts";
import { exitHere } from "../runtime/retire.ts";

/**
 * The call that code belongs to, and its actor. Outside of any call, as in the driver, all is `undefined` but the namespace, and the
 * signal, which never aborts there.
 *
 * @typeParam T The actor's class.
 */
export interface RuntimeContext<T extends object = object> {
  /** The actor's id. */
  readonly actorId: ActorId | undefined;
  /** The name by which `getActor` finds the actor, if it has one. */
  readonly actorName: string | undefined;
  /** The namespace of names for which none is given: that of `init({ namespace })`, in the driver too. */
  readonly namespace: string;
  /** The task's id. */
  readonly taskId: TaskId | undefined;
  /** The task, as `"Class.method"`, the function's name, or the name that the caller gave. */
  readonly taskName: string | undefined;
  /** True in an actor that was started again, in its constructor too: its state was lost. */
  readonly wasReconstructed: boolean;
  /** Where the actor runs. */
  readonly placement: Placement | undefined;
  /** The actor's handle, to pass on. */
  readonly currentActor: ActorHandle<T> | undefined;
  /** Aborts when the call is cancelled. A method that never awaits sees it in `signal.aborted`. */
  readonly signal: AbortSignal;
}

/**
 * What a method can know of its own call; of many calls interleaved in an async actor, each sees its own, over every `await`. A
 * method that is not `async` asks before its first callback.
 *
 * @example An actor that passes itself on
 * ```ts
 * import { Actor, type ActorHandle, remote, runtimeContext, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * @remote({ placement: "inline", module: import.meta.url })
 * class Room extends Actor {
 *   readonly #members: ActorHandle<Member>[] = [];
 *   join(member: ActorHandle<Member>): number {
 *     return this.#members.push(member);
 *   }
 * }
 *
 * @remote({ placement: "inline", module: import.meta.url })
 * class Member extends Actor {
 *   async enter(room: ActorHandle<Room>): Promise<string> {
 *     const { currentActor, taskName } = runtimeContext<Member>();
 *     return `${taskName} ${await room.join.remote(currentActor!)}`;
 *   }
 * }
 *
 * assertEquals(await Member.remote().enter.remote(Room.remote()), "Member.enter 1");
 * await shutdown();
 * ```
 *
 * @typeParam T The actor's class.
 * @returns The context.
 */
export function runtimeContext<T extends object = object>(): RuntimeContext<T> {
  const thread = requireThread("ask for the runtime context");
  const call = thread.host.currentCall();
  const actor = thread.host.currentActor();
  let signal: AbortSignal | undefined;
  return {
    actorId: actor?.id,
    taskName: call?.taskName,
    placement: actor?.terms.placement,
    wasReconstructed: (actor?.life.restarts ?? 0) > 0,
    namespace: thread.names.table.namespace,
    get actorName() {
      return actor && thread.names.nameOf(actor.local);
    },
    get taskId() {
      if (call === undefined) return undefined;
      // By this one the caller's thread tells of it.
      if (call.settings.taskId) return call.settings.taskId as TaskId;
      const context = contextOf(call);
      return taskId(thread.self.id, context.taskNumber ||= thread.nextTask());
    },
    get currentActor() {
      return (actor && thread.cells.handleHere(actor, thread.host.isPrimary(actor))) as
        | ActorHandle<T>
        | undefined;
    },
    get signal() {
      return signal ??= call === undefined
        ? new AbortController().signal
        : contextOf(call).signal(() => thread.loop.poll());
    },
  };
}

/**
 * Ends the actor whose method calls it: it does not return. This call, those that wait and all later ones reject with
 * `ActorDiedError`; those that have begun come to their end first, and then `onShutdown`. Ray's counterpart is
 * `ray.actor.exit_actor()`.
 *
 * @example An actor that has done its work
 * ```ts
 * import { Actor, ActorDiedError, exitActor, remote, shutdown } from "@manta/ray";
 * import { assertRejects } from "@std/assert";
 *
 * @remote({ placement: "inline", module: import.meta.url })
 * class Once extends Actor {
 *   finish(): void {
 *     exitActor();
 *   }
 * }
 *
 * await assertRejects(() => Promise.resolve(Once.remote().finish.remote()), ActorDiedError);
 * await shutdown();
 * ```
 *
 * It works by throwing. Out of a timer or a promise that the method does not await, nobody catches that: a worker takes it for what
 * it is, while to the main thread, where an inline actor may be, it is an uncaught error like any other.
 *
 * @returns Never: it throws what the caller of the method gets.
 * @throws {ActorDiedError} In a method; what catches it changes nothing.
 * @throws {TypeError} Outside of any method of an actor.
 */
export function exitActor(): never {
  const thread = requireThread("exit an actor");
  const call = thread.host.currentCall();
  const actor = call?.owner === undefined ? undefined : thread.host.currentActor();
  if (call === undefined || actor === undefined) {
    throw new TypeError(
      "Cannot exit an actor: this code belongs to no method of one; use kill(handle) to end an actor from outside",
    );
  }
  const error = exitHere(thread, actor);
  contextOf(call).verdict = error;
  thread.host.calls.exits.add(error);
  throw error;
}
