/**
 * What Python raised, as an error of Manta's. Python's own words, its traceback among them, stay as they are.
 *
 * @module
 */

import { ActorDiedError, ActorUnavailableError } from "../../base/actor_errors.ts";
import { TaskCancelledError } from "../../base/cancel_error.ts";
import { GetTimeoutError, RayError } from "../../base/errors.ts";
import { ObjectLostError, OwnerDiedError, WorkerCrashedError } from "../../base/lost_errors.ts";
import { RuntimeEnvSetupError } from "../../base/setup_error.ts";
import { makeTaskError } from "../../base/task_error.ts";
import { defineField } from "../../wire/define_field.ts";
import { PythonGlobal, PythonObject } from "./python_values.ts";

/** Errors of JavaScript's that mean what those of Python's of the same name mean. */
const sameInBoth: Readonly<Record<string, ErrorConstructor>> = { TypeError, SyntaxError };

/** Errors of Ray's that say that a value is lost. */
const lost = /^(ObjectLost|ObjectFreed|ObjectFetchTimedOut|ObjectReconstructionFailed|ReferenceCounting)/;

/** A task that has failed, as its caller knows it. */
export interface FailedTask {
  /** Its name. */
  readonly taskName: string;
  /** The id of the actor, if it is one's. */
  readonly actorId: string | undefined;
}

/** An exception of Python's that was not raised by Ray itself, as it is told to JavaScript. */
interface Raised {
  /** Its class. */
  readonly name: string;
  /** The module of its class; "" if the class came with it. */
  readonly module: string;
  /** What it was made with. */
  readonly args: readonly unknown[];
  /** Its fields. */
  readonly fields: Readonly<Record<string, unknown>>;
}

function raisedOf(value: unknown): Raised | undefined {
  if (!(value instanceof PythonObject)) return undefined;
  const { callable, args, state } = value;
  const fields = typeof state === "object" && state !== null && !Array.isArray(state)
    ? state as Record<string, unknown>
    : {};
  if (callable instanceof PythonGlobal) {
    return { name: callable.name.split(".").at(-1)!, module: callable.module, args, fields };
  }
  // A class that was pickled by value: cloudpickle says its name second.
  if (callable instanceof PythonObject && typeof callable.args[1] === "string") {
    return { name: callable.args[1], module: "", args, fields };
  }
  return undefined;
}

/**
 * The error that a value from the cluster stands for, if it is what Ray raises when a call failed; `undefined` for any other value,
 * an exception that a method returned among them. `task` is what has failed, as its caller knows it.
 */
export function failureOf(value: unknown, task?: FailedTask): Error | undefined {
  const raised = raisedOf(value);
  if (raised === undefined) return undefined;
  const isRays = raised.module === "ray.exceptions" || raised.name.startsWith("RayTaskError(");
  return isRays ? rayError(raised, task) : undefined;
}

/** The error for what a request to the server failed with. */
export function requestError(verb: string, value: unknown): Error {
  const failure = failureOf(value);
  if (failure !== undefined) return failure;
  const cause = pythonError(value);
  const text = cause.message === "" ? cause.name : `${cause.name}: ${cause.message}`;
  return new RayError(`Cannot ${verb}: ${text}`, { cause });
}

/** An exception as an `Error` of the same name, with its message and its fields. */
export function pythonError(value: unknown, traceback?: string): Error {
  const raised = raisedOf(value);
  const name = raised?.name ?? "Error";
  const message = raised === undefined ? String(value) : messageOf(raised);
  const error = new (sameInBoth[name] ?? Error)(message);
  if (error.name !== name) defineField(error, "name", name, false);
  for (const [field, content] of Object.entries(raised?.fields ?? {})) {
    if (!(field in error) && !field.startsWith("__")) defineField(error, field, content);
  }
  defineField(error, "stack", traceback ?? `${name}: ${message}`, false);
  return error;
}

/** What `str()` of an exception gives. */
function messageOf({ name, args }: Raised): string {
  if (args.length === 0) return "";
  if (args.length === 1) {
    return name === "KeyError" && typeof args[0] === "string" ? `'${args[0]}'` : String(args[0]);
  }
  const isErrno = args.length === 2 && typeof args[0] === "number" && typeof args[1] === "string";
  return isErrno ? `[Errno ${args[0]}] ${args[1]}` : args.map(String).join(", ");
}

function rayError(raised: Raised, task: FailedTask | undefined): Error {
  const { name, args, fields } = raised;
  if (name === "RayTaskError" || name.startsWith("RayTaskError(")) return taskError(raised, task);
  const text = plain(fields.error_msg ?? fields.base_error_msg ?? fields.error_message ?? args[0] ?? "");
  const actorId = task?.actorId ?? (typeof fields.actor_id === "string" ? fields.actor_id : undefined);
  switch (name) {
    case "RayActorError":
    case "ActorDiedError":
    case "NodeDiedError":
      return actorDied(text || "the actor has died", actorId, fields._actor_init_failed === true);
    case "ActorUnavailableError":
      return new ActorUnavailableError(text || "The actor cannot be reached now", { actorId });
    case "TaskCancelledError":
      return new TaskCancelledError(text || "The task was cancelled");
    case "WorkerCrashedError":
      return new WorkerCrashedError(text || "The worker process of the task has ended unexpectedly");
    case "RuntimeEnvSetupError":
      return new RuntimeEnvSetupError(text || "The runtime environment could not be set up");
    case "GetTimeoutError":
      return new GetTimeoutError(text);
    case "OwnerDiedError":
      return new OwnerDiedError(text || "The owner of the value has ended");
  }
  if (lost.test(name)) return new ObjectLostError(text || "The value is lost");
  return new RayError(text === "" ? name : `${name}: ${text}`);
}

function actorDied(text: string, actorId: string | undefined, inConstructor: boolean): ActorDiedError {
  if (!inConstructor) return new ActorDiedError(text, { actorId });
  const last = text.trimEnd().split("\n").at(-1)!;
  const [, name = "Error", message = last] = /^(?:[\w.]*\.)?(\w+): (.*)$/.exec(last) ?? [];
  const cause = pythonError(new PythonObject(new PythonGlobal("builtins", name), [message]), text);
  return new ActorDiedError(`Cannot call the actor: its constructor raised ${name}: ${message}`, {
    actorId,
    cause,
  });
}

/** `RayTaskError(function_name, traceback_str, cause, …)`; one that is also its cause's class has only the cause. */
function taskError({ args, fields }: Raised, task: FailedTask | undefined): Error {
  const isDual = args.length < 3;
  const cause = isDual ? args[0] : args[2];
  const traceback = isDual ? undefined : plain(args[1]);
  const inner = failureOf(cause, task);
  if (inner instanceof TaskCancelledError) return inner;
  const error = inner ?? pythonError(cause, traceback);
  const actorId = task?.actorId ?? fields._actor_id ?? fields.actor_id;
  const made = makeTaskError({
    cause: error,
    taskName: task?.taskName ?? (isDual ? "a Python function" : plain(args[0])),
    actorId: typeof actorId === "string" ? actorId : undefined,
  });
  if (traceback !== undefined) {
    defineField(made, "stack", `${made.name}: ${made.message}\n${traceback}`, false);
  }
  return made;
}

/** A text without the colours that Ray gives it. */
function plain(text: unknown): string {
  // deno-lint-ignore no-control-regex -- that is how colours begin
  return String(text).replace(/\x1b\[\d+m/g, "");
}
