/**
 * A call that somebody looks at, where it was made: what the thread that runs it cannot tell of it.
 *
 * @module
 */

import { SerializationError } from "../base/errors.ts";
import { describeThrown, TaskError } from "../base/task_error.ts";
import { FAILED, PENDING, type Ref, type RefObserver } from "../objects/ref.ts";
import type { EventSink, TaskFacts } from "../observe/event_sink.ts";

/** Follows one call to its end. MUST NOT keep its ref from being collected. */
class CallFollower implements RefObserver {
  readonly task: TaskFacts;
  isSent: boolean;
  readonly #watch: CallWatch;

  constructor(watch: CallWatch, task: TaskFacts, isSent: boolean) {
    this.#watch = watch;
    this.task = task;
    this.isSent = isSent;
  }

  settled(ref: Ref): void {
    this.#watch.settled(this, ref);
  }
}

/** The watched calls of one thread. */
export class CallWatch {
  readonly #events: EventSink;
  /** Failed calls that nobody has read. */
  #failures = 0;
  readonly #held = new Map<string, CallFollower>();
  readonly #unread: FinalizationRegistry<{ task: TaskFacts; error: string }>;

  /** @param events Told of what happens. */
  constructor(events: EventSink) {
    this.#events = events;
    this.#unread = new FinalizationRegistry(({ task, error }) => {
      this.#failures--;
      events.taskErrorUnread(task, error);
    });
  }

  /** A call was made at `time`. `isWaiting`: it has not left this thread. */
  submitted(taskId: string, ref: Ref, actorId: string, isWaiting: boolean, time: number): void {
    const isSent = !isWaiting && ref.status === PENDING;
    const follower = new CallFollower(this, { taskId, name: ref.taskName, actorId }, isSent);
    this.#events.taskSubmitted(follower.task, isWaiting, time);
    if (isWaiting) this.#held.set(taskId, follower);
    ref.observe(follower);
  }

  /** A call that waited has left. */
  sent(taskId: string): void {
    const follower = this.#held.get(taskId);
    if (follower === undefined) return;
    this.#held.delete(taskId);
    follower.isSent = true;
    this.#events.taskReady(follower.task);
  }

  /** The ref of a call has its value or error. */
  settled({ task, isSent }: CallFollower, ref: Ref): void {
    this.#held.delete(task.taskId);
    if (ref.status !== FAILED) return;
    const error = describeThrown(ref.value instanceof TaskError ? ref.value.cause : ref.value);
    // Of these two, the thread where the call ran tells; all others may come from a thread that tells nothing any more.
    const isTold = isSent && (ref.value instanceof TaskError || ref.value instanceof SerializationError);
    if (!isTold) this.#events.taskFailed(task, error);
    this.#failures++;
    this.#unread.register(ref, { task, error }, ref);
  }

  /** Somebody has read the error of a ref. */
  read(ref: Ref): void {
    if (this.#failures > 0 && this.#unread.unregister(ref)) this.#failures--;
  }
}
