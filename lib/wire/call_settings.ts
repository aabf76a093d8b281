/**
 * What is said of one call besides its method and its arguments.
 *
 * @module
 */

import type { RetryRule } from "../base/retry_rule.ts";
import { CorruptFrameError } from "./corrupt_frame_error.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** What a caller may say of one call; what nobody said is `""`. */
export interface CallSettings {
  /** The group in which the call runs, in place of the method's. */
  readonly group: string;
  /** The call's own name, in place of `"Class.method"`. */
  readonly name: string;
  /** Cancels the call when it aborts. Does not travel: the caller's thread listens. */
  readonly signal?: AbortSignal;
  /** `NO_STREAM` unless the answer is a stream; then how many items may be unread, or `UNBOUNDED`. */
  readonly stream: number;
  /** Whether the caller makes the call again if it fails. The callee only hears that it may be: `waits`. */
  readonly retry?: RetryRule | undefined;
  /** Of a call that has come over a link: true if its caller may make it again, so that it waits where its actor restarts. */
  readonly waits?: boolean;
  /** The task's id, while somebody looks at the program's events. */
  readonly taskId?: string;
}

/** The answer is one value. */
export const NO_STREAM = -1;
/** The answer is a stream, which runs ahead as it likes. */
export const UNBOUNDED = 0;

/** A call of which nothing is said: compare with this very object. */
export const PLAIN_CALL: CallSettings = {
  group: "",
  name: "",
  stream: NO_STREAM,
  retry: undefined,
  taskId: "",
};

/** A call that may be made again, and of which nothing else is said. */
const WAITING_CALL: CallSettings = { ...PLAIN_CALL, waits: true };

// A byte says what is so, and which follow, in this order.
const WAITS = 4;
const GROUP = 1;
const NAME = 2;
const TASK_ID = 64;
const STREAM = 128;
const ALL = WAITS | GROUP | NAME | TASK_ID | STREAM;

/** Writes what comes before a call's arguments: where `pos` is a multiple of four. */
export function writeCallHead(
  writer: Writer,
  actor: number,
  slot: number,
  settings: CallSettings,
  count: number,
): void {
  writer.ensure(10);
  const { bytes, pos, words } = writer;
  words[pos >> 2] = actor;
  words[(pos >> 2) + 1] = slot;
  if (settings === PLAIN_CALL && count < 0x80) {
    bytes[pos + 8] = 0;
    bytes[pos + 9] = count;
    writer.pos = pos + 10;
    return;
  }
  writer.pos = pos + 8;
  writeCallSettings(writer, settings);
  writer.varint(count);
}

/** Writes settings: one byte for a plain call. */
export function writeCallSettings(writer: Writer, settings: CallSettings): void {
  if (settings === PLAIN_CALL) writer.u8(0);
  else writeSaid(writer, settings);
}

function writeSaid(writer: Writer, settings: CallSettings): void {
  const { group, name, stream, taskId = "" } = settings;
  writer.u8(
    (mayWait(settings) ? WAITS : 0) | (group === "" ? 0 : GROUP) | (name === "" ? 0 : NAME) |
      (taskId === "" ? 0 : TASK_ID) |
      (stream === NO_STREAM ? 0 : STREAM),
  );
  if (group !== "") writer.string(group);
  if (name !== "") writer.string(name);
  if (taskId !== "") writer.string(taskId);
  if (stream !== NO_STREAM) writer.u32(stream);
}

/** Reads settings. */
export function readCallSettings(reader: Reader): CallSettings {
  const flags = reader.u8();
  return flags === 0 ? PLAIN_CALL : flags === WAITS ? WAITING_CALL : readSaid(reader, flags);
}

function readSaid(reader: Reader, flags: number): CallSettings {
  if ((flags & ~ALL) !== 0) throw new CorruptFrameError("a call with settings that nobody knows");
  return {
    group: (flags & GROUP) === 0 ? "" : reader.string(),
    name: (flags & NAME) === 0 ? "" : reader.string(),
    taskId: (flags & TASK_ID) === 0 ? "" : reader.string(),
    stream: (flags & STREAM) === 0 ? NO_STREAM : reader.u32(),
    retry: undefined,
    waits: (flags & WAITS) !== 0,
  };
}

/** True if the call waits while its actor restarts. */
export function mayWait({ retry, waits }: CallSettings): boolean {
  return retry !== undefined || waits === true;
}
