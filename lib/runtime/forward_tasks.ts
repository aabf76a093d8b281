/**
 * The tasks that pass through one side of a process's border: from whoever has made them to where they run.
 *
 * @module
 */

import type { IncomingCall } from "../exec/incoming_call.ts";
import type { Ref } from "../objects/ref.ts";
import type { PeerLink } from "../transport/peer.ts";
import { NO_STREAM } from "../wire/call_settings.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { FailureKind } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { ForwardedCalls } from "./forwarded_calls.ts";
import { LinkCall, sendFailure } from "./replies.ts";
import { readTaskHead, type TaskFunction } from "./task_frames.ts";
import type { Thread } from "./thread.ts";

/** Has a task run further on; returns its answer. `args` are its own. */
export type PassTask = (task: { definition: TaskFunction; args: readonly unknown[]; taskId: string }) => Ref;

/** Passes tasks on. */
export class ForwardTasks {
  readonly #thread: Thread;
  readonly #pass: PassTask;
  readonly #forwarded: ForwardedCalls;

  /**
   * @param thread The thread.
   * @param pass Has a task run further on.
   */
  constructor(thread: Thread, pass: PassTask) {
    this.#thread = thread;
    this.#pass = pass;
    this.#forwarded = new ForwardedCalls((...stream) => thread.streams.forward(...stream));
  }

  /** Takes a task's frame. */
  take(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const { values, streams } = this.#thread;
    const { slot, module, name, settings } = readTaskHead(reader);
    const { stream, taskId = "" } = settings;
    const who = { taskName: name, actorId: "" };
    try {
      const args = values.readArgs(link, reader, items);
      const ref = this.#pass({ definition: { module, name, stream }, args, taskId });
      const namer = { identify: () => who };
      const call = stream === NO_STREAM
        ? new LinkCall(link, slot, values, namer, 0, settings, args)
        : streams.take(link, slot, namer, 0, settings, args);
      this.#forwarded.add(call, ref);
    } catch (error) {
      if (error instanceof CorruptFrameError) throw error;
      sendFailure(link, slot, FailureKind.system, who, error, values);
    }
  }

  /** Cancels the task that `isIt` is true of; what it has called is cancelled where it runs. */
  cancel(isIt: (call: IncomingCall) => boolean, recursive: boolean): undefined {
    this.#forwarded.cancel(isIt, recursive);
  }
}
