/**
 * The types of handles: which methods they have, what those take and give.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { CallOptions } from "../define/options.ts";
import type { ObjectRef } from "../objects/object_ref.ts";

/** An argument of a remote call: a value, or a ref to one, whose value the callee gets. */
export type RemoteArg<T> = T | ObjectRef<T>;

/** The parameters of a remote call: each may be a ref. */
export type RemoteArgs<A extends readonly unknown[]> = { [I in keyof A]: RemoteArg<A[I]> };

/** A call that is ready to be made: all but its arguments is said. */
export interface RemoteCall<A extends readonly unknown[], R> {
  /**
   * Makes the call; returns at once.
   *
   * @param args The arguments: values, or refs to them.
   * @returns A ref to the result.
   * @throws {SerializationError} If an argument cannot cross.
   */
  remote(...args: RemoteArgs<A>): ObjectRef<Awaited<R>>;
}

/** A remote method with one signature. */
export interface RemoteMethod<A extends readonly unknown[], R> extends RemoteCall<A, R> {
  /**
   * Options for one call.
   *
   * @param options The options.
   * @returns The method, with these options.
   */
  options(options: CallOptions): RemoteCall<A, R>;
}

/** The signatures of a function, up to four overloads, as a tuple of remote methods to intersect. */
type Signatures<F> = F extends {
  (...args: infer A1): infer R1;
  (...args: infer A2): infer R2;
  (...args: infer A3): infer R3;
  (...args: infer A4): infer R4;
} ? RemoteSignature<A1, R1> & RemoteSignature<A2, R2> & RemoteSignature<A3, R3> & RemoteMethod<A4, R4>
  : never;

/** A signature that TypeScript filled in, for there are fewer than four, adds nothing. */
type RemoteSignature<A extends readonly unknown[], R> = unknown[] extends A ? unknown extends R ? unknown
  : RemoteMethod<A, R>
  : RemoteMethod<A, R>;

/** True for what only a stream could carry. */
type IsGenerator<R> = R extends Generator | AsyncGenerator ? true : false;

/** A method as it stands on a handle. */
type Remote<F> = F extends (...args: infer A) => infer R
  ? IsGenerator<R> extends true ? never : IsSingle<F> extends true ? RemoteMethod<A, R>
  : Signatures<F>
  : never;

/** True if a function has one signature only: its last one says all that it is. */
type IsSingle<F> = F extends (...args: infer A) => infer R ? ((...args: A) => R) extends F ? true : false
  : false;

/** The names of `T` that are remote methods. */
type RemoteNames<T> = {
  [K in keyof T]: K extends "then" | "actorId" | "onShutdown" ? never
    : T[K] extends (...args: never[]) => unknown ? K
    : never;
}[keyof T];

/**
 * A handle of an actor: each public method `m` of the class is here as `m.remote(...)`. Handles can be passed to other
 * actors, as arguments, results and fields of either; two handles of one actor have the same `actorId`.
 *
 * @typeParam T The actor's class.
 *
 * @example A handle's methods
 * ```ts
 * import { Actor, type ActorHandle, remote, shutdown } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Greeter extends Actor {
 *   greet(name: string): string {
 *     return `Hello, ${name}`;
 *   }
 * }
 * remote(Greeter, { placement: "inline", module: import.meta.url });
 *
 * const greeter: ActorHandle<Greeter> = Greeter.remote();
 * assertEquals(await greeter.greet.remote("Ray"), "Hello, Ray");
 * await shutdown();
 * ```
 */
export type ActorHandle<T> =
  & {
    /** The actor's id: the same for all of its handles. */
    readonly actorId: ActorId;
  }
  & { readonly [K in RemoteNames<T>]: Remote<T[K]> };
