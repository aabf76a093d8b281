/**
 * Errors. Structured clone loses their class, their fields and, on one runtime, their cause; here all of it crosses. An error always
 * arrives: a part of it that cannot cross is left out or described.
 *
 * @module
 */

import { ActorDiedError, ActorError, ActorUnavailableError } from "../base/actor_errors.ts";
import {
  DeadlockError,
  DriverCodeInWorkerError,
  GetTimeoutError,
  RayError,
  type RayErrorCode,
  SerializationError,
} from "../base/errors.ts";
import { TaskCancelledError } from "../base/cancel_error.ts";
import { ClusterConnectionError } from "../base/cluster_errors.ts";
import { knownStack } from "../base/moved_program.ts";
import { ActorAlreadyExistsError, ActorNotFoundError } from "../base/name_errors.ts";
import { ObjectLostError, OwnerDiedError, WorkerCrashedError } from "../base/lost_errors.ts";
import { PendingCallsLimitExceeded } from "../base/limit_error.ts";
import { QueueEmptyError, QueueFullError } from "../base/queue_errors.ts";
import { RuntimeEnvSetupError } from "../base/setup_error.ts";
import { describeThrown, makeTaskError } from "../base/task_error.ts";
import { CorruptFrameError } from "./corrupt_frame_error.ts";
import type { Decoding, Encoding } from "./coding.ts";
import { defineField } from "./define_field.ts";
import { describeRefused } from "./refusal.ts";
import { ERROR } from "./tags.ts";

interface StandardClass {
  readonly prototype: object;
  readonly make: (message: string | undefined, name: string) => Error;
}

/** By the number that stands for each in the bytes. `Error` is last, since all the others are errors too. */
const standard: readonly StandardClass[] = [
  ...[TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError].map((Class) => ({
    prototype: Class.prototype,
    make: (message: string | undefined) => new Class(message),
  })),
  { prototype: AggregateError.prototype, make: (message) => new AggregateError([], message) },
  { prototype: DOMException.prototype, make: (message, name) => new DOMException(message, name) },
  { prototype: Error.prototype, make: (message) => new Error(message) },
];

/** Manta's own, by code. A code without a line here does not compile. Their fields need no line: all own fields cross. */
const ray: Record<RayErrorCode, (message: string | undefined) => RayError> = {
  RAY_ERROR: (message) => new RayError(message),
  TASK_ERROR: () => makeTaskError({ cause: undefined, taskName: "" }),
  GET_TIMEOUT: (message = "") => new GetTimeoutError(message),
  ACTOR_ERROR: (message = "") => new ActorError(message),
  ACTOR_DIED: (message = "") => new ActorDiedError(message),
  ACTOR_UNAVAILABLE: (message = "") => new ActorUnavailableError(message),
  ACTOR_ALREADY_EXISTS: (message) => new ActorAlreadyExistsError(message),
  ACTOR_NOT_FOUND: (message) => new ActorNotFoundError(message),
  TASK_CANCELLED: (message) => new TaskCancelledError(message),
  SERIALIZATION: (message = "") => new SerializationError(message),
  DEADLOCK: (message) => new DeadlockError(message),
  OBJECT_LOST: (message) => new ObjectLostError(message),
  OWNER_DIED: (message) => new OwnerDiedError(message),
  WORKER_CRASHED: (message) => new WorkerCrashedError(message),
  RUNTIME_ENV_SETUP: (message) => new RuntimeEnvSetupError(message),
  PENDING_CALLS_LIMIT_EXCEEDED: (message) => new PendingCallsLimitExceeded(message),
  QUEUE_EMPTY: (message) => new QueueEmptyError(message),
  QUEUE_FULL: (message) => new QueueFullError(message),
  CLUSTER_CONNECTION: (message) => new ClusterConnectionError(message),
  DRIVER_CODE_IN_WORKER: (message) => new DriverCodeInWorkerError(message),
};

/** In place of a standard class's number: one of Manta's, whose code follows. */
const RAY = 0xff;

const STACK = 1;
const NAME = 2;
const CAUSE = 4;
const ERRORS = 8;

/** Fields that do not cross as fields: they have places of their own, or (the code) are the class. */
const placed: ReadonlySet<string> = new Set(["message", "stack", "cause", "errors"]);

