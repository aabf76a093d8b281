/**
 * A call that somebody looks at, where it runs.
 *
 * @module
 */

import { describeThrown } from "../base/task_error.ts";
import type { EventSink, TaskFacts } from "../observe/event_sink.ts";
import type { IncomingCall } from "./incoming_call.ts";

/** Tells `events` when a call begins and ends, if it has a task id. All others stay as they are. */
export function observeRun(events: EventSink, call: IncomingCall, actorId: string): void {
  const { taskId = "" } = call.settings;
  if (taskId === "") return;
  // Not before it is constructed does an actor know the names of its methods.
  const task = (): TaskFacts => ({ taskId, name: call.taskName, actorId });
  const { succeed, fail, refuse } = call;
  let isOver = false;
  const failed = (error: unknown): void => {
    if (!isOver) events.taskFailed(task(), describeThrown(error));
    isOver = true;
  };
  call.started = () => events.taskStarted(task());
  call.succeed = (value) => {
    // A value that cannot cross throws here, and is refused next.
    succeed.call(call, value);
    if (!isOver) events.taskFinished(task());
    isOver = true;
  };
  call.fail = (thrown) => {
    fail.call(call, thrown);
    failed(thrown);
  };
  call.refuse = (error) => {
    refuse.call(call, error);
    failed(error);
  };
}
