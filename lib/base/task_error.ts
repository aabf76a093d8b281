/**
 * The error of a task that threw, and how it is made to be an instance of what was thrown as well.
 *
 * @module
 */

import { dualTaskError, RayError } from "./errors.ts";

/** What a {@linkcode TaskError} says beside its cause. */
export interface TaskErrorInit {
  /** What the method or function threw; not necessarily an `Error`. */
  cause: unknown;
  /** The task, as `"Class.method"` or the function's name. */
  taskName: string;
  /** The actor's id, where the task was a method. */
  actorId?: string;
}

/**
 * A method or remote function threw. `cause` is what it threw: of its own class where that is built in or
 * `@serializable`, else an `Error` of the same name, message and fields. The stack shows the remote frames first, then the
 * line that made the call.
 *
 * It is also an instance of the cause's class where that is a built-in error: `err instanceof RangeError` holds.
 *
 * @example Reading what was thrown
 * ```ts
 * import { Actor, remote, shutdown, TaskError } from "@manta/ray";
 * import { assert, assertRejects } from "@std/assert";
 *
 * class Till extends Actor {
 *   take(amount: number): number {
 *     if (amount < 0) throw new RangeError("amount is negative");
 *     return amount;
 *   }
 * }
 * remote(Till, { placement: "inline", module: import.meta.url });
 *
 * const error = await assertRejects(() => Promise.resolve(Till.remote().take.remote(-1)), TaskError);
 * assert(error instanceof RangeError);
 * assert(error.cause instanceof RangeError);
 * await shutdown();
 * ```
 */
export class TaskError extends RayError {
  /** What tells this error from others, after a crossing too. */
  override readonly code = "TASK_ERROR" as const;
  /** The name of the class. */
  override name = "TaskError";
  /** The task that threw, as `"Class.method"` or the function's name. */
  readonly taskName: string;
  /** The id of the actor whose method threw; `undefined` for a remote function. */
  readonly actorId: string | undefined;

  /** True for every task error, one that is a built-in error's instance at the same time included. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== "object" || value === null) return false;
    return Object.prototype.isPrototypeOf.call(this.prototype, value) || Object.hasOwn(value, dualTaskError);
  }

  /**
   * Makes the error.
   *
   * @param init What was thrown, and where.
   */
  constructor(init: TaskErrorInit) {
    super(`"${init.taskName}" threw ${describeThrown(init.cause)}`, { cause: init.cause });
    this.taskName = init.taskName;
    this.actorId = init.actorId;
  }
}

/** The innermost thing thrown below nested task errors. */
function rootCause(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 100 && root instanceof TaskError; depth++) root = root.cause;
  return root;
}

const builtins: readonly ErrorConstructor[] = [
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
];

/**
 * Makes a {@linkcode TaskError} that is an instance of its cause's class as well, where that is a built-in error.
 * `stack` replaces the new error's own.
 */
export function makeTaskError(init: TaskErrorInit, stack?: string): TaskError {
  const error = new TaskError(init);
  const root = rootCause(init.cause);
  const parent = root instanceof AggregateError
    ? AggregateError.prototype
    : builtins.find((builtin) => root instanceof builtin)?.prototype;
  if (parent !== undefined) {
    Object.setPrototypeOf(error, parent);
    Object.defineProperty(error, dualTaskError, { value: true });
    if (root instanceof AggregateError) {
      Object.defineProperty(error, "errors", { value: root.errors, writable: true, configurable: true });
    }
  }
  if (stack !== undefined) {
    Object.defineProperty(error, "stack", { value: stack, writable: true, configurable: true });
  }
  return error;
}

/** One line on a thrown value, for messages. */
export function describeThrown(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) {
      return typeof thrown === "string" ? JSON.stringify(thrown) : String(thrown);
    }
    const name = typeof thrown.name === "string" && thrown.name !== "" ? thrown.name : "Error";
    return thrown.message === "" ? name : `${name}: ${String(thrown.message)}`;
  } catch {
    return `a value of type ${typeof thrown} that cannot be read`;
  }
}
