/**
 * The types of handles: which methods they have, what those take and give.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { CallOptions, SplitCallOptions, StreamCallOptions, TaskOptions } from "../define/options.ts";
import type { ObjectRef } from "../objects/object_ref.ts";
import type { ObjectRefGenerator } from "../objects/object_ref_generator.ts";

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

/** A call of a generator that is ready to be made: all but its arguments is said. */
export interface RemoteStreamCall<A extends readonly unknown[], R> {
  /**
   * Makes the call; returns at once.
   *
   * @param args The arguments: values, or refs to them.
   * @returns A stream of refs to what is yielded.
   * @throws {SerializationError} If an argument cannot cross.
   */
  remote(...args: RemoteArgs<A>): ObjectRefGenerator<Yielded<R>>;
}

/** A call that gives a ref for each of the `N` values of the array that the method returns. */
export interface RemoteSplitCall<A extends readonly unknown[], R, N extends number> {
  /**
   * Makes the call; returns at once. If the method returns anything but an array of `N` values, every ref rejects.
   *
   * @param args The arguments: values, or refs to them.
   * @returns A ref to each value.
   * @throws {SerializationError} If an argument cannot cross.
   */
  remote(...args: RemoteArgs<A>): SplitRefs<Awaited<R>, N>;
}

/**
 * The refs to the values of an array: a tuple if their number is known, `never` if there is no such array.
 *
 * @typeParam V The array.
 * @typeParam N The number of values.
 */
export type SplitRefs<V, N extends number> = V extends readonly (infer E)[]
  ? number extends N ? ObjectRef<Awaited<E>>[]
  : number extends V["length"] ? RefTuple<Awaited<E>, N>
  : V["length"] extends N ? { -readonly [I in keyof V]: ObjectRef<Awaited<V[I]>> }
  : never
  : never;

/**
 * So many refs.
 *
 * @typeParam E The type of each value.
 * @typeParam N Their number.
 * @typeParam T Those counted so far.
 */
export type RefTuple<E, N extends number, T extends ObjectRef<E>[] = []> = T["length"] extends N ? T
  // Longer ones TypeScript does not count.
  : T["length"] extends 256 ? ObjectRef<E>[]
  : RefTuple<E, N, [...T, ObjectRef<E>]>;

/** A remote method with one signature. */
export interface RemoteMethod<A extends readonly unknown[], R> extends RemoteCall<A, R> {
  /**
   * Options for one call that gives many refs.
   *
   * @param options The options, `numReturns` among them.
   * @returns The method, with these options.
   */
  options<const N extends number>(options: SplitCallOptions<N>): RemoteSplitCall<A, R, N>;
  /**
   * Options for one call.
   *
   * @param options The options.
   * @returns The method, with these options.
   */
  options(options: CallOptions): RemoteCall<A, R>;
}

/** A remote generator method with one signature. */
export interface RemoteStreamMethod<A extends readonly unknown[], R> extends RemoteStreamCall<A, R> {
  /**
   * Options for one call.
   *
   * @param options The options.
   * @returns The method, with these options.
   */
  options(options: StreamCallOptions): RemoteStreamCall<A, R>;
}

/**
 * The values that a generator yields; `never` for what is no iterator.
 *
 * @typeParam R What the generator function returns.
 */
export type Yielded<R> = R extends AsyncIterator<infer T, unknown, never> ? Awaited<T>
  : R extends Iterator<infer T, unknown, never> ? Awaited<T>
  : never;

/**
 * What a function that returns `R` gives: `any` for a stream, else 1. Of a type parameter TypeScript takes it to be 1, where it
 * would not decide between two other answers.
 *
 * @typeParam R What the function returns.
 */
export type RemoteAnswer<R> = [R] extends [never] ? 1
  : 0 extends 1 & R ? 1
  // deno-lint-ignore no-explicit-any -- the one answer that TypeScript leaves out where it does not know
  : R extends Iterator<unknown, unknown, never> | AsyncIterator<unknown, unknown, never> ? any
  : 1;

/**
 * `Plain` for the answer 1, `Stream` for `any`.
 *
 * @typeParam A The answer.
 * @typeParam Plain The calls that give refs.
 * @typeParam Stream The calls that give streams.
 */
export type RemoteChoice<A, Plain, Stream> = A extends unknown ? 0 extends 1 & A ? Stream : Plain : never;

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
 * what it extends, `unknown` unless said. What returns an iterator is taken for a generator, whose calls give streams. `never` for
 * what is no function.
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
  // Of a function with fewer overloads TypeScript repeats the first, and an intersection drops repetitions.
  ? RemoteChoice<
    RemoteAnswer<R6>,
    & RemoteCall<A1, R1>
    & RemoteCall<A2, R2>
    & RemoteCall<A3, R3>
    & RemoteCall<A4, R4>
    & RemoteCall<A5, R5>
    & RemoteCall<A6, R6>,
    & RemoteStreamCall<A1, R1>
    & RemoteStreamCall<A2, R2>
    & RemoteStreamCall<A3, R3>
    & RemoteStreamCall<A4, R4>
    & RemoteStreamCall<A5, R5>
    & RemoteStreamCall<A6, R6>
  >
  : never;

/** A remote function with one signature. */
export interface RemoteTask<A extends readonly unknown[], R> extends RemoteCall<A, R> {
  /**
   * Options for one task.
   *
   * @param options The options; those not given are the function's.
   * @returns The function, with these options.
   * @throws {TypeError} If an option is unknown or of a wrong type.
   * @throws {RangeError} If an option has a wrong value.
   */
  options(options: TaskOptions): RemoteCall<A, R>;
}

/** What a remote function with overloads has besides its calls. */
export interface RemoteTaskOverloads<C> {
  /**
   * Options for one task.
   *
   * @param options The options; those not given are the function's.
   * @returns The function, with all of its overloads and these options.
   */
  options(options: TaskOptions): C;
}

/**
 * A function as it is called remotely.
 *
 * @typeParam F The function.
 */
export type RemoteTaskOf<F> = F extends (...args: infer A) => infer R
  // True if these are the same, that is, without overloads.
  ? (<X>() => X extends RemoteCall<A, R> ? 1 : 2) extends (<X>() => X extends RemoteCallOf<F> ? 1 : 2)
    ? RemoteTask<A, R>
  : RemoteCallOf<F> & RemoteTaskOverloads<RemoteCallOf<F>>
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
  : (<X>() => X extends RemoteStreamCall<A, R> ? 1 : 2) extends (<X>() => X extends RemoteCallOf<F> ? 1 : 2)
    ? RemoteStreamMethod<A, R>
  : RemoteCallOf<F> & RemoteOverloads<RemoteCallOf<F>>
  : never;

/**
 * A handle of an actor: each public method `m` of the class is here as `m.remote(...)`. Handles can be passed to other
 * actors, as arguments, results and fields of either; two handles of one actor have the same `actorId`. `await using` ends the
 * actor with the block: after the calls that were made, and its `onShutdown`.
 *
 * Not here are private, protected and static members, accessors and fields, `onShutdown`, and what every object has, such as
 * `toString`. A field or accessor whose value is a function looks like a method to TypeScript, and is
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
