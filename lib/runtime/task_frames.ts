/**
 * The frame of a task: what a worker is sent that is to run a function.
 *
 * @module
 */

import type { FunctionDefinition } from "../define/definitions.ts";
import type { Ref } from "../objects/ref.ts";
import type { PeerLink } from "../transport/peer.ts";
import {
  type CallSettings,
  NO_STREAM,
  PLAIN_CALL,
  readCallSettings,
  writeCallSettings,
} from "../wire/call_settings.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import type { Thread } from "./thread.ts";

/** What is known of a function where it does not run. */
export type TaskFunction = Pick<FunctionDefinition, "module" | "name" | "stream">;

/** A task, as its caller has it. */
export interface SentTask {
  readonly definition: TaskFunction;
  readonly args: readonly unknown[];
  /** Its answer. */
  readonly ref: Ref;
  /** Its id, if somebody looks; else `""`. */
  readonly taskId: string;
}

/** Sends a task to a worker. Throws `SerializationError`, and has sent nothing, if an argument cannot cross. */
export function sendTask(
  thread: Thread,
  worker: PeerLink,
  { definition, args, ref, taskId }: SentTask,
): void {
  const { module, name, stream } = definition;
  const out = worker.open(Frame.task);
  const slot = worker.calls.add(ref);
  out.u32(slot);
  out.string(module);
  out.string(name);
  writeCallSettings(
    out,
    taskId === "" && stream === NO_STREAM ? PLAIN_CALL : { ...PLAIN_CALL, taskId, stream },
  );
  out.varint(args.length);
  try {
    thread.values.finish(worker, "args", args);
  } catch (error) {
    worker.calls.take(slot);
    throw error;
  }
}

/** What stands before a task's arguments. */
export interface TaskHead {
  /** The caller's slot for the answer. */
  readonly slot: number;
  readonly module: string;
  readonly name: string;
  readonly settings: CallSettings;
}

/** Reads it. */
export function readTaskHead(reader: Reader): TaskHead {
  return {
    slot: reader.u32(),
    module: reader.string(),
    name: reader.string(),
    settings: readCallSettings(reader),
  };
}
