/**
 * The events of a program, as it sees them itself.
 *
 * @module
 */

/** What every event says. */
export interface EventBase {
  /** When it happened: milliseconds since the epoch, by the clock of the thread where it did. */
  readonly time: number;
  /** The number of the thread where it happened; the driver's is 1. */
  readonly thread: number;
}

/** What every event of an actor's says. */
export interface ActorEventBase extends EventBase {
  /** The actor's id. */
  readonly actorId: string;
  /** The name of its class. */
  readonly className: string;
  /** Where it runs, as `"thread"`. */
  readonly placement: string;
  /** Its own name, if it has one. */
  readonly name: string | undefined;
}

/** `X.remote()` has returned a handle. */
export interface ActorCreatedEvent extends ActorEventBase {
  /** What tells this event from others. */
  readonly type: "actor-created";
}

/** The constructor has run. */
export interface ActorAliveEvent extends ActorEventBase {
  /** What tells this event from others. */
  readonly type: "actor-alive";
}

/** The actor's thread has ended, and the actor is made again. */
export interface ActorRestartingEvent extends ActorEventBase {
  /** What tells this event from others. */
  readonly type: "actor-restarting";
  /** Why it ended. */
  readonly reason: string;
}

/** The actor has ended for good. */
export interface ActorDiedEvent extends ActorEventBase {
  /** What tells this event from others. */
  readonly type: "actor-died";
  /** Why it ended. */
  readonly reason: string;
}

/** What every event of a task's says. A task is one call of a method, or of a remote function. */
export interface TaskEventBase extends EventBase {
  /** The task's id. */
  readonly taskId: string;
  /** The call's own name, else `"Class.method"`, or the function's name. */
  readonly name: string;
  /** The actor called; `undefined` for a remote function. */
  readonly actorId: string | undefined;
}

/** The call was made. */
export interface TaskSubmittedEvent extends TaskEventBase {
  /** What tells this event from others. */
  readonly type: "task-submitted";
  /** True if the call waits here: for its arguments, for an earlier call that does, or for a worker. */
  readonly isWaiting: boolean;
}

/** A call that waited is on its way. */
export interface TaskReadyEvent extends TaskEventBase {
  /** What tells this event from others. */
  readonly type: "task-ready";
}

/** The method begins to run. */
export interface TaskStartedEvent extends TaskEventBase {
  /** What tells this event from others. */
  readonly type: "task-started";
  /** How often it has begun before. */
  readonly attempt: number;
}

/** The task has a value. */
export interface TaskFinishedEvent extends TaskEventBase {
  /** What tells this event from others. */
  readonly type: "task-finished";
  /** How often it had begun before. */
  readonly attempt: number;
  /** How long it ran, in milliseconds. */
  readonly duration: number;
}

/** The task has an error: its own, or the system's. */
export interface TaskFailedEvent extends TaskEventBase {
  /** What tells this event from others. */
  readonly type: "task-failed";
  /** How often it had begun before. */
  readonly attempt: number;
  /** How long it ran, in milliseconds; 0 if it never began. */
  readonly duration: number;
  /** The error as text. */
  readonly error: string;
}

/** The ref of a failed task was collected as garbage, and nobody had read it. */
export interface TaskErrorUnreadEvent extends TaskEventBase {
  /** What tells this event from others. */
  readonly type: "task-error-unread";
  /** The error as text. */
  readonly error: string;
}

/** Whoever reads the events was too slow: the oldest were given up. */
export interface EventsDroppedEvent extends EventBase {
  /** What tells this event from others. */
  readonly type: "events-dropped";
  /** How many. */
  readonly count: number;
}

/** Something that happened in the program; `type` says what. */
export type RayEvent =
  | ActorCreatedEvent
  | ActorAliveEvent
  | ActorRestartingEvent
  | ActorDiedEvent
  | TaskSubmittedEvent
  | TaskReadyEvent
  | TaskStartedEvent
  | TaskFinishedEvent
  | TaskFailedEvent
  | TaskErrorUnreadEvent
  | EventsDroppedEvent;

/** What kinds of events there are. */
export type RayEventType = RayEvent["type"];

/** All kinds, in the order of a life. */
export const EVENT_TYPES: readonly RayEventType[] = [
  "actor-created",
  "actor-alive",
  "actor-restarting",
  "actor-died",
  "task-submitted",
  "task-ready",
  "task-started",
  "task-finished",
  "task-failed",
  "task-error-unread",
  "events-dropped",
];
