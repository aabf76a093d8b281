/**
 * Every error that Manta throws or rejects with. One root, a literal `code` each, and the data a program may want as
 * fields. After an error has crossed threads its class, fields and causes are as they were.
 *
 * @module
 */

/** The codes of {@linkcode RayError} and its subclasses. */
export type RayErrorCode =
  | "RAY_ERROR"
  | "TASK_ERROR"
  | "GET_TIMEOUT"
  | "ACTOR_ERROR"
  | "ACTOR_DIED"
  | "SERIALIZATION"
  | "DEADLOCK"
  | "OBJECT_LOST"
  | "OWNER_DIED"
  | "WORKER_CRASHED"
  | "RUNTIME_ENV_SETUP"
  | "PENDING_CALLS_LIMIT_EXCEEDED"
  | "DRIVER_CODE_IN_WORKER"
  | "TASK_CANCELLED"
  | "ACTOR_UNAVAILABLE"
  | "ACTOR_ALREADY_EXISTS"
  | "ACTOR_NOT_FOUND"
  | "QUEUE_EMPTY"
  | "QUEUE_FULL"
  | "CLUSTER_CONNECTION";

/**
 * The root of all of Manta's errors.
 *
 * @example Telling Manta's errors from others
 * ```ts
 * import { DeadlockError, RayError } from "@manta/ray";
 * import { assert } from "@std/assert";
 *
 * assert(new DeadlockError("Cannot wait: nobody else can fulfil this") instanceof RayError);
 * ```
 */
export class RayError extends Error {
  /** Which error this is, as a literal that survives every boundary. */
  readonly code: RayErrorCode = "RAY_ERROR";
  /** The name of the class. */
  override name: string = "RayError";

  /** True for all of Manta's errors, a {@linkcode TaskError} that is a `RangeError` at the same time included. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== "object" || value === null) return false;
    if (Object.prototype.isPrototypeOf.call(this.prototype, value)) return true;
    return this === RayError && Object.hasOwn(value, dualTaskError);
  }
}

/** Marks a `TaskError` that stands on the prototype chain of a built-in error. @internal */
export const dualTaskError: unique symbol = Symbol("manta.dualTaskError");

/** What an actor was doing when a wait for it timed out. */
export interface ActorActivity {
  /** The method that holds the actor's thread, if one does. */
  readonly method: string | undefined;
  /** For how long that method has been holding it, in milliseconds. */
  readonly elapsed: number;
  /** Calls that have started and not ended, `method` included. */
  readonly running: number;
  /** Calls from the waiting thread that have not been answered. */
  readonly pending: number;
  /** True while the actor starts again after a crash. */
  readonly isRestarting?: boolean;
  /** While the actor waits for resources, before it begins: which, as `2 of 4 CPUs`. */
  readonly waitsFor?: string;
}

/**
 * A wait took longer than its timeout. The task itself goes on, and a later `get` of the same ref works.
 *
 * Ray's counterpart is `ray.exceptions.GetTimeoutError`.
 *
 * @example A wait that gives up
 * ```ts
 * import { GetTimeoutError } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new GetTimeoutError("Cannot get a value in 5 ms").code, "GET_TIMEOUT");
 * ```
 */
export class GetTimeoutError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "GET_TIMEOUT" as const;
  /** The name of the class. */
  override name = "GetTimeoutError";
  /** The timeout that passed, in milliseconds. */
  readonly timeout: number;
  /** The task waited for, as `"Class.method"`, if the ref was a call's. */
  readonly taskName: string | undefined;
  /** The id of the actor waited for. */
  readonly actorId: string | undefined;
  /** What that actor was busy with, as far as it could be seen from here. */
  readonly activity: ActorActivity | undefined;

  /**
   * Makes the error.
   *
   * @param message What was waited for, and how long.
   * @param init The same as data.
   */
  constructor(
    message: string,
    init: { timeout?: number; taskName?: string; actorId?: string; activity?: ActorActivity } = {},
  ) {
    super(message);
    this.timeout = init.timeout ?? 0;
    this.taskName = init.taskName;
    this.actorId = init.actorId;
    this.activity = init.activity;
  }
}

/**
 * A value cannot cross: a function, a symbol, or an instance of a class that is not `@serializable`. Thrown at the call,
 * or rejecting the ref where it is a result.
 *
 * @example The path to what cannot cross
 * ```ts
 * import { put, SerializationError } from "@manta/ray";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => put({ onDone: () => {} }), SerializationError);
 * assertEquals(error.path, "value.onDone");
 * ```
 */
export class SerializationError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "SERIALIZATION" as const;
  /** The name of the class. */
  override name = "SerializationError";
  /** Where in the value it is: `args[0].onDone`. */
  readonly path: string;

  /**
   * Makes the error.
   *
   * @param message What cannot cross, and what would be right.
   * @param path Where it is.
   * @param options The error behind this one, if any.
   */
  constructor(message: string, path = "", options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/**
 * A blocking wait that only the blocked thread itself could end. Thrown at once, in place of a hang.
 *
 * @example Blocking on an inline actor of the same thread
 * ```ts
 * import { Actor, DeadlockError, getSync, remote, shutdown } from "@manta/ray";
 * import { assertThrows } from "@std/assert";
 *
 * class Cell extends Actor {
 *   read(): number {
 *     return 1;
 *   }
 * }
 * remote(Cell, { placement: "inline", module: import.meta.url });
 *
 * assertThrows(() => getSync(Cell.remote().read.remote()), DeadlockError);
 * await shutdown();
 * ```
 */
export class DeadlockError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "DEADLOCK" as const;
  /** The name of the class. */
  override name = "DeadlockError";
}

/**
 * Driver code ran while a worker was loading the module for one of its classes or functions. Put it under
 * `if (import.meta.main)`.
 *
 * @example Its code
 * ```ts
 * import { DriverCodeInWorkerError } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new DriverCodeInWorkerError("driver code ran").code, "DRIVER_CODE_IN_WORKER");
 * ```
 */
export class DriverCodeInWorkerError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "DRIVER_CODE_IN_WORKER" as const;
  /** The name of the class. */
  override name = "DriverCodeInWorkerError";
}
