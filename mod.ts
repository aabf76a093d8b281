/**
 * Ray's actor model for TypeScript, native to Deno and Bun: classes become actors on worker threads, calls become typed
 * refs, and nothing else in the program changes.
 *
 * ```ts
 * import { Actor, remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * @remote({ placement: "inline", module: import.meta.url })
 * class Counter extends Actor {
 *   #count = 0;
 *   add(amount: number): number {
 *     return this.#count += amount;
 *   }
 * }
 *
 * const counter = Counter.remote();
 * assertEquals(await counter.add.remote(2), 2);
 * await shutdown();
 * ```
 *
 * @module
 */

// A queue that is handed to a thread must be known there, whatever the program imports.
import "./lib/patterns/item_queue.ts";

export { Actor, type ActorMaker, type ConstructorArgs, type Instance } from "./lib/api/actor.ts";
export { cancel, type CancelOptions } from "./lib/api/cancel.ts";
export { exitActor, type RuntimeContext, runtimeContext } from "./lib/api/context.ts";
export {
  init,
  type InitOptions,
  kill,
  type KillOptions,
  type RayRuntime,
  shutdown,
  type ShutdownOptions,
} from "./lib/api/lifecycle.ts";
export {
  get,
  type GetOptions,
  getSync,
  type GetSyncOptions,
  getWithTimeout,
  type RefValues,
} from "./lib/api/get.ts";
export {
  type ActorFilter,
  events,
  type EventsOptions,
  listActors,
  type ListActorsOptions,
  listTasks,
  type ListTasksOptions,
  type StateCounts,
  type StateSummary,
  summarize,
  type SummarizeOptions,
  type TaskFilter,
} from "./lib/api/state.ts";
export {
  getActor,
  type GetActorOptions,
  listNamedActors,
  type ListNamedActorsOptions,
  type NamedActor,
} from "./lib/api/names.ts";
export { put, transfer } from "./lib/api/put.ts";
export type { WaitSignal } from "./lib/api/waiting.ts";
export { wait, type Waitable, type WaitOptions, waitSync, type WaitSyncOptions } from "./lib/api/wait.ts";
export {
  type ClassDecorator,
  method,
  remote,
  type RemoteClass,
  type RemoteFunction,
} from "./lib/api/remote.ts";
export { serializable } from "./lib/api/serializable.ts";
export { shared, updateShared } from "./lib/api/shared.ts";
export {
  type ActorActivity,
  DeadlockError,
  DriverCodeInWorkerError,
  GetTimeoutError,
  RayError,
  type RayErrorCode,
  SerializationError,
} from "./lib/base/errors.ts";
export { ActorDiedError, ActorError, ActorUnavailableError } from "./lib/base/actor_errors.ts";
export { TaskCancelledError } from "./lib/base/cancel_error.ts";
export type { ActorId, ObjectId, TaskId } from "./lib/base/ids.ts";
export type { Movable } from "./lib/base/movable.ts";
export { ObjectLostError, OwnerDiedError, WorkerCrashedError } from "./lib/base/lost_errors.ts";
export { RuntimeEnvSetupError } from "./lib/base/setup_error.ts";
export { PendingCallsLimitExceeded } from "./lib/base/limit_error.ts";
export { ActorAlreadyExistsError, ActorNotFoundError } from "./lib/base/name_errors.ts";
export { TaskError, type TaskErrorInit } from "./lib/base/task_error.ts";
export type {
  ActorHandle,
  RefTuple,
  RemoteAnswer,
  RemoteArg,
  RemoteArgs,
  RemoteCall,
  RemoteCallOf,
  RemoteChoice,
  RemoteMethod,
  RemoteMethodOf,
  RemoteOverloads,
  RemoteSplitCall,
  RemoteStreamCall,
  RemoteStreamMethod,
  RemoteTask,
  RemoteTaskOf,
  RemoteTaskOverloads,
  SplitRefs,
  Yielded,
} from "./lib/call/actor_handle.ts";
export type { AnyClass } from "./lib/define/class_definition.ts";
export type { ClusterOptions, SchedulingStrategy } from "./lib/define/cluster_options.ts";
export type { AnyFunction, SerializableOptions } from "./lib/define/definitions.ts";
export type {
  ActorOptions,
  CallOptions,
  ClassOptions,
  FunctionOptions,
  Lifetime,
  MethodOptions,
  Placement,
  SplitCallOptions,
  StreamCallOptions,
  TaskOptions,
} from "./lib/define/options.ts";
export type {
  ActorAliveEvent,
  ActorCreatedEvent,
  ActorDiedEvent,
  ActorEventBase,
  ActorRestartingEvent,
  EventBase,
  EventsDroppedEvent,
  RayEvent,
  RayEventType,
  TaskErrorUnreadEvent,
  TaskEventBase,
  TaskFailedEvent,
  TaskFinishedEvent,
  TaskReadyEvent,
  TaskStartedEvent,
  TaskSubmittedEvent,
} from "./lib/observe/events.ts";
export type { ActorStateName, TaskStateName } from "./lib/observe/recorder.ts";
export type { ActorState, TaskState } from "./lib/runtime/program_state.ts";
export { ObjectRef } from "./lib/objects/object_ref.ts";
export type { NextOptions } from "./lib/objects/next_options.ts";
export { ObjectRefGenerator } from "./lib/objects/object_ref_generator.ts";
