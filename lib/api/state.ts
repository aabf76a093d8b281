/**
 * Looking at a program from within: what its actors and tasks do, and what happens.
 *
 * @module
 */

import type { RayEvent, RayEventType } from "../observe/events.ts";
import { ACTOR_STATES, type ActorStateName, TASK_STATES, type TaskStateName } from "../observe/recorder.ts";
import { requireThread } from "../runtime/current.ts";
import { type ActorState, actorStates, type TaskState, taskStates } from "../runtime/program_state.ts";
import type { Thread } from "../runtime/thread.ts";
import { checkNames, checkSignal, NO_OPTIONS } from "../objects/option_checks.ts";
import { checkKinds, checkList } from "./state_checks.ts";
import { unlessAborted, type WaitSignal } from "./waiting.ts";

/** Options of `events`. */
export interface EventsOptions {
  /** Ends the iterator when it aborts. */
  signal?: AbortSignal;
  /** Only events of these kinds; all unless given. */
  kinds?: readonly RayEventType[];
}

/** Which actors `listActors` lists: those to which all that is said here applies. */
export interface ActorFilter {
  /** In this state. */
  state?: ActorStateName;
  /** Of the class with this name. */
  className?: string;
  /** With this name of their own. */
  name?: string;
}

/** Options of `listActors`. */
export interface ListActorsOptions extends WaitSignal {
  /** Which; all unless given. */
  filter?: ActorFilter;
  /** At most so many, the newest; all unless given. */
  limit?: number;
}

/** Which tasks `listTasks` lists: those to which all that is said here applies. */
export interface TaskFilter {
  /** In this state. */
  state?: TaskStateName;
  /** With this name. */
  name?: string;
  /** Calls of this actor. */
  actorId?: string;
}

/** Options of `listTasks`. */
export interface ListTasksOptions extends WaitSignal {
  /** Which; all unless given. */
  filter?: TaskFilter;
  /** At most so many, the newest; all unless given. */
  limit?: number;
}

/** Options of `summarize`. */
export interface SummarizeOptions extends WaitSignal {}

/** How many are in which state. */
export type StateCounts<S extends string> = Partial<Record<S, number>>;

/** What `summarize` gives. */
export interface StateSummary {
  /** How many actors of each class are in each state. */
  readonly actors: Readonly<Record<string, StateCounts<ActorStateName>>>;
  /** How many tasks of each name are in each state. */
  readonly tasks: Readonly<Record<string, StateCounts<TaskStateName>>>;
}

/**
 * The program's events, from this call on: actors and calls of all threads, as the driver hears of them. For `for await`; any
 * number of these can be read at once, each gets all. It ends with the loop, when `signal` aborts, or with `shutdown()`.
 *
 * Events of one thread come in their order, those of two as they arrive; `time` says which was first. A thread hears a moment
 * later that somebody reads events; what a thread that crashes had not sent is lost. Of a reader that falls behind, the oldest
 * of 10,000 unread events are given up, and an event of type `"events-dropped"` says how many. Waiting for an event does not
 * keep the process alive. While nobody reads, events cost a call nothing.
 *
 * @example Hearing of a failure that nobody reads
 * ```ts
 * import { Actor, events, remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Worker extends Actor {
 *   fail(): void {
 *     throw new RangeError("too far");
 *   }
 * }
 * remote(Worker, { placement: "inline", module: import.meta.url });
 *
 * const failures = events({ kinds: ["task-failed"] });
 * const worker = Worker.remote();
 * worker.fail.remote();
 * for await (const event of failures) {
 *   if (event.type !== "task-failed") continue;
 *   assertEquals([event.name, event.error], ["Worker.fail", "RangeError: too far"]);
 *   break;
 * }
 * await shutdown();
 * ```
 *
 * @param options Which events, and until when.
 * @returns The events.
 * @throws {TypeError} If an option is unknown or of a wrong type.
 * @throws {RangeError} If there is no such kind of event.
 * @throws {Error} In an actor or a remote function: the driver has the events.
 */
export function events(options: EventsOptions = {}): AsyncIterableIterator<RayEvent> {
  checkNames("read events", options, ["signal", "kinds"]);
  const signal = checkSignal("read events", options.signal);
  const kinds = checkKinds(options.kinds);
  return requireDriver("read events").observation.open(kinds, signal);
}

