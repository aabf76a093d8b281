/**
 * The actors of the cluster that a program has handles of. All handles of one are the same, so that its calls keep their order.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import type { ActorId } from "../base/ids.ts";
import { ActorAlreadyExistsError, ActorNotFoundError } from "../base/name_errors.ts";
import { PENDING, type Ref } from "../objects/ref.ts";
import { TaskKind } from "../transport/ray/messages.ts";
import type { ActorRef } from "../transport/ray/remote_refs.ts";
import { CallQueue } from "./python_call.ts";
import { type PythonActorOwner, pythonHandle } from "./python_handle.ts";
import type { PythonLink } from "./python_link.ts";
import { type PythonCallOptions, rayOptions } from "./python_options.ts";
import { textOf, Ticket } from "./ticket.ts";

/** From so many calls on, those that have ended are forgotten. */
const SWEEP_FROM = 64;

/** What an actor is made of. @internal */
export interface NewPythonActor {
  /** The class, for messages. */
  readonly name: string;
  /** The class on the server. */
  readonly cls: Ticket;
  /** The options that its module gives it. */
  readonly ownOptions: unknown;
  /** Options in Ray's own words. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** One actor. */
class PythonActor implements PythonActorOwner {
  readonly actorId: ActorId;
  readonly name: string;
  readonly ticket: Ticket = new Ticket();
  /** While this lives, the server keeps its handle. */
  held: ActorRef | undefined = undefined;
  readonly #link: PythonLink;
  readonly #queue: CallQueue = new CallQueue();
  /** The refs of calls that may be in progress. They are held by whoever wants their values. */
  #calls: WeakRef<Ref>[] = [];
  #sweepAt = SWEEP_FROM;

  constructor(link: PythonLink, number: number, name: string) {
    this.#link = link;
    this.actorId = `actor-python-${number.toString(16)}`;
    this.name = name;
  }

  submit(method: string, args: readonly unknown[], options: PythonCallOptions): object {
    const taskName = `${this.name}.${method}`;
    const said = rayOptions("call", `"${taskName}"`, options);
    const plan = {
      taskName: options.name ?? taskName,
      actorId: this.actorId,
      task: { kind: TaskKind.method, name: method },
      target: this.ticket,
      owner: this,
      options: said,
      signal: options.signal,
      queue: this.#queue,
    };
    const made = this.#link.call(plan, args);
    this.#calls.push(new WeakRef((Array.isArray(made) ? made[0] : made) as Ref));
    if (this.#calls.length >= this.#sweepAt) {
      this.#calls = this.#calls.filter((call) => call.deref()?.status === PENDING);
      this.#sweepAt = Math.max(SWEEP_FROM, 2 * this.#calls.length);
    }
    return made;
  }

  async dispose(): Promise<void> {
    // Ray ends the process at once, answers on their way included.
    await Promise.allSettled(this.#calls.map((call) => call.deref()));
    // What comes behind the end is never run: it rejects when the actor has died.
    const calls = ["__ray_terminate__", "__ray_ready__"].map((method) => this.submit(method, [], {}));
    await Promise.allSettled(calls as PromiseLike<unknown>[]);
  }
}

/** The actors of one program. @internal */
export class PythonActors {
  readonly #link: PythonLink;
  readonly #byId = new Map<string, WeakRef<PythonActor>>();
  readonly #handles = new WeakMap<PythonActor, WeakRef<object>>();
  readonly #collected = new FinalizationRegistry<string>((key) => {
    if (this.#byId.get(key)?.deref() === undefined) this.#byId.delete(key);
  });
  #last = 0;

  /** @param link The link. */
  constructor(link: PythonLink) {
    this.#link = link;
  }

  /** Makes an actor; its handle. Throws `SerializationError`. */
  make({ name, cls, ownOptions, options }: NewPythonActor, args: readonly unknown[]): object {
    const actor = this.#new(name);
    const answer = this.#answerFor(actor, (error) => notMade(actor, error));
    const task = { kind: TaskKind.actor };
    const plan = { taskName: name, task, target: cls, options, ownOptions, queue: new CallQueue() };
    const create = this.#link.prepare(plan, args, answer);
    if (options.get_if_exists !== true || options.name === undefined) create();
    else {
      // Asked for once more, the server would forget the handle that it has, and the actor would end.
      const there = this.#look(String(options.name), String(options.namespace ?? this.#link.namespace));
      there.when(() => there.id === undefined ? create() : answer.settle(there.id));
    }
    return this.#handleOf(actor);
  }

  #look(name: string, namespace: string): Ticket {
    const [answer, target] = [new Ticket(), new Ticket()];
    target.settle(new Uint8Array());
    const task = { kind: TaskKind.namedActor, name, namespace };
    const plan = { taskName: "getActor", task, target, options: {}, queue: new CallQueue() };
    this.#link.prepare(plan, [], answer)();
    return answer;
  }

  /** The handle of the actor that has a name. Rejects with `ActorNotFoundError`. */
  async find(name: string, namespace: string): Promise<object> {
    const found = await this.#link.gate.findHost(name, namespace);
    if (found !== undefined) {
      return this.#link.handleOfFound(found, name, namespace) ??
        this.handleOf(this.#link.gate.held.actor(found.actor));
    }
    throw new ActorNotFoundError(
      `Cannot get actor "${name}" of namespace "${namespace}": no actor that lives has this name on the cluster either`,
    );
  }

  /** The handle of an actor that has come in a value. */
  handleOf(held: ActorRef): object {
    const known = this.#byId.get(textOf(held.id))?.deref();
    if (known !== undefined) return this.#handleOf(known);
    const actor = this.#new("a Python actor");
    this.#settle(actor, held);
    return this.#handleOf(actor);
  }

  #new(name: string): PythonActor {
    return new PythonActor(this.#link, ++this.#last, name);
  }

  #settle(actor: PythonActor, held: ActorRef): void {
    actor.held = held;
    const key = textOf(held.id);
    this.#byId.set(key, new WeakRef(actor));
    this.#collected.register(actor, key);
    actor.ticket.settle(held.id);
  }

  #answerFor(actor: PythonActor, failure: (error: Error) => Error): Ticket {
    const answer = new Ticket();
    answer.when(() => {
      if (answer.id !== undefined) this.#settle(actor, this.#link.gate.held.actor(answer.id));
      else actor.ticket.fail(failure(answer.error!));
    });
    return answer;
  }

  /** A handle keeps its actor alive, and not the other way round. */
  #handleOf(actor: PythonActor): object {
    const known = this.#handles.get(actor)?.deref();
    if (known !== undefined) return known;
    const handle = pythonHandle(actor);
    this.#handles.set(actor, new WeakRef(handle));
    return handle;
  }
}

/** Why an actor was not made, as each of its calls says it. */
function notMade({ actorId, name }: PythonActor, cause: Error): Error {
  if (/already taken/.test(cause.message)) {
    return new ActorAlreadyExistsError(
      `Cannot make actor of Python's "${name}": another actor that lives has this name, use another one, or the option ` +
        `"getIfExists: true" for the handle of that actor`,
      { cause },
    );
  }
  return new ActorDiedError(`Cannot call ${actorId}: it could not be made, ${cause.message}`, {
    actorId,
    cause,
  });
}
