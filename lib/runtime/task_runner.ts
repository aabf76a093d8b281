/**
 * Where remote functions run: a worker of the pool loads their modules and runs them one at a time.
 *
 * @module
 */

import { kindOf } from "../define/class_definition.ts";
import type { FunctionDefinition } from "../define/definitions.ts";
import { contextOf } from "../exec/call_context.ts";
import { type CallRunner, Executor } from "../exec/executor.ts";
import type { Runnable } from "../exec/host_environment.ts";
import type { IncomingCall } from "../exec/incoming_call.ts";
import { observeRun } from "../exec/observed_run.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { type AnyGenerator, stopStream } from "../exec/stream_producer.ts";
import type { PeerLink } from "../transport/peer.ts";
import { type CallSettings, NO_STREAM, PLAIN_CALL } from "../wire/call_settings.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { FailureKind } from "../wire/frames.ts";
import { Reader } from "../wire/reader.ts";
import { LinkCall, sendFailure, type TaskNamer } from "./replies.ts";
import { readTaskHead } from "./task_frames.ts";
import type { Thread } from "./thread.ts";

/** Runs the tasks that come to one thread. */
export class TaskRunner implements CallRunner {
  readonly #thread: Thread;
  readonly #executor: Executor = new Executor(1, this);
  readonly #functions = new Map<IncomingCall, FunctionDefinition>();
  /** Tasks whose module is being loaded. */
  readonly #loading = new Set<LinkCall>();

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.#executor.open();
  }

  /** Takes a task's frame. */
  take(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const { slot, module, name, settings } = readTaskHead(reader);
    const known = this.#thread.definitions.findFunction(module, name);
    if (known !== undefined) return this.#push(link, slot, known, settings, reader, items);
    // The frame's bytes are the link's, and are gone when the module is loaded.
    const later = new Reader();
    later.reset(reader.bytes.slice(reader.pos, reader.end));
    const loading = new LinkCall(link, slot, this.#thread.values, namedAs(name), 0, PLAIN_CALL, []);
    this.#loading.add(loading);
    this.#thread.load(module).then(() => {
      if (!this.#loading.delete(loading)) return;
      const definition = this.#thread.definitions.findFunction(module, name);
      if (definition !== undefined) return this.#push(link, slot, definition, settings, later, items);
      throw new TypeError(
        `Cannot run function "${name}": ${module} did not declare it when a worker loaded it, declare it at the top level ` +
          `there, not in a function or under "if (import.meta.main)", or say its module with the option "module: import.meta.url"`,
      );
    }).catch((error) => {
      this.#loading.delete(loading);
      this.#refuse(link, slot, name, error);
    });
  }

  /** Cancels the task that `isIt` is true of; see `ActorHost.cancel`. */
  cancel(isIt: (call: IncomingCall) => boolean): IncomingCall | undefined {
    const loading = [...this.#loading].find(isIt);
    const call = loading ?? this.#executor.find(isIt);
    if (call === undefined) return undefined;
    if (loading !== undefined ? this.#loading.delete(loading) : this.#executor.withdraw(call)) {
      this.#functions.delete(call);
      call.refuse(cancelledError(call.taskName));
      return undefined;
    }
    contextOf(call).cancel(call.taskName);
    stopStream(call);
    return call;
  }

  /** {@inheritDoc CallRunner.invoke} */
  invoke(call: IncomingCall): unknown {
    const { fn } = this.#functions.get(call)!;
    this.#functions.delete(call);
    const { calls } = this.#thread.host;
    if (kindOf(fn).isAsync) calls.keepApart();
    calls.holder = call;
    try {
      return calls.run(call, ({ args }) => Reflect.apply(fn, undefined, args as never[]));
    } finally {
      calls.holder = undefined;
    }
  }

  /** {@inheritDoc CallRunner.began} */
  began(): void {
    this.#thread.expectContinuations();
  }

  /** {@inheritDoc CallRunner.ended} */
  ended(): void {}

  /** {@inheritDoc CallRunner.ready} */
  ready(runnable: Runnable): void {
    this.#thread.host.ready(runnable);
  }

  /** {@inheritDoc GeneratorRunner.advance} */
  advance(call: IncomingCall, generator: AnyGenerator, isEnd: boolean): unknown {
    return this.#thread.host.calls.advance(call, generator, isEnd);
  }

  /** {@inheritDoc GeneratorRunner.awaits} */
  awaits(): void {
    this.#thread.expectContinuations();
  }

  #push(
    link: PeerLink,
    slot: number,
    definition: FunctionDefinition,
    settings: CallSettings,
    reader: Reader,
    items: readonly unknown[],
  ): void {
    const { values } = this.#thread;
    try {
      const args = values.readArgs(link, reader, items);
      const who = namedAs(definition.name);
      const call = settings.stream === NO_STREAM
        ? new LinkCall(link, slot, values, who, 0, settings, args)
        : this.#thread.streams.take(link, slot, who, 0, settings, args);
      if (settings !== PLAIN_CALL) observeRun(this.#thread.observation.events, call, "");
      this.#functions.set(call, definition);
      this.#executor.push(call);
    } catch (error) {
      if (error instanceof CorruptFrameError) throw error;
      this.#refuse(link, slot, definition.name, error);
    }
  }

  #refuse(link: PeerLink, slot: number, taskName: string, error: unknown): void {
    sendFailure(link, slot, FailureKind.system, { taskName, actorId: "" }, error, this.#thread.values);
  }
}

function namedAs(taskName: string): TaskNamer {
  const who = { taskName, actorId: "" };
  return { identify: () => who };
}