/**
 * The program's actors, on all threads, as they are now; of those that have ended, the last 1,000. The oldest first.
 *
 * A thread that does not answer within a second, for code of the program's blocks it, is described from outside: such actors have
 * `isStale`.
 *
 * @example Finding what is busy
 * ```ts
 * import { Actor, listActors, remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Counter extends Actor {
 *   add(): number {
 *     return 1;
 *   }
 * }
 * remote(Counter, { placement: "inline", module: import.meta.url });
 *
 * const counter = Counter.remote();
 * await counter.add.remote();
 * const [actor] = await listActors({ filter: { className: "Counter", state: "ALIVE" } });
 * assertEquals([actor.actorId, actor.queued], [counter.actorId, 0]);
 * await shutdown();
 * ```
 *
 * @param options Which, and how many.
 * @returns The actors. Rejects in an actor or a remote function: the driver knows them.
 * @throws {TypeError} If an option is unknown or of a wrong type.
 * @throws {RangeError} If an option has a wrong value.
 */
export function listActors(options: ListActorsOptions = {}): Promise<ActorState[]> {
  const select = checkList<ActorState>("list actors", options, {
    state: ACTOR_STATES,
    className: "a string",
    name: "a string",
  });
  const signal = checkSignal("list actors", options.signal);
  return onDriver("list actors", signal, async (thread) => select(await actorStates(thread)));
}

/**
 * The tasks that are waiting or running now, and the last 1,000 that have ended: calls of methods and remote functions that were
 * made since somebody first called this or `summarize`, or while somebody read `events()`. The first call begins to record them. The
 * oldest first.
 *
 * @example What a call has come to
 * ```ts
 * import { Actor, listTasks, remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Counter extends Actor {
 *   add(): number {
 *     return 1;
 *   }
 * }
 * remote(Counter, { placement: "inline", module: import.meta.url });
 *
 * await listTasks();
 * await Counter.remote().add.remote();
 * const [task] = await listTasks();
 * assertEquals([task.name, task.state], ["Counter.add", "FINISHED"]);
 * await shutdown();
 * ```
 *
 * @param options Which, and how many.
 * @returns The tasks. Rejects in an actor or a remote function: the driver knows them.
 * @throws {TypeError} If an option is unknown or of a wrong type.
 * @throws {RangeError} If an option has a wrong value.
 */
export function listTasks(options: ListTasksOptions = {}): Promise<TaskState[]> {
  const select = checkList<TaskState>("list tasks", options, {
    state: TASK_STATES,
    name: "a string",
    actorId: "a string",
  });
  const signal = checkSignal("list tasks", options.signal);
  return onDriver("list tasks", signal, async (thread) => select(await taskStates(thread)));
}

/**
 * How many actors of each class, and how many tasks of each name, are in each state; of what `listActors` and `listTasks` would
 * list. The first call begins to record tasks.
 *
 * @example Counts
 * ```ts
 * import { Actor, remote, shutdown, summarize } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Counter extends Actor {
 *   add(): number {
 *     return 1;
 *   }
 * }
 * remote(Counter, { placement: "inline", module: import.meta.url });
 *
 * await summarize();
 * const counters = [Counter.remote(), Counter.remote()];
 * for (const counter of counters) await counter.add.remote();
 * assertEquals(await summarize(), {
 *   actors: { Counter: { ALIVE: 2 } },
 *   tasks: { "Counter.add": { FINISHED: 2 } },
 * });
 * await shutdown();
 * ```
 *
 * @param options A signal that ends the wait.
 * @returns The counts. Rejects in an actor or a remote function: the driver knows them.
 * @throws {TypeError} If an option is unknown or of a wrong type.
 */
export function summarize(options: SummarizeOptions = NO_OPTIONS): Promise<StateSummary> {
  checkNames("summarize", options, ["signal"]);
  const signal = checkSignal("summarize", options.signal);
  return onDriver("summarize", signal, async (thread) => {
    const tasks = await taskStates(thread);
    return {
      actors: count(thread.observation.actors(), ({ className }) => className),
      tasks: count(tasks, ({ name }) => name),
    };
  });
}

function count<S extends string, T extends { readonly state: S }>(
  items: readonly T[],
  keyOf: (item: T) => string,
): Record<string, StateCounts<S>> {
  // A class may have any name, "__proto__" as well.
  const counts = new Map<string, StateCounts<S>>();
  for (const item of items) {
    const states: StateCounts<S> = counts.get(keyOf(item)) ?? {};
    counts.set(keyOf(item), { ...states, [item.state]: (states[item.state] ?? 0) + 1 });
  }
  return Object.fromEntries(counts);
}

function requireDriver(verb: string): Thread {
  const thread = requireThread(verb);
  if (!thread.isWorker) return thread;
  throw new Error(`Cannot ${verb} in an actor or a remote function: the driver has this, do it there`);
}

async function onDriver<T>(
  verb: string,
  signal: AbortSignal | undefined,
  run: (thread: Thread) => Promise<T>,
): Promise<T> {
  return await unlessAborted(run(requireDriver(verb)), signal);
}
