/**
 * A driver's link to its cluster, and calls of Python's over it.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { Ref, RefSource } from "../objects/ref.ts";
import type { ClusterLink } from "../runtime/cluster_link.ts";
import { handleOfFound } from "../runtime/far_actors.ts";
import type { FoundHost } from "../runtime/far_host.ts";
import { gatewayOf } from "../runtime/gateway.ts";
import type { Thread } from "../runtime/thread.ts";
import { cancelOn } from "../supervise/cancel_on.ts";
import { type TaskContent, TaskKind } from "../transport/ray/messages.ts";
import { writePickle } from "../transport/ray/pickle_writer.ts";
import { Gate } from "./gate.ts";
import { PythonActors } from "./python_actors.ts";
import { type CallQueue, draftOfArgs, PendingCall } from "./python_call.ts";
import { PythonDefinitions } from "./python_definitions.ts";
import { pythonActorOf } from "./python_handle.ts";
import { RemoteObjects } from "./remote_objects.ts";
import { Ticket } from "./ticket.ts";

/** A call as whoever makes it describes it. @internal */
export interface CallPlan {
  /** What it is called in errors. */
  readonly taskName: string;
  /** The id of the actor, if it is one's. */
  readonly actorId?: ActorId;
  /** What is asked of the server. */
  readonly task: TaskContent;
  /** Whose id goes into it; an empty one for what has none. */
  readonly target: Ticket;
  /** Options in Ray's own words. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Options that the function or class itself has. */
  readonly ownOptions?: unknown;
  /** Cancels it. */
  readonly signal?: AbortSignal | undefined;
  /** Whose call it is: not to be collected before that is sent. */
  readonly owner?: object;
  /** The calls among which it keeps its place. */
  readonly queue: CallQueue;
}

/** The link of one driver. @internal */
export class PythonLink implements ClusterLink {
  /** The way to the cluster. */
  readonly gate: Gate;
  /** The actors that this program has handles of. */
  readonly actors: PythonActors;
  /** The classes and functions that it uses. */
  readonly definitions: PythonDefinitions;
  readonly #objects: RemoteObjects;
  readonly #thread: Thread;

  /** @param thread The driver, which is on a cluster. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.gate = new Gate(gatewayOf(thread).handle, thread);
    this.actors = new PythonActors(this);
    this.#objects = new RemoteObjects(thread, this.gate, (held) => this.actors.handleOf(held));
    this.definitions = new PythonDefinitions((value, ticket) => this.#objects.put(value, ticket));
  }

  /** {@inheritDoc ClusterLink.ready} */
  ready(): Promise<void> {
    return this.gate.ready();
  }

  /** The namespace of names for which none is given. */
  get namespace(): string {
    return this.#thread.names.table.namespace;
  }

  /** Makes a call: a ref, or, with the option `num_returns`, so many. Throws `SerializationError`. */
  call(plan: CallPlan, args: readonly unknown[]): object {
    const callSite = this.#thread.callSites.capture();
    const { num_returns: count } = plan.options;
    const tickets = Array.from({ length: (count ?? 1) as number }, () => new Ticket());
    let call: PendingCall | undefined = undefined;
    const source: RefSource = {
      actorId: plan.actorId,
      activity: () => undefined,
      fulfiller: () => 0,
      answered: () => {},
      cancel: (ref, { force, recursive }) => {
        if (force && plan.actorId !== undefined) {
          throw new TypeError(
            `Cannot cancel "${ref.taskName}" with "force": it is a call of an actor, use kill(handle) to end that`,
          );
        }
        if (call?.isSent === false) call.cancel();
        else this.gate.cancel(tickets[refs.indexOf(ref)], force, recursive);
      },
    };
    const refs: Ref[] = tickets.map((ticket) => {
      const ref = this.#objects.refOf(ticket, plan.taskName, source);
      ref.callSite = callSite;
      return ref;
    });
    const fail = (error: Error): void => {
      for (const ticket of tickets) ticket.fail(error);
      for (const ref of refs) ref.reject(error);
    };
    const settle = (ids: readonly Uint8Array[]): void =>
      tickets.forEach((ticket, index) => ticket.settle(ids[index]));
    call = this.#pending(plan, args, refs, settle, fail);
    const isCancelled = plan.signal !== undefined &&
      refs.map((ref) => cancelOn(plan.signal!, ref)).includes(true);
    if (!isCancelled) plan.queue.add(call);
    return count === undefined ? refs[0] : refs;
  }

