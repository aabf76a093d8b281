/**
 * Events as threads tell the driver of them: short, for the driver knows the rest.
 *
 * @module
 */

import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { EVENT_TYPES, type RayEventType } from "./events.ts";

/** One event on its way to the driver. */
export interface EventNote {
  /** The kind. */
  readonly type: RayEventType;
  /** When. */
  readonly time: number;
  /** The thread where it happened. */
  readonly thread: number;
  /** The actor; `""` for none. */
  readonly actorId: string;
  /** The task; `""` for none. */
  readonly taskId: string;
  /** The name of the task, or of the actor's class. */
  readonly name: string;
  /** The error or reason; of a new actor its placement. */
  readonly text: string;
  /** Of a new actor: its thread, its own name, and the thread that starts it again, if it may be. */
  readonly actor?: {
    readonly thread: number;
    readonly name: string;
    readonly supervisor?: number | undefined;
  };
  /** Of a new task: it waits where it was made. */
  readonly isWaiting?: boolean;
}

/** Checks notes that another thread sent. */
export function checkNotes(value: unknown): readonly EventNote[] {
  if (!Array.isArray(value) || !value.every(isNote)) {
    throw new CorruptFrameError("events that no thread would tell of");
  }
  return value;
}

function isNote(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { type, time, thread, actorId, taskId, name, text, actor, isWaiting } = value as Partial<EventNote>;
  return type !== undefined && type !== "events-dropped" && EVENT_TYPES.includes(type) &&
    typeof time === "number" && typeof thread === "number" &&
    [actorId, taskId, name, text].every((part) => typeof part === "string") &&
    (type.startsWith("task-") ? taskId : actorId) !== "" &&
    (isWaiting === undefined || typeof isWaiting === "boolean") &&
    (type !== "actor-created" ||
      (typeof actor === "object" && actor !== null && typeof actor.thread === "number" &&
        typeof actor.name === "string" && ["number", "undefined"].includes(typeof actor.supervisor)));
}
