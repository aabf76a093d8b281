/**
 * A call as the callee sees it: what to run, and where the answer goes.
 *
 * @module
 */

import type { CallContext } from "./call_context.ts";
import type { CallSettings } from "../wire/call_settings.ts";

/** A call that has arrived. */
export interface IncomingCall {
  /** The index of the method in its class; ignored for a function. */
  readonly method: number;
  /** What was said of it. */
  readonly settings: CallSettings;
  /** The actor whose call it is; `undefined` for a function. Set when it arrives there. */
  owner: object | undefined;
  /** What else belongs to it, once somebody has asked. */
  context: CallContext | undefined;
  /** The task, as `"Class.method"`, the function's name, or the name that the caller gave. */
  readonly taskName: string;
  /** The arguments, the callee's own copies. */
  readonly args: readonly unknown[];
  /** It is about to run: for a call that is not plain, if somebody looks. */
  started?(): void;
  /** Answers with a value. MUST throw, and send nothing, if the value cannot cross. */
  succeed(value: unknown): void;
  /** Answers with what the method threw. MUST NOT throw. */
  fail(thrown: unknown): void;
  /** Answers with an error of the system. MUST NOT throw. */
  refuse(error: Error): void;
}
