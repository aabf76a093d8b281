/**
 * The stack of the program that called Manta, without Manta's own frames. They are told by their place, not by their function:
 * JavaScriptCore drops the frames of tail calls.
 *
 * @module
 */

import { knownStack, pathOf } from "./moved_program.ts";

/** A stack that was captured; its text is made when it is read. */
export interface CapturedStack {
  /** The text, frames from the innermost on. */
  stack?: string;
}

/** A frame of a stack, before it is text. */
interface CallSite {
  getScriptNameOrSourceURL(): unknown;
}

const capturing = Error as unknown as {
  captureStackTrace(target: object): void;
  stackTraceLimit: number;
  prepareStackTrace?: (error: unknown, sites: readonly CallSite[]) => unknown;
};

/** Where Manta's own modules are; `undefined` in a bundle, whose frames are all the program's. */
const ownRoot: string | undefined = /^(.*\/lib\/)base\/stack\.[a-z]+$/.exec(import.meta.url)?.[1];
/** The same as a path, as Bun's stacks have it, and some of Deno's, which show URLs of files decoded. */
const ownPath: string | undefined = ownRoot?.startsWith("file://") ? pathOf(ownRoot) : undefined;

/** Both; and, where this is a copy of a program, those of the machine that the program is on. */
const ownNames: readonly string[] = [
  ...new Set(
    [ownRoot, ownPath].filter((name) => name !== undefined).flatMap((name) => [name, knownStack(name)]),
  ),
];

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
    /^\s+at /.test(line) && !ownNames.some((name) => line.includes(name))
  );
}

/**
 * The scripts whose code runs, from the innermost frame on, without Manta's own, as the runtime names them: by URL, or by path. A
 * stack's text does not tell them, for a name may have spaces and brackets, and is shown decoded or not.
 */
export function programScripts(frames: number): string[] {
  const had = Object.hasOwn(capturing, "prepareStackTrace");
  const before = capturing.prepareStackTrace;
  let scripts: unknown[] = [];
  capturing.prepareStackTrace = (_, sites) => {
    scripts = sites.map((site) => site.getScriptNameOrSourceURL());
    return "";
  };
  try {
    void captureStack(frames).stack;
  } finally {
    // Bun hears of assignments only.
    if (had) capturing.prepareStackTrace = before;
    else delete capturing.prepareStackTrace;
  }
  return scripts.filter((script) => typeof script === "string").filter((script) =>
    !ownNames.some((name) => script.startsWith(name))
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
