/**
 * The way of a driver's thread to the gateway. Answers are told at once and not from microtasks, so that a thread that blocks in
 * `getSync` has them too.
 *
 * @module
 */

import { TaskError } from "../base/task_error.ts";
import type { ActorHandle } from "../call/actor_handle.ts";
import type { ObjectRef } from "../objects/object_ref.ts";
import { whenSettled } from "../objects/when_settled.ts";
import type { FoundHost } from "../runtime/far_host.ts";
import type { Gateway } from "../runtime/gateway.ts";
import type { Thread } from "../runtime/thread.ts";
import { HeldRefs } from "../transport/ray/held_refs.ts";
import type { TaskContent } from "../transport/ray/messages.ts";
import { moved } from "./moved.ts";
import { CallQueue, type Draft, fill, PendingCall } from "./python_call.ts";
import type { Ticket } from "./ticket.ts";

/** One driver's. @internal */
export class Gate {
  /** The objects and actors that this program has copies of. */
  readonly held: HeldRefs = new HeldRefs((ids) => {
    this.#gateway.release.remote(ids);
  });
  /** Stands for the client's id until it is known; as long. */
  readonly placeholder: string = crypto.randomUUID().replaceAll("-", "");
  readonly #gateway: ActorHandle<Gateway>;
  readonly #thread: Thread;
  readonly #ready: ObjectRef<string>;
  #clientId = "";

  /**
   * @param gateway The gateway.
   * @param thread The driver.
   */
  constructor(gateway: ActorHandle<Gateway>, thread: Thread) {
    this.#gateway = gateway;
    this.#thread = thread;
    this.#ready = gateway.ready.remote();
    // Whoever wants something of the cluster hears of what is wrong.
    answered(this.#ready, (clientId) => this.#clientId = clientId, () => {});
  }

  /** Fulfilled when the job has begun; rejects if it cannot. */
  async ready(): Promise<void> {
    try {
      // As a ref, and not a promise: who waits for it keeps the process alive.
      await this.#ready;
    } catch (error) {
      throw reasonOf(error as Error);
    }
  }

  /** Stores a value; `ticket` gets its id. */
  put(draft: Draft, ticket: Ticket): void {
    const fail = (error: Error): void => ticket.fail(error);
    const send = (): void => {
      answered(this.#gateway.put.remote(this.#filled(draft)), (id) => ticket.settle(id), fail);
    };
    new CallQueue().add(new PendingCall([], draft.gaps.map((gap) => gap.ticket), send, fail));
  }

  /** Schedules a task, whose arguments `draft` has; all ids of it are there. */
  schedule(
    verb: string,
    task: TaskContent,
    draft: Draft,
    settle: (ids: readonly Uint8Array[]) => void,
    fail: (error: Error) => void,
  ): void {
    answered(this.#gateway.schedule.remote(verb, { ...task, data: this.#filled(draft) }), settle, fail);
  }

  #filled(draft: Draft): Uint8Array {
    return moved(fill(draft, this.placeholder, this.#clientId));
  }

  /** The pickled value of an object, when it is there. */
  get(id: Uint8Array, then: (data: Uint8Array) => void, failed: (error: Error) => void): void {
    answered(this.#gateway.get.remote(id), then, failed);
  }

  /** Cancels a task, once it is known. */
  cancel(ticket: Ticket, force: boolean, recursive: boolean): void {
    ticket.when(() => {
      if (ticket.id !== undefined) this.#gateway.cancel.remote(ticket.id, force, recursive);
    });
  }

  /** Ends an actor, once it is known. */
  async kill(ticket: Ticket, noRestart: boolean): Promise<void> {
    if (!ticket.isSettled) await this.#settled(ticket);
    if (ticket.id !== undefined) await this.#gateway.kill.remote(ticket.id, noRestart);
  }

  /** Keeps the process alive as long as it waits. */
  #settled(ticket: Ticket): Promise<void> {
    this.#thread.wait(1);
    return new Promise((resolve) =>
      ticket.when(() => {
        this.#thread.wait(-1);
        resolve();
      })
    );
  }

  /** The actor there that has a name. */
  async findHost(name: string, namespace: string): Promise<FoundHost | undefined> {
    return await this.#gateway.findHost.remote(name, namespace, true);
  }

  /** All names of actors there. */
  async namedActors(): Promise<{ name: string; namespace: string }[]> {
    return await this.#gateway.namedActors.remote();
  }
}

function answered<T>(ref: ObjectRef<T>, then: (value: T) => void, failed: (error: Error) => void): void {
  whenSettled(ref, then, (error) => failed(reasonOf(error)));
}

/** What the gateway's method threw is what failed. */
function reasonOf(error: Error): Error {
  const reason = error instanceof TaskError ? error.cause : error;
  return reason instanceof Error ? reason : new Error(String(reason));
}
