/**
 * The names of a program with several processes: a child process has none of its own, its threads ask the program that started it.
 * Each question goes from thread to thread, as a call of an actor of the runtime's own, the desk: the first thread of a child process
 * has one, and so has the bridge to it.
 *
 * @module
 */

import type { ActorHandle } from "../call/actor_handle.ts";
import { type ClassDefinition, type ClassShape, definitionKey } from "../define/class_definition.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import { USUAL_TERMS } from "../exec/actor_terms.ts";
import type { NameKey } from "../registry/name_key.ts";
import type { NamedAddress } from "../registry/name_entry.ts";
import type { NamedClass } from "../registry/shape_directory.ts";
import { type ActorAddress, idAt, retriedAt } from "../supervise/actor_address.ts";
import { ProcessTable } from "../transport/process_table.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import { ForwardActor } from "./forward_actor.ts";
import type { Naming } from "./names.ts";
import { answerOf, causeOf } from "./own_calls.ts";
import type { Thread } from "./thread.ts";

/** The number of a thread's desk. No other actor has it. */
const DESK = 0;

/** An actor that wants a name. */
interface Claim extends NamedClass {
  readonly name: string;
  readonly namespace: string;
  readonly getIfExists: boolean;
  /** Where it is, as the thread that asks knows it; one in another process is in a thread that stands for that. */
  readonly address: NamedAddress;
}

/** What a desk does. */
interface Desk {
  /** The handle of the actor that has a name. Rejects with `ActorNotFoundError`. */
  find(namespace: string, name: string): Promise<object>;
  /** The names of a namespace, or all. */
  list(namespace?: string): Promise<{ name: string; namespace: string }[]>;
  /** Gives a name to an actor; if another has it, the handle that stands for the new one. */
  claim(claim: Claim): Promise<object | undefined>;
  /** Somebody beyond the border has a handle of an actor by its name: it is to live. */
  hold(local: number): void;
}

class NameDesk implements Desk {
  readonly #thread: Thread;

  constructor(thread: Thread) {
    this.#thread = thread;
  }

  async find(namespace: string, name: string): Promise<object> {
    const { names } = this.#thread;
    return await names.get(names.key(name, namespace));
  }

  async list(namespace?: string): Promise<{ name: string; namespace: string }[]> {
    return await this.#thread.names.list(namespace);
  }

  async claim({ name, namespace, getIfExists, shape, retries, address }: Claim): Promise<object | undefined> {
    const { cells, isWorker, membrane, names, self } = this.#thread;
    const side = membrane!;
    const { isSerial, id } = address;
    const naming = { key: names.key(name, namespace), getIfExists, retries };
    const place = { thread: side.link.peer, local: address.local };
    const beyond = { ...place, ownsThread: false, isSerial, maxPendingCalls: Infinity, id };
    const cell = isWorker
      ? cells.of({ ...beyond, fault: retries && retriedAt(place, retries) }, shape)
      : names.reach(address, { shape, retries });
    const forwarder = side.forwarderOf(cell);
    const here = {
      ...address,
      thread: self,
      local: forwarder.local,
      ownsThread: false,
      owner: undefined,
      fault: undefined,
    };
    const other = await names.program?.ask(naming, shape, here);
    if (other !== undefined || !isWorker) return other;
    forwarder.onHeld = () => void deskAt(this.#thread, place.thread).hold.remote(place.local);
    return names.claim(naming, shape, { ...here, fault: retries && retriedAt(here, retries) });
  }

  hold(local: number): void {
    const { host, names } = this.#thread;
    const forwarder = host.find(local);
    if (forwarder instanceof ForwardActor && forwarder.cell !== undefined) names.counted(forwarder.cell);
  }
}

/** The order of the methods, by which calls name them. */
const METHODS: readonly (keyof Desk)[] = ["find", "list", "claim", "hold"];

const { href: module } = new URL(import.meta.url);
const shape: ClassShape = {
  name: "NameDesk",
  key: definitionKey(module, "NameDesk"),
  methods: METHODS.map((name) => ({ name, group: "", isGenerator: false })),
  groups: [],
  isInternal: true,
};
const definition: ClassDefinition = { cls: NameDesk, module, options: {}, shape, isAsync: true };

/** Calls in progress at once: without limit, for none waits for a later one. */
const UNLIMITED = 2 ** 32 - 1;

/** A thread's desk, opened if need be; `undefined` for the number of another actor, and where none may be. */
export function openDesk(thread: Thread, local: number): ActorHost | undefined {
  if (local !== DESK || thread.membrane === undefined) return undefined;
  const desk = thread.host.expect(DESK);
  desk.terms = { ...USUAL_TERMS, isDetached: true };
  thread.host.construct(desk, definition, UNLIMITED, [thread]);
  return desk;
}

function deskAt({ cells }: Thread, thread: ThreadAddress): ActorHandle<Desk> {
  const address = { thread, local: DESK, ownsThread: false, isSerial: false, maxPendingCalls: Infinity };
  return cells.handleOf(cells.of(address, shape)) as ActorHandle<Desk>;
}

/** The names of the program that a thread of a child process is one of. */
export class ProgramNames {
  readonly #thread: Thread;
  readonly #above: ThreadAddress;

  /** @param thread The thread; @param above Whom it asks. */
  private constructor(thread: Thread, above: ThreadAddress) {
    this.#thread = thread;
    this.#above = above;
  }

  /** Those of a thread; `undefined` if all names of its program stand in the table of its own process. */
  static of(thread: Thread): ProgramNames | undefined {
    if (!new ProcessTable(thread.board).hasProgram) return undefined;
    const link = thread.driverLink ?? thread.membrane?.link;
    return link && new ProgramNames(thread, link.peer);
  }

  get #desk(): ActorHandle<Desk> {
    return deskAt(this.#thread, this.#above);
  }

  /** The handle of the actor that has a name. Rejects with `ActorNotFoundError`. */
  async find({ namespace, name }: NameKey): Promise<object> {
    try {
      return await this.#desk.find.remote(namespace, name);
    } catch (error) {
      throw causeOf(error);
    }
  }

  /** The names of a namespace, or all. */
  async list(namespace?: string): Promise<{ name: string; namespace: string }[]> {
    return await this.#desk.list.remote(namespace);
  }

  /** Gives a name to a new actor; if another has it, what stands for the new one. */
  async ask(naming: Naming, shape: ClassShape, address: NamedAddress): Promise<object | undefined> {
    try {
      return await this.#ask(naming, shape, address);
    } catch (error) {
      throw causeOf(error);
    }
  }

  /** The same, blocking. */
  claim(naming: Naming, shape: ClassShape, address: ActorAddress): object | undefined {
    // It may be an instance of a class. What was said of repetitions goes beside it.
    const { thread, local, ownsThread, isSerial, maxPendingCalls, owner } = address;
    const fault = address.fault && { ...address.fault, retries: undefined };
    const id = idAt(address);
    const known = { thread, local, ownsThread, isSerial, maxPendingCalls, owner, fault, id };
    try {
      return answerOf(this.#thread, this.#ask(naming, shape, known));
    } catch (error) {
      throw causeOf(error);
    }
  }

  #ask({ key: { name, namespace }, getIfExists, retries }: Naming, shape: ClassShape, address: NamedAddress) {
    return this.#desk.claim.remote({ name, namespace, getIfExists, shape, retries, address });
  }
}
