/**
 * The target of a threaded actor: gives each call to a thread of its crew that is free, and keeps those for which there is
 * none. Each calling thread has one, with a queue of its own for each group, so that none waits for another's turn.
 *
 * @module
 */

import type { LazyError } from "../base/lazy_error.ts";
import { ActorDiedError, ActorUnavailableError } from "../base/actor_errors.ts";
import type { CallTarget } from "../call/call_target.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { Queue } from "../exec/queue.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { PENDING, type Ref } from "../objects/ref.ts";
import type { CrewEnd, CrewMemory } from "../transport/crew_memory.ts";
import type { CallSettings } from "../wire/call_settings.ts";

/** A call for which no thread is free. */
interface QueuedCall {
  readonly method: number;
  readonly settings: CallSettings;
  readonly args: readonly unknown[];
  readonly ref: Ref;
}

/** Copies arguments that have to wait. */
export type CopyArgs = (args: readonly unknown[]) => readonly unknown[];

/** Sends calls to whichever thread is free. */
export class CrewTarget implements CallTarget {
  readonly #memory: CrewMemory;
  readonly #members: readonly CallTarget[];
  readonly #waiting: Set<CrewTarget>;
  readonly #copy: CopyArgs;
  readonly #shape: ClassShape;
  /** By group, the default group first. */
  readonly #queues: Queue<QueuedCall>[];

  /**
   * @param memory Who is free.
   * @param members The crew's threads: each has a call on its way when `send` returns.
   * @param shape The actor's class.
   * @param copy Copies arguments.
   * @param waiting Where it stands while calls wait.
   */
  constructor(
    memory: CrewMemory,
    members: readonly CallTarget[],
    shape: ClassShape,
    copy: CopyArgs,
    waiting: Set<CrewTarget>,
  ) {
    this.#memory = memory;
    this.#members = members;
    this.#shape = shape;
    this.#copy = copy;
    this.#waiting = waiting;
    this.#queues = Array.from({ length: shape.groups.length + 1 }, () => new Queue<QueuedCall>());
  }

  /** {@inheritDoc CallTarget.send} */
  send(method: number, settings: CallSettings, args: readonly unknown[], ref: Ref): void {
    const group = 1 + this.#shape.groups.indexOf(settings.group || this.#shape.methods[method].group);
    const queue = this.#queues[group];
    const { end } = this.#memory;
    if (end !== undefined) return refuse(ref, end);
    const member = queue.length === 0 ? this.#memory.take(group) : -1;
    if (member >= 0) return this.#pass(member, method, settings, args, ref);
    queue.push({ method, settings, args: this.#copy(args), ref });
    this.#waiting.add(this);
    // Those before it have made it known that somebody waits.
    if (queue.length === 1) this.#serve(group);
  }

  /** A thread may be free: sends what it can. */
  serve(): void {
    for (let group = 0; group < this.#queues.length; group++) {
      if (this.#queues[group].length > 0) this.#serve(group);
    }
    if (this.#queues.every((queue) => queue.length === 0)) this.#waiting.delete(this);
  }

  /** The group in which a call waits for a free thread of that crew; -1 if it does not. */
  groupOf(ref: Ref, crew: CrewMemory): number {
    if (!this.#memory.isSame(crew)) return -1;
    return this.#queues.findIndex((queue) => queue.items().some((call) => call.ref === ref));
  }

  /** {@inheritDoc CallTarget.cancel} */
  cancel(ref: Ref, recursive: boolean): void {
    for (const queue of this.#queues) {
      const call = queue.length === 0 ? undefined : queue.items().find((call) => call.ref === ref);
      if (call === undefined) continue;
      queue.remove(call);
      return ref.reject(cancelledError(ref.taskName));
    }
    // Only the one that has it does anything.
    for (const member of this.#members) member.cancel(ref, recursive);
  }

  /** {@inheritDoc CallTarget.suspend} */
  suspend(): void {
    for (const { ref } of this.#clear()) {
      const text = "its actor has crashed, and starts again; the call has not been executed";
      const actorId = ref.source?.actorId ?? "";
      ref.reject(new ActorUnavailableError(`Cannot call "${ref.taskName}": ${text}`, { actorId }));
    }
  }

  /** {@inheritDoc CallTarget.close} */
  close(death: LazyError<ActorDiedError>): void {
    for (const { ref } of this.#clear()) ref.reject(death.error);
  }

  #clear(): QueuedCall[] {
    this.#waiting.delete(this);
    return this.#queues.flatMap((queue) => queue.clear());
  }

  #serve(group: number): void {
    const queue = this.#queues[group];
    while (queue.length > 0) {
      let member = this.#memory.take(group);
      if (member < 0) {
        this.#memory.register();
        const { end } = this.#memory;
        if (end !== undefined) return queue.clear().forEach(({ ref }) => refuse(ref, end));
        member = this.#memory.take(group);
        if (member < 0) return;
      }
      const { method, settings, args, ref } = queue.shift()!;
      if (ref.status !== PENDING) {
        this.#memory.give(member);
        continue;
      }
      try {
        this.#pass(member, method, settings, args, ref);
      } catch (error) {
        ref.reject(error);
      }
    }
  }

  #pass(member: number, method: number, settings: CallSettings, args: readonly unknown[], ref: Ref): void {
    try {
      this.#members[member].send(method, settings, args, ref);
    } catch (error) {
      this.#memory.give(member);
      throw error;
    }
  }
}

/** A call of an actor that comes to its end. */
function refuse(ref: Ref, end: CrewEnd): void {
  const actorId = ref.source?.actorId ?? "";
  ref.reject(new ActorDiedError(`Cannot call ${actorId}: it has died, ${end}`, { actorId }));
}
