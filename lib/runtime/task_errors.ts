/**
 * The errors of calls as their callers see them: with the caller's line in the stack, and whose call it was.
 *
 * @module
 */

import { SerializationError } from "../base/errors.ts";
import { type CapturedStack, programLines } from "../base/stack.ts";
import { makeTaskError } from "../base/task_error.ts";
import { defineField } from "../wire/define_field.ts";
import { FailureKind } from "../wire/frames.ts";

/** Who threw, for the error of a task. */
export interface TaskIdentity {
  /** The task, as `"Class.method"` or the function's name. */
  readonly taskName: string;
  /** The actor's id; `""` for a function. */
  readonly actorId: string;
}

/** The error that a caller sees for what a task threw: the remote frames, then the caller's own. */
export function taskErrorOf(cause: unknown, who: TaskIdentity, callSite: CapturedStack | undefined): Error {
  const error = makeTaskError({
    cause,
    taskName: who.taskName,
    ...(who.actorId !== "" && { actorId: who.actorId }),
  });
  return withStack(error, cause instanceof Error ? cause.stack : undefined, who.taskName, callSite);
}

/** The error that a caller sees for a failure of that kind. */
export function failureOf(
  kind: number,
  thrown: unknown,
  who: TaskIdentity,
  callSite: CapturedStack | undefined,
): unknown {
  if (kind === FailureKind.thrown) return taskErrorOf(thrown, who, callSite);
  return thrown instanceof Error ? atCaller(thrown, who.taskName, callSite) : thrown;
}

/** An error of the runtime's own. That of a result which cannot cross gets the caller's line: no line of the program's is in it. */
export function atCaller(error: Error, taskName: string, callSite: CapturedStack | undefined): Error {
  return error instanceof SerializationError ? withStack(error, error.stack, taskName, callSite) : error;
}

function withStack(
  error: Error,
  remoteStack: string | undefined,
  taskName: string,
  callSite: CapturedStack | undefined,
): Error {
  const stack = [`${error.name}: ${error.message}`, ...programLines(remoteStack)];
  const local = programLines(callSite?.stack);
  if (local.length > 0) stack.push(`    at (remote call of "${taskName}")`, ...local);
  defineField(error, "stack", stack.join("\n"), false);
  return error;
}
