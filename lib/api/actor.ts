/**
 * The base class of actors, which gives a remote class its typed statics.
 *
 * @module
 */

import type { ActorHandle, RemoteArgs } from "../call/actor_handle.ts";
import type { AnyClass } from "../define/class_definition.ts";
import { type ActorOptions, checkOptions } from "../define/options.ts";
import { createActor } from "../runtime/actors.ts";
import { definitions, requireThread } from "../runtime/current.ts";

/** The parameters of a class's constructor; of one with overloads, those of any of the last four. */
export type ConstructorArgs<C> = C extends {
  new (...args: infer A1): unknown;
  new (...args: infer A2): unknown;
  new (...args: infer A3): unknown;
  new (...args: infer A4): unknown;
} ? A1 | A2 | A3 | A4
  : never;

/** The instances of a class. */
export type Instance<C> = C extends new (...args: never[]) => infer T ? T : never;

/** A class whose options are said: ready to make actors. */
export interface ActorMaker<C> {
  /**
   * Makes an actor; returns at once.
   *
   * @param args The constructor's arguments: values, or refs to them.
   * @returns The actor's handle.
   * @throws {SerializationError} If an argument cannot cross.
   */
  remote(...args: RemoteArgs<ConstructorArgs<C>>): ActorHandle<Instance<C>>;
}

/**
 * The base class of actors. It adds nothing to instances: `new X()` is an ordinary object. To the class it adds `X.remote(...)`
 * and `X.options({...})`, with types.
 *
 * @example An actor with state
 * ```ts
 * import { Actor, remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Counter extends Actor {
 *   #count = 0;
 *   add(amount: number): number {
 *     return this.#count += amount;
 *   }
 * }
 * remote(Counter, { placement: "inline", module: import.meta.url });
 *
 * const counter = Counter.remote();
 * counter.add.remote(2);
 * assertEquals(await counter.add.remote(3), 5);
 * await shutdown();
 * ```
 */
export abstract class Actor {
  /**
   * Makes an actor of this class; returns at once.
   *
   * @param args The constructor's arguments: values, or refs to them.
   * @returns The actor's handle.
   * @throws {TypeError} If this very class was not declared remote.
   * @throws {SerializationError} If an argument cannot cross.
   */
  static remote<C extends AnyClass>(
    this: C,
    ...args: RemoteArgs<ConstructorArgs<C>>
  ): ActorHandle<Instance<C>> {
    return makeActor(this, undefined, args) as ActorHandle<Instance<C>>;
  }

  /**
   * Options for one actor.
   *
   * @param options The options; those not given are the class's.
   * @returns The class, with these options.
   * @throws {TypeError} If an option is unknown or of a wrong type.
   * @throws {RangeError} If an option has a wrong value.
   */
  static options<C extends AnyClass>(this: C, options: ActorOptions): ActorMaker<C> {
    return makerOf(this, options);
  }
}

/** Makes an actor of a class that must have been declared. @internal */
export function makeActor(cls: AnyClass, options: ActorOptions | undefined, args: unknown[]): object {
  const definition = definitions.ofClass(cls);
  if (definition === undefined) {
    throw new TypeError(
      `Cannot make an actor of class "${cls.name}": it is not declared remote, put "@remote" on it (a base class's does not count)`,
    );
  }
  return createActor(requireThread(`make an actor of class "${cls.name}"`), definition, options, args);
}

/** A class with options. @internal */
export function makerOf<C extends AnyClass>(cls: C, options: ActorOptions): ActorMaker<C> {
  checkOptions("actor", `class "${cls.name}"`, options);
  // What the program does to its object later on is not checked.
  const own = { ...options };
  return { remote: (...args) => makeActor(cls, own, args) as ActorHandle<Instance<C>> };
}
