/**
 * Handles: an object with a stub for each method of the class, and a clear error for every other name.
 *
 * @module
 */

import { INSPECT } from "../base/inspect.ts";
import type { ActorId } from "../base/ids.ts";
import { type ClassShape, groupsOf, refuseForKind } from "../define/class_definition.ts";
import { type CallOptions, checkOptions, type MethodOptions } from "../define/options.ts";
import type { RetryRule } from "../base/retry_rule.ts";
import type { ObjectRef } from "../objects/object_ref.ts";
import type { Ref } from "../objects/ref.ts";
import { splitRef } from "../objects/split.ts";
import { type CallSettings, NO_STREAM, PLAIN_CALL, UNBOUNDED } from "../wire/call_settings.ts";

/** What stands behind a handle. */
export interface HandleOwner {
  /** The actor's id. */
  readonly actorId: ActorId;
  /** The actor's class. */
  readonly shape: ClassShape;
  /** True once a method of the handle was looked up. */
  isUsed: boolean;
  /** Makes a call. */
  submit(method: number, settings: CallSettings, args: unknown[]): ObjectRef<unknown>;
  /** Ends the actor after the calls made; fulfilled when it has ended. */
  dispose(): Promise<void>;
  /** Whether a call of a method, with these options, is made again if it fails. */
  retryRule(method: number, options?: CallOptions): RetryRule | undefined;
}

/** The property by which a handle is known; not visible to programs. */
const owner: unique symbol = Symbol("manta.handleOwner");

/** A handle as the runtime sees it. */
export interface Handle {
  /** What stands behind it. */
  readonly [owner]: HandleOwner;
}

/** What stands behind a value, if it is a handle. */
export function ownerOf(value: unknown): HandleOwner | undefined {
  return typeof value === "object" && value !== null ? (value as Partial<Handle>)[owner] : undefined;
}

/** Makes a call; gives a ref, a stream, or an array of refs. */
type Remote = (...args: unknown[]) => object;

type Stub = ((...args: unknown[]) => never) & {
  remote: Remote;
  options: (options: CallOptions & MethodOptions) => { remote: Remote };
};

function makeStub(actor: HandleOwner, method: number): Stub {
  const { name, methods } = actor.shape;
  const { name: methodName, isGenerator, generatorBackpressure, numReturns } = methods[method];
  const subject = `"${name}.${methodName}"`;
  const stub = (() => {
    throw new TypeError(
      `Cannot call ${subject} directly: it runs elsewhere, use "handle.${methodName}.remote()"`,
    );
  }) as unknown as Stub;
  const byDefault = { generatorBackpressure, numReturns };
  const retry = actor.retryRule(method);
  const usual = retry === undefined ? PLAIN_CALL : { ...PLAIN_CALL, retry };
  stub.remote = isGenerator || numReturns !== undefined
    ? manyRefs(actor, method, usual, byDefault)
    : (...args) => actor.submit(method, usual, args);
  stub.options = (options) => {
    checkOptions("call", subject, options);
    const group = options.concurrencyGroup ?? "";
    if (group !== "" && !actor.shape.groups.includes(group)) {
      throw new RangeError(
        `Cannot call ${subject} in concurrency group "${group}", ${groupsOf(actor.shape.groups)}`,
      );
    }
    const settings: CallSettings = {
      group,
      name: options.name ?? "",
      ...(options.signal !== undefined && { signal: options.signal }),
      stream: NO_STREAM,
      retry: actor.retryRule(method, options),
    };
    const many = {
      generatorBackpressure: options.generatorBackpressure ?? generatorBackpressure,
      numReturns: options.numReturns ?? numReturns,
    };
    refuseForKind(subject, isGenerator, many);
    if (isGenerator || many.numReturns !== undefined) {
      return { remote: manyRefs(actor, method, settings, many) };
    }
    return { remote: (...args) => actor.submit(method, settings, args) };
  };
  return stub;
}

