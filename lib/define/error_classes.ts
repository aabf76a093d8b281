/**
 * Classes of errors by ids, which cross threads where the classes themselves cannot: those that an error still has when it
 * arrives.
 *
 * @module
 */

import { ActorDiedError, ActorError, ActorUnavailableError } from "../base/actor_errors.ts";
import { TaskCancelledError } from "../base/cancel_error.ts";
import {
  DeadlockError,
  DriverCodeInWorkerError,
  GetTimeoutError,
  RayError,
  SerializationError,
} from "../base/errors.ts";
import { PendingCallsLimitExceeded } from "../base/limit_error.ts";
import { ObjectLostError, OwnerDiedError, WorkerCrashedError } from "../base/lost_errors.ts";
import { ActorAlreadyExistsError, ActorNotFoundError } from "../base/name_errors.ts";
import type { RetryWish } from "../base/retry_rule.ts";
import { RuntimeEnvSetupError } from "../base/setup_error.ts";
import { TaskError } from "../base/task_error.ts";
import type { AnyClass } from "./class_definition.ts";

/** The classes that every thread has. */
const common: readonly AnyClass[] = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
  DOMException,
  RayError,
  TaskError,
  GetTimeoutError,
  SerializationError,
  DeadlockError,
  DriverCodeInWorkerError,
  ActorError,
  ActorDiedError,
  ActorUnavailableError,
  ActorAlreadyExistsError,
  ActorNotFoundError,
  TaskCancelledError,
  PendingCallsLimitExceeded,
  ObjectLostError,
  OwnerDiedError,
  WorkerCrashedError,
  RuntimeEnvSetupError,
];

/** The declarations that tell which classes cross. */
export interface CrossingClasses {
  /** The identity of a class declared `@serializable`. */
  serializableKey(cls: AnyClass): string | undefined;
  /** The class of that identity, if this thread has loaded it. */
  findSerializable(key: string): { readonly cls: AnyClass } | undefined;
}

/** The options that {@linkcode retryWish} reads. */
export interface RetryOptions {
  readonly maxRetries?: number;
  readonly maxTaskRetries?: number;
  readonly retryExceptions?: boolean | readonly AnyClass[];
}

/**
 * What options say of repetitions; `undefined` for nothing. `subject` is what they were given for.
 *
 * @throws {TypeError} If errors of a class would not have that class where they arrive.
 */
export function retryWish(
  { maxRetries, maxTaskRetries, retryExceptions }: RetryOptions,
  classes: CrossingClasses,
  subject: string,
): RetryWish | undefined {
  const count = maxTaskRetries ?? maxRetries;
  if (count === undefined && retryExceptions === undefined) return undefined;
  const exceptions = typeof retryExceptions === "object"
    ? retryExceptions.map((cls) => idOf(cls, classes, subject))
    : retryExceptions;
  return { maxRetries: count, exceptions };
}

function idOf(cls: AnyClass, classes: CrossingClasses, subject: string): string {
  const id = common.includes(cls) ? cls.name : classes.serializableKey(cls);
  if (id !== undefined) return id;
  throw new TypeError(
    `Cannot use class "${cls.name}" in option "retryExceptions" of ${subject}: an error of it arrives without its class, ` +
      `declare it "@serializable" first`,
  );
}

/** True if what a method threw is of one of the classes with these ids, or wraps an error that is. */
export function isOfClass(thrown: unknown, ids: readonly string[], classes: CrossingClasses): boolean {
  const wanted = ids.map((id) => common.find(({ name }) => name === id) ?? classes.findSerializable(id)?.cls);
  for (let error = thrown, depth = 0; depth < 100; error = error.cause, depth++) {
    if (wanted.some((cls) => cls !== undefined && error instanceof cls)) return true;
    if (!(error instanceof TaskError)) return false;
  }
  return false;
}