  /** Prepares to ask the server for something that has one id: an actor, new or of a name. Throws `SerializationError`. */
  prepare(plan: CallPlan, args: readonly unknown[], ticket: Ticket): () => void {
    const fail = (error: Error): void => ticket.fail(error);
    const call = this.#pending(plan, args, [], ([id]) => ticket.settle(id), fail);
    return () => plan.queue.add(call);
  }

  #pending(
    plan: CallPlan,
    args: readonly unknown[],
    refs: readonly Ref[],
    settle: (ids: readonly Uint8Array[]) => void,
    fail: (error: Error) => void,
  ): PendingCall {
    const draft = draftOfArgs(args, {
      clientId: this.gate.placeholder,
      ticketOf: (ref) => this.#objects.ticketOf(ref),
    });
    // With any, even none, the server makes the method anew for the call.
    const options = Object.keys(plan.options).length === 0
      ? undefined
      : { pickled: writePickle(plan.options, undefined, "options") };
    const baseline = plan.ownOptions === undefined ? undefined : { pickled: writePickle(plan.ownOptions) };
    const { task, target } = plan;
    return new PendingCall(
      refs,
      [target, ...draft.gaps.map(({ ticket }) => ticket)],
      () => {
        const content: TaskContent = {
          ...task,
          ...(task.kind !== TaskKind.namedActor && { target: target.id! }),
          ...(options !== undefined && { options }),
          ...(baseline !== undefined && { baseline }),
        };
        this.gate.schedule(`call "${plan.taskName}"`, content, draft, settle, fail);
      },
      fail,
      plan.owner,
    );
  }

  /** {@inheritDoc ClusterLink.kill} */
  kill(handle: unknown, noRestart: boolean): Promise<void> | undefined {
    const actor = pythonActorOf(handle);
    return actor && this.gate.kill(actor.ticket, noRestart);
  }

  /** {@inheritDoc ClusterLink.getActor} */
  async getActor(name: string, namespace: string): Promise<object> {
    await this.ready();
    return await this.actors.find(name, namespace);
  }

  /** The handle of an actor of TypeScript that was found; `undefined` for one of Python's. */
  handleOfFound(found: FoundHost, name: string, namespace: string): object | undefined {
    return handleOfFound(this.#thread, found, this.#thread.names.key(name, namespace));
  }

  /** {@inheritDoc ClusterLink.namedActors} */
  namedActors(): Promise<{ name: string; namespace: string }[]> {
    return this.gate.namedActors();
  }
}

/**
 * The link of a driver, begun if need be.
 *
 * @param thread The thread.
 * @param verb What the program wants, for the error.
 * @throws {Error} If the program is on no cluster, or this is not the driver's thread.
 * @internal
 */
export function openLink(thread: Thread, verb: string): PythonLink {
  const { cluster } = thread;
  if (cluster === undefined) {
    throw new Error(
      thread.isWorker
        ? `Cannot ${verb} in a thread of its own: only the driver's thread is linked to the Ray cluster, call it there, or ` +
          `from an actor with placement "inline"`
        : `Cannot ${verb}: the program is on no Ray cluster, begin with init({ address: "ray://host:10001" }), or set ` +
          `RAY_ADDRESS`,
    );
  }
  if (cluster.link !== undefined) return cluster.link as PythonLink;
  const link = new PythonLink(thread);
  cluster.link = link;
  return link;
}
