/**
 * The stack of the program that called Manta, without Manta's own frames. They are told by their place, not by their function:
 * JavaScriptCore drops the frames of tail calls.
 *
 * @module
 */

/** A stack that was captured; its text is made when it is read. */
export interface CapturedStack {
  /** The text, frames from the innermost on. */
  stack?: string;
}

const capturing = Error as unknown as {
  captureStackTrace(target: object): void;
  stackTraceLimit: number;
};

/** Where Manta's own modules are; `undefined` in a bundle, whose frames are all the program's. */
const ownRoot: string | undefined = /^(.*\/lib\/)base\/stack\.[a-z]+$/.exec(import.meta.url)?.[1];
/** The same as a path, as Bun's stacks have it. */
const ownPath: string | undefined = ownRoot?.startsWith("file://") ? decodeURI(ownRoot.slice(7)) : undefined;

/** Captures the innermost `frames` frames, Manta's own among them. */
export function captureStack(frames: number): CapturedStack {
  const captured: CapturedStack = {};
  const limit = capturing.stackTraceLimit;
  capturing.stackTraceLimit = frames;
  capturing.captureStackTrace(captured);
  capturing.stackTraceLimit = limit;
  return captured;
}

/** The lines of a stack that are frames, and not Manta's. */
export function programLines(stack: string | undefined): string[] {
  // A program's own `Error.prepareStackTrace` may have made something else of it.
  if (typeof stack !== "string") return [];
  return stack.split("\n").filter((line) =>
    /^\s+at /.test(line) && !(ownRoot !== undefined && line.includes(ownRoot)) &&
    !(ownPath !== undefined && line.includes(ownPath))
  );
}

/** Runs code whose errors need no stack. */
export function withoutStacks(run: () => void): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