/** The `remote` of a call that gives a stream, or an array of refs. */
function manyRefs(
  actor: HandleOwner,
  method: number,
  settings: CallSettings,
  { generatorBackpressure, numReturns }: { generatorBackpressure?: number; numReturns?: number },
): Remote {
  if (numReturns !== undefined) {
    return (...args) => splitRef(actor.submit(method, settings, args) as Ref, numReturns);
  }
  const stream = generatorBackpressure ?? UNBOUNDED;
  const streaming: CallSettings = { ...settings, stream };
  return (...args) => {
    const whole = actor.submit(method, streaming, args) as Ref;
    return whole.home.streams.open(whole, stream);
  };
}

function makeUnknownStub(shape: ClassShape, name: string): Stub {
  const refuse = (): never => {
    const known = shape.methods.map((method) => `"${method.name}"`).join(", ");
    throw new TypeError(
      `Cannot call "${shape.name}.${name}": the class has no such remote method, it has ${known || "none"}`,
    );
  };
  const stub = refuse as unknown as Stub;
  stub.remote = refuse;
  stub.options = () => stub;
  return stub;
}

/** The handles of one class. Engines make instances several times as fast as objects that get a hidden property. */
type HandleClass = new (actor: HandleOwner) => Handle;

/** Makes handles; the stubs of a class are properties of one prototype, so that a call is found without a proxy. */
export class HandleFactory {
  readonly #classes = new Map<string, HandleClass>();
  /** The same by the very shape, which is quicker to find. */
  readonly #byShape = new WeakMap<ClassShape, HandleClass>();

  /** A handle for an actor. */
  make(actor: HandleOwner): object {
    const { shape } = actor;
    let handles = this.#byShape.get(shape);
    if (handles === undefined) this.#byShape.set(shape, handles = this.#classOf(shape));
    return new handles(actor);
  }

  #classOf(shape: ClassShape): HandleClass {
    // The same class may be declared in many ways over a program's life; its methods tell them apart.
    const key = `${shape.key} ${shape.methods.map((method) => method.name).join()}`;
    const known = this.#classes.get(key);
    if (known !== undefined) return known;
    const handles = class {
      readonly [owner]: HandleOwner;
      constructor(actor: HandleOwner) {
        this[owner] = actor;
      }
    };
    const { prototype } = handles;
    Object.setPrototypeOf(prototype, unknownNames(shape));
    Reflect.deleteProperty(prototype, "constructor");
    shape.methods.forEach((method, index) => {
      Object.defineProperty(prototype, method.name, {
        enumerable: true,
        get(this: Handle): Stub {
          const actor = this[owner];
          const stub = makeStub(actor, index);
          // Of very many actors, most are called once or twice; a stub that stays is for those that are called often. From then on
          // it is found on the handle itself, unless the program has frozen that.
          if (actor.isUsed) Reflect.defineProperty(this, method.name, { value: stub });
          actor.isUsed = true;
          return stub;
        },
      });
    });
    Object.defineProperty(prototype, "actorId", {
      enumerable: true,
      get(this: Handle): ActorId {
        return this[owner].actorId;
      },
    });
    Object.defineProperty(prototype, Symbol.asyncDispose, {
      value(this: Handle): Promise<void> {
        return this[owner].dispose();
      },
    });
    Object.defineProperty(prototype, INSPECT, {
      value(this: Handle): string {
        return `ActorHandle<${shape.name}>(${this[owner].actorId})`;
      },
    });
    Object.defineProperty(prototype, Symbol.toStringTag, { value: `ActorHandle<${shape.name}>` });
    this.#classes.set(key, handles);
    return handles;
  }
}

/** The end of a handle's prototype chain: names that are no methods. */
function unknownNames(shape: ClassShape): object {
  return new Proxy(Object.create(null), {
    get(_, name) {
      // A handle is no thenable, and symbols and the names of every object are never remote.
      if (typeof name === "symbol" || name === "then" || name === "toJSON" || name === "onShutdown") {
        return undefined;
      }
      if (name === "constructor") return Object;
      if (name in Object.prototype) return Reflect.get(Object.prototype, name);
      return makeUnknownStub(shape, name);
    },
    has: () => false,
  });
}
