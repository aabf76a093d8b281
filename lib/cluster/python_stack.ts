/**
 * The stack of an error that Python raised: its traceback, then the caller's line.
 *
 * @module
 */

import { programLines } from "../base/stack.ts";
import type { Ref } from "../objects/ref.ts";
import { defineField } from "../wire/define_field.ts";

/** Adds the line that made the call. @internal */
export function withCallSite(error: Error, { callSite, taskName }: Ref): Error {
  const lines = programLines(callSite?.stack);
  if (lines.length === 0) return error;
  defineField(
    error,
    "stack",
    [error.stack?.trimEnd(), `    at (remote call of "${taskName}")`, ...lines].join("\n"),
    false,
  );
  return error;
}
