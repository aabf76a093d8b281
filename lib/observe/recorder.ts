/**
 * What the driver knows of all actors and tasks from the events that it has heard of, and who else hears of them.
 *
 * @module
 */

import type { EventNote } from "./event_note.ts";
import type { ActorEventBase, RayEvent, TaskEventBase } from "./events.ts";

/** The state of an actor, by Ray's names. */
export type ActorStateName = "PENDING_CREATION" | "ALIVE" | "RESTARTING" | "DEAD";
/** All of them. */
export const ACTOR_STATES: readonly ActorStateName[] = ["PENDING_CREATION", "ALIVE", "RESTARTING", "DEAD"];

/** The state of a task, by Ray's names. */
export type TaskStateName = "PENDING_ARGS_AVAIL" | "SUBMITTED_TO_WORKER" | "RUNNING" | "FINISHED" | "FAILED";
/** All of them. */
export const TASK_STATES: readonly TaskStateName[] = [
  "PENDING_ARGS_AVAIL",
  "SUBMITTED_TO_WORKER",
  "RUNNING",
  "FINISHED",
  "FAILED",
];

/** So many actors that have ended are remembered, and so many tasks. */
export const MAX_REMEMBERED = 1_000;

/** An actor. */
export interface ActorRecord extends Omit<ActorEventBase, "time"> {
  /** Less than that of actors that are newer. */
  readonly order: number;
  /** The number of its thread. */
  thread: number;
  /** Its state. */
  state: ActorStateName;
  /** Why it has ended, or ended last. */
  reason: string | undefined;
  /** The number of the thread that starts it again, if it may be: that one tells of its ends. */
  readonly supervisor: number | undefined;
  /** When it was constructed last. */
  constructed: number;
}

/** A task. */
export interface TaskRecord extends Omit<TaskEventBase, "time" | "thread"> {
  /** Its state. */
  state: TaskStateName;
  /** The thread that made the call; 0 while that is not known. */
  caller: number;
  /** The thread that runs it, or ran it last; 0 before. */
  thread: number;
  /** How often it has begun. */
  starts: number;
  /** When it was made, began, and ended, as far as it has. */
  submitted: number | undefined;
  started: number | undefined;
  ended: number | undefined;
  /** Its error as text. */
  error: string | undefined;
}

/** Keeps the records; one a program. */
export class Recorder {
  /** Told of each note as well, in a process: there the program's driver is not. */
  onNote: ((note: EventNote) => void) | undefined = undefined;
  readonly #actors = new Map<string, ActorRecord>();
  readonly #dead: string[] = [];
  /** Of actors that nobody has announced yet: who made them says so over another link. */
  readonly #early = new Map<string, EventNote[]>();
  readonly #tasks = new Map<string, TaskRecord>();
  readonly #ended: string[] = [];
  readonly #onEvent: (event: RayEvent) => void;
  readonly #isHeard: () => boolean;

  /**
   * @param onEvent Told of each event, once it is recorded.
   * @param isHeard False while nobody would hear of it.
   */
  constructor(onEvent: (event: RayEvent) => void, isHeard: () => boolean) {
    this.#onEvent = onEvent;
    this.#isHeard = isHeard;
  }

