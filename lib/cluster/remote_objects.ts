/**
 * Objects of the cluster, and the refs that stand for them here. Values are fetched when somebody first waits for them.
 *
 * @module
 */

import { FAILED, Ref, type RefSource } from "../objects/ref.ts";
import type { Thread } from "../runtime/thread.ts";
import { readPickle } from "../transport/ray/pickle_reader.ts";
import { failureOf } from "../transport/ray/python_errors.ts";
import { ActorRef, type ObjectRefId } from "../transport/ray/remote_refs.ts";
import { readStub } from "../transport/ray/stubs.ts";
import type { Gate } from "./gate.ts";
import { draftOf } from "./python_call.ts";
import { withCallSite } from "./python_stack.ts";
import { Ticket } from "./ticket.ts";

/** An object; while a ref has it, the server keeps it. */
interface RemoteObject {
  readonly ticket: Ticket;
  held: ObjectRefId | undefined;
}

/** The objects that a program has refs of. @internal */
export class RemoteObjects {
  readonly #thread: Thread;
  readonly #gate: Gate;
  readonly #handleOf: (held: ActorRef) => object;
  readonly #objects = new WeakMap<Ref, RemoteObject>();

  /**
   * @param thread The driver.
   * @param gate The way to the cluster.
   * @param handleOf The handle of an actor that has come in a value.
   */
  constructor(thread: Thread, gate: Gate, handleOf: (held: ActorRef) => object) {
    this.#thread = thread;
    this.#gate = gate;
    this.#handleOf = handleOf;
  }

  /** A ref for an object that is to be. */
  refOf(ticket: Ticket, taskName: string, source: RefSource): Ref {
    const ref = new Ref(this.#thread, taskName, source);
    ref.onDemand = this.#fetcher(this.#track(ref, ticket), source.actorId);
    return ref;
  }

  /** The object that a ref stands for; of a value of this program's, a copy on the cluster, made once. */
  ticketOf(ref: Ref): Ticket {
    const known = this.#objects.get(ref);
    if (known !== undefined) return known.ticket;
    const { ticket } = this.#track(ref, new Ticket());
    ref.observe({
      settled: ({ status, value }) => {
        if (status !== FAILED) return this.put(value, ticket);
        ref.home.failureRead(ref);
        ticket.fail(value as Error);
      },
    });
    return ticket;
  }

  /** Puts a value on the cluster. */
  put(value: unknown, ticket: Ticket): void {
    try {
      const context = {
        clientId: this.#gate.placeholder,
        ticketOf: (ref: Ref): Ticket => this.ticketOf(ref),
      };
      this.#gate.put(draftOf(value, "value", context), ticket);
    } catch (error) {
      ticket.fail(error as Error);
    }
  }

  #track(ref: Ref, ticket: Ticket): RemoteObject {
    const object: RemoteObject = { ticket, held: undefined };
    this.#objects.set(ref, object);
    ticket.when(() => {
      if (ticket.id !== undefined) object.held = this.#gate.held.object(ticket.id);
    });
    return object;
  }

  /** Fetches a ref's value. It does not keep the ref from being collected. */
  #fetcher({ ticket }: RemoteObject, actorId: string | undefined): (ref: Ref) => void {
    return (ref) => {
      ticket.when(() => {
        if (ticket.id === undefined) return ref.reject(ticket.error);
        this.#gate.get(ticket.id, (data) => this.#settle(ref, data, actorId), (error) => ref.reject(error));
      });
    };
  }

  #settle(ref: Ref, data: Uint8Array, actorId: string | undefined): void {
    try {
      const value = readPickle(data, (stub) =>
        this.#known(
          readStub(stub, {
            object: (id) => this.#gate.held.object(id),
            actor: (id) => this.#gate.held.actor(id),
          }),
        ));
      const failure = failureOf(value, { taskName: ref.taskName, actorId });
      if (failure === undefined) ref.resolve(value);
      else ref.reject(withCallSite(failure, ref));
    } catch (error) {
      ref.reject(error);
    }
    ref.home.expectContinuations();
  }

  /** A ref or a handle in a value. */
  #known(held: ObjectRefId | ActorRef): object {
    if (held instanceof ActorRef) return this.#handleOf(held);
    const ticket = new Ticket();
    ticket.settle(held.id);
    return this.refOf(ticket, "a Python object", {
      actorId: undefined,
      activity: () => undefined,
      fulfiller: () => 0,
      answered: () => {},
      cancel: (_ref, { force, recursive }) => this.#gate.cancel(ticket, force, recursive),
    });
  }
}
