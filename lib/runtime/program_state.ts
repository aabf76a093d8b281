/**
 * What the driver knows of the program's actors and tasks, put together: the events that it has heard of, the answers of the
 * threads, and, for those that do not answer, the board.
 *
 * @module
 */

import { actorId } from "../base/ids.ts";
import type { ActorRecord, ActorStateName, TaskRecord, TaskStateName } from "../observe/recorder.ts";
import { PRIMARY } from "./creation.ts";
import type { ActorLoad, LoadReport } from "./thread_loads.ts";
import type { Thread } from "./thread.ts";

/** An actor, as `listActors` found it. */
export interface ActorState {
  /** Its id. */
  readonly actorId: string;
  /** The name of its class. */
  readonly className: string;
  /** Its own name, if it has one. */
  readonly name: string | undefined;
  /** How far it has come, by Ray's names. */
  readonly state: ActorStateName;
  /** Where it runs, as `"thread"`. */
  readonly placement: string;
  /** The number of its thread; the driver's is 1. */
  readonly thread: number;
  /** Calls that have begun and not ended. */
  readonly running: number;
  /** Calls that have arrived and wait. */
  readonly queued: number;
  /** Why it ended; `undefined` while it lives. */
  readonly reason: string | undefined;
  /**
   * True if its thread, which code of the program's blocks, has not answered within a second: `running` and `queued` are then
   * what can be seen from outside, and count calls of the driver's only.
   */
  readonly isStale: boolean;
}

/** A task, as `listTasks` found it: one call of a method, or of a remote function. */
export interface TaskState {
  /** Its id. */
  readonly taskId: string;
  /** The call's own name, else `"Class.method"`, or the function's name. */
  readonly name: string;
  /** The actor called; `undefined` for a remote function. */
  readonly actorId: string | undefined;
  /** How far it has come, by Ray's names. */
  readonly state: TaskStateName;
  /** How often it has begun before; more than 0 for one that is tried again. */
  readonly attempt: number;
  /** The thread that runs it, or ran it; `undefined` before. */
  readonly thread: number | undefined;
  /** When the call was made, in milliseconds since the epoch. */
  readonly submitted: number | undefined;
  /** When it began to run, if it has. */
  readonly started: number | undefined;
  /** When it ended, if it has. */
  readonly ended: number | undefined;
  /** Its error as text, if it failed. */
  readonly error: string | undefined;
  /** True if its thread has not answered within a second: the task may have gone on meanwhile. */
  readonly isStale: boolean;
}

/** All actors, the oldest first. */
export async function actorStates(thread: Thread): Promise<ActorState[]> {
  const report = await thread.observation.loads.ask();
  return thread.observation.actors().map((record) => actorState(thread, record, report));
}

/** All tasks that are recorded, the oldest first. */
export async function taskStates(thread: Thread): Promise<TaskState[]> {
  const { observation } = thread;
  observation.keepTasks();
  const { silent } = await observation.loads.ask();
  const threads = new Map(observation.actors().map(({ actorId, thread }) => [actorId, thread]));
  const whereabouts = (
    { state, thread, actorId = "" }: Omit<TaskRecord, "caller" | "starts">,
    caller: number,
  ) => state === "PENDING_ARGS_AVAIL" ? caller : thread || (threads.get(actorId) ?? caller);
  return [...observation.recorder.tasks()].map(({ caller, starts, ...task }) => ({
    taskId: task.taskId,
    name: task.name,
    actorId: task.actorId,
    state: task.state,
    attempt: Math.max(0, starts - 1),
    thread: task.thread === 0 ? undefined : task.thread,
    submitted: task.submitted,
    started: task.started,
    ended: task.ended,
    error: task.error,
    isStale: task.ended === undefined && silent.has(whereabouts(task, caller)),
  }));
}

function actorState(thread: Thread, record: ActorRecord, { loads, silent }: LoadReport): ActorState {
  const { actorId, className, name, state, placement, reason } = record;
  const crew = thread.cells.get(actorId)?.address.crew;
  const threads = crew?.members.map(({ id }) => id) ?? [record.thread];
  const isStale = state !== "DEAD" && threads.some((id) => silent.has(id));
  const answer = isStale || crew !== undefined ? undefined : loads.get(actorId);
  const { running, queued } = state === "DEAD"
    ? { running: 0, queued: 0 }
    : answer ?? fromOutside(thread, record);
  return {
    actorId,
    className,
    name,
    state,
    placement,
    thread: record.thread,
    running,
    queued,
    reason: state === "ALIVE" ? undefined : reason,
    isStale,
  };
}

/**
 * What the board says of the actor's threads, and this thread of its own calls. Those that wait for a free thread of a threaded
 * actor wait where they were made.
 */
function fromOutside({ board, cells, peers }: Thread, record: ActorRecord): ActorLoad {
  const cell = cells.get(record.actorId);
  const peer = peers.find(record.thread)?.peer;
  const crew = cell?.address.crew?.members;
  const isAlone = crew !== undefined || record.placement === "thread" || record.placement === "process";
  let running = 0;
  for (const member of crew ?? (peer === undefined ? [] : [peer])) {
    const { actor, method, running: others } = board.activity(member);
    // One that was restarted has the id of its first thread.
    const isIts = isAlone ? actor === PRIMARY : actorId(member.id, actor) === record.actorId;
    running += (isIts && method >= 0 ? 1 : 0) + (isAlone ? others : 0);
  }
  const pending = cell?.activity()?.pending ?? 0;
  return { running, queued: Math.max(0, pending - running) };
}