/** Writes an error, which has its number already. */
export function encodeError(encoder: Encoding, error: Error): void {
  const { writer } = encoder;
  writer.u8(ERROR);
  const native = standardIndex(error);
  const isRay = error instanceof RayError;
  if (isRay) {
    writer.u8(RAY);
    const code = read(error, "code");
    writer.string(typeof code === "string" && Object.hasOwn(ray, code) ? code : "RAY_ERROR");
  }
  // For a task error, the built-in class that it is an instance of as well.
  writer.u8(native);
  const stack = read(error, "stack");
  const cause = Object.hasOwn(error, "cause");
  const errors = Object.hasOwn(error, "errors") ? read(error, "errors") : undefined;
  const flags = (typeof stack === "string" ? STACK : 0) | (isOwnEnumerable(error, "name") ? 0 : NAME) |
    (cause ? CAUSE : 0) | (Array.isArray(errors) ? ERRORS : 0);
  writer.u8(flags);
  writer.string(text(read(error, "message")));
  if (typeof stack === "string") writer.string(knownStack(stack));
  if (flags & NAME) writer.string(text(read(error, "name")));
  if (cause) encodePart(encoder, read(error, "cause"));
  if (Array.isArray(errors)) {
    writer.u32(errors.length);
    for (let i = 0; i < errors.length; i++) encodePart(encoder, errors[i]);
  }
  encodeFields(encoder, error, isRay);
}

function encodeFields(encoder: Encoding, error: Error, isRay: boolean): void {
  const at = encoder.writer.pos;
  encoder.writer.u32(0);
  let count = 0;
  for (const key of Object.keys(error)) {
    if (placed.has(key) || (isRay && key === "code")) continue;
    const value = read(error, key);
    const written = encoder.attempt(() => {
      encoder.writer.string(key);
      encoder.write(value);
    });
    if (written) count++;
    else if (typeof value === "object") {
      encoder.writer.string(key);
      encoder.writer.string(describeRefused(value));
      count++;
    }
  }
  encoder.writer.patchU32(at, count);
}

/** Writes a value, or what can be said of it. */
function encodePart(encoder: Encoding, value: unknown): void {
  if (!encoder.attempt(() => encoder.write(value))) encoder.writer.string(describeRefused(value));
}

/** Writes what a task threw, whatever it is. */
export function encodeThrown(encoder: Encoding, thrown: unknown): void {
  if (encoder.attempt(() => encoder.write(thrown))) return;
  const message = typeof thrown === "object" ? describeRefused(thrown) : describeThrown(thrown);
  const stand = new Error(message);
  // Made here, its own stack would show the codec and nothing of the task.
  defineField(stand, "stack", `Error: ${message}`, false);
  encoder.write(stand);
}

function standardIndex(error: Error): number {
  return standard.findIndex((kind, index) =>
    index === standard.length - 1 || Object.prototype.isPrototypeOf.call(kind.prototype, error)
  );
}

/** A property of an error, which may be a getter of the user's. */
function read(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined ? "" : describeThrown(value);
}

function isOwnEnumerable(error: Error, key: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(error, key);
}

/** Reads an error. */
export function decodeError(decoder: Decoding): Error {
  const { reader } = decoder;
  const slot = decoder.reserve();
  let index = reader.u8();
  let make: ((message: string | undefined) => RayError) | undefined;
  if (index === RAY) {
    const code = reader.string();
    if (!Object.hasOwn(ray, code)) throw new CorruptFrameError("an error has an unknown code");
    make = ray[code as RayErrorCode];
    index = reader.u8();
  }
  const native = standard[index];
  if (native === undefined) throw new CorruptFrameError("an error is of no known class");
  const flags = reader.u8();
  const message = reader.string() || undefined;
  const stack = flags & STACK ? reader.string() : undefined;
  const name = flags & NAME ? reader.string() : undefined;
  let error: Error;
  if (make === undefined) error = native.make(message, name ?? "Error");
  else if (make !== ray.TASK_ERROR) error = make(message);
  else {
    // Only the class of the cause matters here; the real one may contain this very error and comes later.
    const cause: unknown = native === standard[standard.length - 1]
      ? undefined
      : Object.create(native.prototype);
    error = makeTaskError({ cause, taskName: "" });
    defineField(error, "message", message ?? "", false);
    if (!(flags & CAUSE)) Reflect.deleteProperty(error, "cause");
  }
  decoder.register(slot, error);
  if (name !== undefined && name !== error.name) defineField(error, "name", name, false);
  // Without one from the other side it would show where this was decoded.
  defineField(error, "stack", stack ?? `${error.name}: ${error.message}`, false);
  if (flags & CAUSE) defineField(error, "cause", decoder.value(), false);
  if (flags & ERRORS) {
    const errors: unknown[] = [];
    defineField(error, "errors", errors, false);
    const count = reader.u32();
    for (let i = 0; i < count; i++) errors.push(decoder.value());
  }
  const fields = reader.u32();
  for (let i = 0; i < fields; i++) {
    const key = decoder.key();
    defineField(error, key, decoder.value());
  }
  return error;
}
