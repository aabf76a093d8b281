/**
 * The calls that one side of a process's border has passed on to the other.
 *
 * @module
 */

import { TaskError } from "../base/task_error.ts";
import type { IncomingCall } from "../exec/incoming_call.ts";
import type { StreamingCall } from "../exec/stream_producer.ts";
import { READY, type Ref } from "../objects/ref.ts";
import type { Streams } from "./streams.ts";

/** Calls, and the refs of what they became on the other side. */
export class ForwardedCalls {
  readonly #forward: Streams["forward"];
  readonly #changed: () => void;
  readonly #inFlight = new Map<IncomingCall, Ref>();

  /**
   * @param forward Has the items of a stream go to where its call came from; see `Streams.forward`.
   * @param changed Told when there are more or fewer of them.
   */
  constructor(forward: Streams["forward"], changed: () => void = () => {}) {
    this.#forward = forward;
    this.#changed = changed;
  }

  /** How many have no answer yet. */
  get size(): number {
    return this.#inFlight.size;
  }

  /** A call was passed on, and became `ref`: answers it when that is settled. */
  add(call: IncomingCall, ref: Ref): void {
    // So that what cancels the call with all that it has called finds it.
    ref.parent = call;
    this.#inFlight.set(call, ref);
    this.#changed();
    const isEnded = (): boolean => {
      if (!this.#inFlight.delete(call)) return true;
      this.#changed();
      return false;
    };
    if ("producer" in call) {
      this.#forward(ref, call as StreamingCall, (error) => {
        if (!isEnded()) call.refuse(error);
      });
    }
    ref.observe({
      settled: () => {
        if (!isEnded()) answer(call, ref);
      },
    });
  }

  /** Cancels the call that `isIt` is true of; what it has called is cancelled where it runs. */
  cancel(isIt: (call: IncomingCall) => boolean, recursive: boolean): void {
    for (const [call, ref] of this.#inFlight) {
      if (isIt(call)) return ref.source?.cancel(ref, { recursive, force: false });
    }
  }

  /** Answers none of them any more. */
  clear(): void {
    this.#inFlight.clear();
  }
}

function answer(call: IncomingCall, ref: Ref): void {
  // Whoever gets the answer makes a `TaskError` of its own, with the line that made the call.
  if (ref.status !== READY) {
    return ref.value instanceof TaskError ? call.fail(ref.value.cause) : call.refuse(ref.value as Error);
  }
  try {
    call.succeed(ref.value);
  } catch (error) {
    call.refuse(error as Error);
  }
}
