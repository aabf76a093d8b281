/**
 * Handles of Python's actors. Which methods they have only Python knows: every name is one.
 *
 * @module
 */

import { INSPECT } from "../base/inspect.ts";
import type { ActorId } from "../base/ids.ts";
import type { PythonCallOptions } from "./python_options.ts";
import type { Ticket } from "./ticket.ts";

/** What stands behind a handle. @internal */
export interface PythonActorOwner {
  /** The actor's id, as programs see it. */
  readonly actorId: ActorId;
  /** What it is called in messages. */
  readonly name: string;
  /** The actor's id on the cluster. */
  readonly ticket: Ticket;
  /** Makes a call; a ref, or several with `numReturns`. */
  submit(method: string, args: readonly unknown[], options: PythonCallOptions): object;
  /** Ends the actor after the calls made; fulfilled when it has ended. */
  dispose(): Promise<void>;
}

const owner: unique symbol = Symbol("manta.pythonActor");

/** What stands behind a value, if it is the handle of a Python actor. @internal */
export function pythonActorOf(value: unknown): PythonActorOwner | undefined {
  return typeof value === "object" && value !== null
    ? (value as { [owner]?: PythonActorOwner })[owner]
    : undefined;
}

/** The id of the actor that a value is a handle of. @internal */
export function ticketOfHandle(value: object): Ticket | undefined {
  return pythonActorOf(value)?.ticket;
}

/** Its name is what other threads say when they refuse it. */
class PythonActorHandle {
  readonly [owner]: PythonActorOwner;

  constructor(actor: PythonActorOwner) {
    this[owner] = actor;
  }

  /** What `console.log` shows of it. */
  [INSPECT](): string {
    const { name, actorId } = this[owner];
    return `ActorHandle<${name}>(${actorId})`;
  }
}

/** The handle of an actor. @internal */
export function pythonHandle(actor: PythonActorOwner): object {
  const stubs = new Map<string, unknown>();
  return new Proxy(new PythonActorHandle(actor), {
    get(target, name) {
      if (name === owner) return actor;
      if (name === Symbol.asyncDispose) return () => actor.dispose();
      if (name === INSPECT) return Reflect.get(target, name);
      if (name === Symbol.toStringTag) return `ActorHandle<${actor.name}>`;
      // A handle is no thenable, and symbols and the names of every object are never remote.
      if (typeof name === "symbol" || name === "then" || name === "toJSON") return undefined;
      if (name === "actorId") return actor.actorId;
      if (name in Object.prototype) return Reflect.get(target, name);
      let stub = stubs.get(name);
      if (stub === undefined) stubs.set(name, stub = makeStub(actor, name));
      return stub;
    },
    set: () => false,
    has: () => false,
    ownKeys: () => [],
    getOwnPropertyDescriptor: () => undefined,
  });
}

function makeStub(actor: PythonActorOwner, method: string): unknown {
  const stub = (): never => {
    throw new TypeError(
      `Cannot call "${actor.name}.${method}" directly: it runs elsewhere, use "handle.${method}.remote()"`,
    );
  };
  return Object.assign(stub, {
    remote: (...args: unknown[]) => actor.submit(method, args, {}),
    options: (options: PythonCallOptions) => ({
      remote: (...args: unknown[]) => actor.submit(method, args, options),
    }),
  });
}