  /** The actors, the oldest first. */
  actors(): ActorRecord[] {
    return [...this.#actors.values()].sort((one, other) => one.order - other.order);
  }

  /** The tasks, the oldest first. */
  tasks(): IterableIterator<TaskRecord> {
    return this.#tasks.values();
  }

  /** Hears of an event. A new actor has that place in the order of all. */
  take(note: EventNote, order = 0): void {
    this.onNote?.(note);
    if (note.taskId !== "") this.#task(note);
    else this.#actor(note, order);
  }

  /** A thread has ended: with it its actors, the tasks it ran, and the calls it still had to send. */
  threadEnded(thread: number, reason: string, time: number): void {
    const base = { time, thread, taskId: "", text: reason };
    for (const { actorId, className, ...actor } of [...this.#actors.values()]) {
      if ((actor.supervisor ?? actor.thread) === thread) {
        this.take({ ...base, type: "actor-died", actorId, name: className });
      }
    }
    for (const { taskId, name, actorId = "", ...task } of [...this.#tasks.values()]) {
      const lost = task.state === "RUNNING" ? task.thread : task.caller;
      if (lost === thread) this.take({ ...base, type: "task-failed", taskId, name, actorId });
    }
    for (const [actorId, notes] of this.#early) if (notes[0].thread === thread) this.#early.delete(actorId);
  }

  #actor(note: EventNote, order: number): void {
    const { type, actorId, time, thread, text } = note;
    const known = this.#actors.get(actorId);
    if (type === "actor-created") {
      if (known !== undefined) return;
      const actor: ActorRecord = {
        order,
        actorId,
        className: note.name,
        placement: text,
        name: note.actor?.name || undefined,
        thread: note.actor?.thread ?? thread,
        state: "PENDING_CREATION",
        reason: undefined,
        supervisor: note.actor?.supervisor,
        constructed: 0,
      };
      this.#actors.set(actorId, actor);
      if (this.#isHeard()) this.#onEvent({ type, time, thread, ...factsOf(actor) });
      const early = this.#early.get(actorId);
      if (early === undefined) return;
      this.#early.delete(actorId);
      for (const next of early) this.#actor(next, order);
      return;
    }
    if (known === undefined) {
      this.#early.set(actorId, [...this.#early.get(actorId) ?? [], note]);
      return;
    }
    if (type === "actor-alive") {
      if (known.state === "DEAD") return;
      known.state = "ALIVE";
      known.constructed = time;
      known.thread = thread;
      if (this.#isHeard()) this.#onEvent({ type, time, thread, ...factsOf(known) });
      return;
    }
    const event = { time, thread, ...factsOf(known) };
    if (type === "actor-restarting") {
      // The next run may have been heard of first.
      if (known.state !== "DEAD" && known.constructed <= time) known.state = "RESTARTING";
      known.reason = text;
      this.#onEvent({ type, ...event, reason: text });
    } else if (type === "actor-died") {
      if (known.state === "DEAD") return;
      known.state = "DEAD";
      known.reason = text;
      this.#dead.push(actorId);
      if (this.#dead.length > MAX_REMEMBERED) {
        const oldest = this.#dead.shift()!;
        if (this.#actors.get(oldest)?.state === "DEAD") this.#actors.delete(oldest);
      }
      this.#onEvent({ type, ...event, reason: text });
    }
  }

  #task(note: EventNote): void {
    const { type, time, thread, taskId, text } = note;
    const task = this.#tasks.get(taskId) ?? newTask(note);
    const { name, actorId } = task;
    const event = { time, thread, taskId, name, actorId };
    if (type === "task-error-unread") return this.#onEvent({ type, ...event, error: text });
    this.#tasks.set(taskId, task);
    const attempt = Math.max(0, task.starts - 1);
    const duration = task.started === undefined ? 0 : Math.max(0, time - task.started);
    if (type === "task-submitted") {
      task.submitted = time;
      task.caller = thread;
      const isWaiting = note.isWaiting === true;
      // The thread that runs it may have been heard of first.
      if (task.state === "PENDING_ARGS_AVAIL" && !isWaiting) task.state = "SUBMITTED_TO_WORKER";
      this.#onEvent({ type, ...event, isWaiting });
    } else if (type === "task-ready") {
      if (task.state === "PENDING_ARGS_AVAIL") task.state = "SUBMITTED_TO_WORKER";
      this.#onEvent({ type, ...event });
    } else if (type === "task-started") {
      const attempt = task.starts++;
      task.thread = thread;
      // After the end it is another attempt, or news that comes late.
      if (task.ended === undefined || time >= task.ended) {
        task.started = time;
        task.state = "RUNNING";
        task.ended = task.error = undefined;
      }
      this.#onEvent({ type, ...event, attempt });
    } else if (task.ended === undefined) {
      task.ended = time;
      this.#remember(taskId);
      if (type === "task-finished") {
        task.state = "FINISHED";
        this.#onEvent({ type, ...event, attempt, duration });
      } else if (type === "task-failed") {
        task.state = "FAILED";
        task.error = text;
        this.#onEvent({ type, ...event, attempt, duration, error: text });
      }
    }
  }

  #remember(taskId: string): void {
    this.#ended.push(taskId);
    if (this.#ended.length <= MAX_REMEMBERED) return;
    const oldest = this.#ended.shift()!;
    // One that was begun again stands in the list once more, or has not ended.
    if (this.#tasks.get(oldest)?.ended !== undefined) this.#tasks.delete(oldest);
  }
}

function factsOf(
  { actorId, className, placement, name }: ActorRecord,
): Omit<ActorEventBase, "time" | "thread"> {
  return { actorId, className, placement, name };
}

function newTask({ taskId, name, actorId }: EventNote): TaskRecord {
  return {
    taskId,
    name,
    actorId: actorId === "" ? undefined : actorId,
    state: "PENDING_ARGS_AVAIL",
    caller: 0,
    thread: 0,
    starts: 0,
    submitted: undefined,
    started: undefined,
    ended: undefined,
    error: undefined,
  };
}
