/**
 * Remote functions in a thread with a schedule: they run right here, for workers would go on in an order of their own.
 *
 * @module
 */

import { kindOf } from "../define/class_definition.ts";
import type { FunctionDefinition } from "../define/definitions.ts";
import { Executor } from "../exec/executor.ts";
import { contextOf } from "../exec/call_context.ts";
import type { Runnable } from "../exec/host_environment.ts";
import type { IncomingCall } from "../exec/incoming_call.ts";
import { stopStream } from "../exec/stream_producer.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { PENDING, type Ref } from "../objects/ref.ts";
import { NO_STREAM, PLAIN_CALL } from "../wire/call_settings.ts";
import { whenReady } from "./when_ready.ts";
import { LocalCall } from "./replies.ts";
import type { Thread } from "./thread.ts";

/** A function runs in no actor. */
const NO_ACTOR = { id: "" } as const;

/** Runs a function once its arguments are there. */
export function runScheduledTask(
  thread: Thread,
  { fn, stream }: FunctionDefinition,
  args: unknown[],
  ref: Ref,
): Ref {
  const { calls } = thread.host;
  let call: LocalCall | undefined;
  ref.source = {
    actorId: undefined,
    activity: () => undefined,
    fulfiller: () => thread.self.id,
    answered: () => {},
    cancel: (ref, { force }) => {
      // There is no worker to end by force: what runs goes on, and nobody hears of it.
      if (call === undefined || force || executor.withdraw(call)) ref.reject(cancelledError(ref.taskName));
      else {
        stopStream(call);
        contextOf(call).cancel(call.taskName);
      }
    },
  };
  const executor: Executor = new Executor(1, {
    invoke: (call: IncomingCall) => {
      if (kindOf(fn).isAsync) calls.keepApart();
      calls.holder = call;
      try {
        return calls.run(call, ({ args }) => Reflect.apply(fn, undefined, args as never[]));
      } finally {
        calls.holder = undefined;
      }
    },
    advance: (call, generator, isEnd) => calls.advance(call, generator, isEnd),
    awaits: () => thread.expectContinuations(),
    began: () => thread.expectContinuations(),
    ended: () => {},
    ready: (runnable: Runnable) => thread.host.ready(runnable, executor),
  });
  executor.open();
  whenReady(thread.values.copyArgs(args), {
    ready: (values) => {
      if (ref.status !== PENDING) return;
      const own = thread.values.copy(values, "args");
      call = stream === NO_STREAM
        ? new LocalCall(0, PLAIN_CALL, own, ref, thread.values, NO_ACTOR)
        : thread.streams.makeLocal(0, { ...PLAIN_CALL, stream }, own, ref, NO_ACTOR);
      executor.push(call);
    },
    failed: (error) => ref.reject(error),
  });
  return ref;
}
