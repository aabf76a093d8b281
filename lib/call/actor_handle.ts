/**
 * The types of handles: which methods they have, what those take and give.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { CallOptions } from "../define/options.ts";
import type { ObjectRef } from "../objects/object_ref.ts";

/**
 * An argument of a remote call: a value, or a ref to one, whose value the callee gets. Refs themselves cross inside an object or
 * array only: a parameter that is an `ObjectRef` would get the value in its place.
 */
export type RemoteArg<T> = T | ObjectRef<T>;

/** The parameters of a remote call: each may be a ref. */
export type RemoteArgs<A extends readonly unknown[]> = { [I in keyof A]: A[I] | ObjectRef<A[I]> };

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

/** What a method with overloads has besides its calls. */
export interface RemoteOverloads<C> {
  /**
   * Options for one call.
   *
   * @param options The options.
   * @returns The method, with all of its overloads and these options.
   */
  options(options: CallOptions): C;
}

/**
 * The calls of a function: one, or one for each overload, the last six at most. A type parameter of the function itself becomes
 * what it extends, `unknown` unless said. `never` for what is no function, and for what returns an iterator: generators are not
 * part of this version.
 *
 * @typeParam F The function.
 */
export type RemoteCallOf<F> = F extends {
  (...args: infer A1): infer R1;
  (...args: infer A2): infer R2;
  (...args: infer A3): infer R3;
  (...args: infer A4): infer R4;
  (...args: infer A5): infer R5;
  (...args: infer A6): infer R6;
}
  // Only an iterator gives `true`: of `any` it is `boolean`, of `never` it is `never`.
  ? (R6 extends Iterator<unknown, unknown, never> | AsyncIterator<unknown, unknown, never> ? true
    : false) extends infer I ? [true, I] extends [I, true] ? never
      // Of a function with fewer overloads TypeScript repeats the first, and an intersection drops repetitions.
    :
      & RemoteCall<A1, R1>
      & RemoteCall<A2, R2>
      & RemoteCall<A3, R3>
      & RemoteCall<A4, R4>
      & RemoteCall<A5, R5>
      & RemoteCall<A6, R6>
  : never
  : never;

/**
 * A method as it stands on a handle.
 *
 * @typeParam F The method.
 */
export type RemoteMethodOf<F> = F extends (...args: infer A) => infer R
  // True if these are the same, that is, without overloads.
  ? (<X>() => X extends RemoteCall<A, R> ? 1 : 2) extends (<X>() => X extends RemoteCallOf<F> ? 1 : 2)
    ? RemoteMethod<A, R>
  : RemoteCallOf<F> & RemoteOverloads<RemoteCallOf<F>>
  : never;

/**
 * A handle of an actor: each public method `m` of the class is here as `m.remote(...)`. Handles can be passed to other
 * actors, as arguments, results and fields of either; two handles of one actor have the same `actorId`. `await using` ends the
 * actor with the block: after the calls that were made, and its `onShutdown`.
 *
 * Not here are private, protected and static members, accessors and fields, `onShutdown`, and what every object has, such as
 * `toString`; generators are `never`. A field or accessor whose value is a function looks like a method to TypeScript, and is
 * here, but calls of it fail. In place of an `ActorHandle<T>` with `T extends Base`, which has no methods, take an `ActorHandle<Base>`.
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
  & AsyncDisposable
  & {
    /** The actor's id: the same for all of its handles. */
    readonly actorId: ActorId;
  }
  & {
    readonly [
      // Objects are compared, `{ is: T[K] }`, not `T[K]` itself: of a field that holds a handle of its own class, TypeScript would
      // have to know this very type first.

      K in keyof T as { is: T[K] } extends { is: null | undefined } ? never
        : { is: T[K] } extends { is: ((...args: never[]) => unknown) | null | undefined }
          ? Exclude<K, symbol | "then" | "actorId" | "onShutdown" | keyof typeof Object.prototype>
        : never
    ]: RemoteMethodOf<T[K]>;
  };
