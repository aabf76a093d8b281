/**
 * A call of Python's while it is made: its arguments are pickled at once, ids that are not there yet are put in when they come.
 *
 * @module
 */

import { ownerOf } from "../call/handle.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { PENDING, Ref } from "../objects/ref.ts";
import { writePickle } from "../transport/ray/pickle_writer.ts";
import { PythonTuple } from "../transport/ray/python_values.ts";
import { ActorRef, ObjectRefId } from "../transport/ray/remote_refs.ts";
import { stubOf } from "../transport/ray/stubs.ts";
import { Refusal } from "../wire/refusal.ts";
import { Kwargs } from "./kwargs.ts";
import { ticketOfHandle } from "./python_handle.ts";
import type { Ticket } from "./ticket.ts";

/** Bytes of an object's id, and of an actor's. */
const OBJECT_ID = 28;
const ACTOR_ID = 16;

/** What a pickle is made with. @internal */
export interface PickleContext {
  /** What stands for the client's id, which is not known before the job has begun. */
  readonly clientId: string;
  /** The object that a ref stands for: of a ref to a value of this program's, what its value becomes on the cluster. */
  ticketOf(ref: Ref): Ticket;
}

/** A pickle that may have gaps. @internal */
export interface Draft {
  /** The bytes, with marks in the place of what is missing. */
  readonly data: Uint8Array;
  /** What is missing. */
  readonly gaps: readonly Gap[];
}

/** An id that is missing in a pickle. */
interface Gap {
  /** What stands in its place. */
  readonly mark: Uint8Array;
  /** The id. */
  readonly ticket: Ticket;
  /** The ref or handle: the server keeps what it stands for as long as there is one. */
  readonly item: object;
}

/**
 * Pickles a value.
 *
 * @param value The value.
 * @param name What it is called in errors.
 * @param context What refs stand for.
 * @throws {SerializationError} If something in it cannot cross.
 * @internal
 */
export function draftOf(value: unknown, name: string, context: PickleContext): Draft {
  const gaps: Gap[] = [];
  const gap = (item: object, ticket: Ticket, length: number): Uint8Array => {
    const mark = crypto.getRandomValues(new Uint8Array(length));
    gaps.push({ mark, ticket, item });
    return mark;
  };
  const persistent = (item: object): unknown => {
    if (item instanceof Ref) {
      return stubOf(new ObjectRefId(gap(item, context.ticketOf(item), OBJECT_ID)), context.clientId);
    }
    const ticket = ticketOfHandle(item);
    if (ticket !== undefined) return stubOf(new ActorRef(gap(item, ticket, ACTOR_ID)), context.clientId);
    const isHandle = ownerOf(item) !== undefined;
    if (isHandle) throw new Refusal(item, "the handle of an actor of this program cannot go to Python");
    if (item instanceof Kwargs) throw new Refusal(item, "kwargs(…) must be the last argument of a call");
    return undefined;
  };
  return { data: writePickle(value, persistent, name), gaps };
}

/** The arguments of a call: those by place, and those by name. @internal */
export function draftOfArgs(args: readonly unknown[], context: PickleContext): Draft {
  const last = args.at(-1);
  const named = last instanceof Kwargs ? last.named : {};
  const placed = last instanceof Kwargs ? args.slice(0, -1) : args;
  // Python's server wants a list and a dict. A dict with text keys is what a Map is written as, whatever its prototype.
  const both = new PythonTuple([placed, new Map(Object.entries(named))]);
  try {
    return draftOf(both, "args", context);
  } catch (error) {
    // Looked for once more where a path says something: there is no tuple in the program.
    draftOf(placed, "args", context);
    draftOf(named, "kwargs", context);
    throw error;
  }
}

/** Puts ids in the place of marks, which are as long. All are there. @internal */
export function fill(draft: Draft, placeholder: string, clientId: string): Uint8Array {
  const { data, gaps } = draft;
  for (const { mark, ticket } of gaps) {
    if (ticket.id!.length !== mark.length) {
      throw new RangeError(
        `Cannot pass an id of ${ticket.id!.length} bytes to the Ray cluster: expected ${mark.length}`,
      );
    }
    replace(data, mark, ticket.id!);
  }
  if (gaps.length > 0) {
    const encoder = new TextEncoder();
    replace(data, encoder.encode(placeholder), encoder.encode(clientId));
  }
  return data;
}

/** Marks are random: what looks like one is one. */
function replace(data: Uint8Array, mark: Uint8Array, by: Uint8Array): void {
  for (let at = data.indexOf(mark[0]); at >= 0; at = data.indexOf(mark[0], at + 1)) {
    let length = 1;
    while (length < mark.length && data[at + length] === mark[length]) length++;
    if (length < mark.length) continue;
    data.set(by, at);
    return;
  }
}

/** A call that has been made, and perhaps not sent. @internal */
export class PendingCall {
  /** The refs of what it gives. */
  readonly refs: readonly Ref[];
  readonly #tickets: readonly Ticket[];
  readonly #send: () => void;
  readonly #fail: (error: Error) => void;
  #kept: object | undefined;
  #isSent = false;

  /**
   * @param refs The refs of what it gives.
   * @param tickets The ids that it waits for.
   * @param send Sends it.
   * @param fail Ends it with an error.
   * @param kept Must not be collected before it is sent.
   */
  constructor(
    refs: readonly Ref[],
    tickets: readonly Ticket[],
    send: () => void,
    fail: (error: Error) => void,
    kept?: object,
  ) {
    this.refs = refs;
    this.#tickets = tickets;
    this.#send = send;
    this.#fail = fail;
    this.#kept = kept;
  }

  /** Whether all ids are there, or one never will be. */
  get isReady(): boolean {
    return this.#tickets.every((ticket) => ticket.isSettled);
  }

  /** Whether it has left. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** Calls back at each id that comes. */
  watch(callback: () => void): void {
    for (const ticket of this.#tickets) if (!ticket.isSettled) ticket.when(callback);
  }

  /** It is its turn. */
  go(): void {
    this.#isSent = true;
    if (this.refs.length > 0 && this.refs.every((ref) => ref.status !== PENDING)) return;
    const failed = this.#tickets.find((ticket) => ticket.error !== undefined);
    if (failed === undefined) this.#send();
    else this.#fail(failed.error!);
    this.#kept = undefined;
  }

  /** It is not to be sent. */
  cancel(): void {
    for (const ref of this.refs) ref.reject(cancelledError(ref.taskName));
  }
}

/** Calls in the order made: one that waits for an id holds the later ones back. @internal */
export class CallQueue {
  readonly #calls: PendingCall[] = [];

  /** Adds a call; it leaves now if it can. */
  add(call: PendingCall): void {
    this.#calls.push(call);
    call.watch(() => this.#drain());
    this.#drain();
  }

  #drain(): void {
    while (this.#calls[0]?.isReady) this.#calls.shift()!.go();
  }
}
