/**
 * Where a thread says what happens in it. Actors' beginnings and ends are always told (the driver's own late, see `Observation`),
 * calls only while somebody looks:
 * whoever makes a call looks at {@linkcode EventSink.isOn} first, and only a call with a task id is told of further on.
 *
 * @module
 */

import { now } from "../base/clock.ts";
import { taskId } from "../base/ids.ts";
import type { RayEventType } from "./events.ts";
import type { EventNote } from "./event_note.ts";

/** A task, as its events name it. */
export interface TaskFacts {
  /** Its id. */
  readonly taskId: string;
  /** Its name. */
  readonly name: string;
  /** The actor called; `""` for a remote function. */
  readonly actorId: string;
}

/** A new actor. */
export interface ActorFacts {
  /** Its id. */
  readonly actorId: string;
  /** The name of its class. */
  readonly className: string;
  /** Where it runs. */
  readonly placement: string;
  /** The number of its thread. */
  readonly thread: number;
  /** Its own name; `""` for none. */
  readonly name: string;
  /** The number of the thread that starts it again, if it may be. */
  readonly supervisor: number | undefined;
}

/** Takes notes to the driver. `isUrgent`: before code of the program's runs, which might never end. */
export type NoteTaker = (note: EventNote, isUrgent: boolean) => void;

/** One thread's mouth. */
export class EventSink {
  /** True while somebody looks at calls: a plain field of this thread, read once a call. */
  isOn = false;
  readonly #thread: number;
  readonly #take: NoteTaker;
  readonly #number: () => number;

  /**
   * @param thread The thread's number.
   * @param number Numbers the thread's tasks.
   * @param take Takes what is said.
   */
  constructor(thread: number, number: () => number, take: NoteTaker) {
    this.#thread = thread;
    this.#number = number;
    this.#take = take;
  }

  /** The id of a new task. */
  nextTask(): string {
    return taskId(this.#thread, this.#number());
  }

  /** A handle was made, and its actor will be. */
  actorCreated({ actorId, className, placement, thread, name, supervisor }: ActorFacts): void {
    this.#take({
      ...this.#base("actor-created"),
      actorId,
      taskId: "",
      name: className,
      text: placement,
      actor: { thread, name, supervisor },
    }, false);
  }

  /** An actor of this thread was constructed. */
  actorAlive(actorId: string): void {
    this.#actor("actor-alive", actorId, "");
  }

  /** An actor is made again. */
  actorRestarting(actorId: string, reason: string): void {
    // Before its next run can tell of itself.
    this.#take({ ...this.#base("actor-restarting"), actorId, taskId: "", name: "", text: reason }, true);
  }

  /** An actor has ended for good. */
  actorDied(actorId: string, reason: string): void {
    this.#actor("actor-died", actorId, reason);
  }

  /** A call was made, at `time`: by now it may have ended elsewhere. */
  taskSubmitted(task: TaskFacts, isWaiting: boolean, time: number): void {
    this.#take({ ...this.#base("task-submitted"), time, ...task, text: "", isWaiting }, false);
  }

  /** A call that waited is on its way. */
  taskReady(task: TaskFacts): void {
    this.#task("task-ready", task, "");
  }

  /** A method or function is about to run. */
  taskStarted(task: TaskFacts): void {
    this.#take({ ...this.#base("task-started"), ...task, text: "" }, true);
  }

  /** It has a value. */
  taskFinished(task: TaskFacts): void {
    this.#task("task-finished", task, "");
  }

  /** It has an error. The first end of a task that is heard of holds. */
  taskFailed(task: TaskFacts, error: string): void {
    this.#task("task-failed", task, error);
  }

  /** Nobody read that it has one. */
  taskErrorUnread(task: TaskFacts, error: string): void {
    this.#task("task-error-unread", task, error);
  }

  #actor(type: RayEventType, actorId: string, text: string): void {
    this.#take({ ...this.#base(type), actorId, taskId: "", name: "", text }, false);
  }

  #task(type: RayEventType, task: TaskFacts, text: string): void {
    this.#take({ ...this.#base(type), ...task, text }, false);
  }

  #base(type: RayEventType): { type: RayEventType; time: number; thread: number } {
    return { type, time: now(), thread: this.#thread };
  }
}
