/**
 * Waiting for some of many refs.
 *
 * @module
 */

import { show } from "../define/show.ts";
import type { ObjectRef } from "../objects/object_ref.ts";
import type { ObjectRefGenerator } from "../objects/object_ref_generator.ts";
import type { Ref } from "../objects/ref.ts";
import { RefStream } from "../objects/stream.ts";
import { type Waited, waitFor, waitForSync } from "../objects/wait.ts";
import { requireThread } from "../runtime/current.ts";
import { checkNames, checkSignal, checkTimeout, NO_OPTIONS } from "../objects/option_checks.ts";
import { refsOf, warnInAsyncActor } from "./checks.ts";
import type { GetOptions, GetSyncOptions } from "./get.ts";

/** What can be waited for: a ref, or a stream, which is ready when its next item is there or it has ended. */
export type Waitable = ObjectRef<unknown> | ObjectRefGenerator<unknown>;

/** Options of `wait`. */
export interface WaitOptions extends GetOptions {
  /** How many refs to wait for; 1 unless given. */
  numReturns?: number;
}

/** Options of `waitSync`. */
export interface WaitSyncOptions extends GetSyncOptions {
  /** How many refs to wait for; 1 unless given. */
  numReturns?: number;
}

/**
 * Waits until some refs are ready: fulfilled or failed. A stream is ready when its next item is there, or it has ended.
 *
 * @example The first of two
 * ```ts
 * import { put, shutdown, wait } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * const [ready, pending] = await wait([put(1), put(2)]);
 * assertEquals([ready.length, pending.length], [1, 1]);
 * await shutdown();
 * ```
 *
 * @typeParam R The type of the refs.
 * @param refs The refs, or streams, each once.
 * @param options How many to wait for, and how long.
 * @returns Those that are ready, at most `numReturns`, and all others, each in the order given.
 * @throws {RangeError} If a ref is given twice, or `numReturns` or `timeout` is out of range.
 * @throws {TypeError} If something is no ref.
 */
export function wait<R extends Waitable>(
  refs: readonly R[],
  options: WaitOptions = NO_OPTIONS,
): Promise<[ready: R[], pending: R[]]> {
  if (options !== NO_OPTIONS) checkNames("wait", options, ["numReturns", "timeout", "signal"]);
  const { list, count, back } = checkWait("wait", refs, options);
  const limits = {
    timeout: checkTimeout("wait", options.timeout),
    signal: checkSignal("wait", options.signal),
  };
  const thread = requireThread("wait for refs");
  if (list.length === 0) return Promise.resolve([[], []]);
  const waited = waitFor(list, count, limits, thread.clock);
  return (back === undefined ? waited : waited.then(back)) as unknown as Promise<[R[], R[]]>;
}

/**
 * `wait`, blocking the thread.
 *
 * @example All of two
 * ```ts
 * import { put, shutdown, waitSync } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * const [ready] = waitSync([put(1), put(2)], { numReturns: 2 });
 * assertEquals(ready.length, 2);
 * await shutdown();
 * ```
 *
 * @typeParam R The type of the refs.
 * @param refs The refs, or streams, each once.
 * @param options How many to wait for, and how long.
 * @returns Those that are ready, at most `numReturns`, and all others, each in the order given.
 * @throws {DeadlockError} If too few can become ready without this thread.
 * @throws {RangeError} If a ref is given twice, or `numReturns` or `timeout` is out of range.
 * @throws {TypeError} If something is no ref.
 */
export function waitSync<R extends Waitable>(
  refs: readonly R[],
  options: WaitSyncOptions = NO_OPTIONS,
): [ready: R[], pending: R[]] {
  if (options !== NO_OPTIONS) checkNames("waitSync", options, ["numReturns", "timeout"]);
  const { list, count, back } = checkWait("waitSync", refs, options);
  const timeout = checkTimeout("waitSync", options.timeout);
  warnInAsyncActor(requireThread("block on refs"), "waitSync", "wait");
  if (list.length === 0) return [[], []];
  const waited = waitForSync(list, count, timeout);
  return (back === undefined ? waited : back(waited)) as unknown as [R[], R[]];
}

function checkWait(
  verb: string,
  refs: unknown,
  { numReturns = 1 }: { numReturns?: number },
): { list: readonly Ref[]; count: number; back?: (waited: Waited) => [Waitable[], Waitable[]] } {
  if (!Array.isArray(refs)) {
    throw new TypeError(`Cannot ${verb} for ${show(refs)}: expected an array of ObjectRefs`);
  }
  const hasStreams = refs.some((ref) => ref instanceof RefStream);
  const list = refsOf(
    verb,
    hasStreams ? refs.map((ref) => ref instanceof RefStream ? ref.ready() : ref) : refs,
  );
  if (typeof numReturns !== "number") {
    throw new TypeError(`Cannot ${verb} with ${show(numReturns)} as "numReturns": expected a number`);
  }
  if (new Set(list).size !== list.length) {
    throw new RangeError(`Cannot ${verb} for the same ref twice: give each ref once`);
  }
  const isInRange = Number.isInteger(numReturns) && numReturns >= 1 && numReturns <= Math.max(1, list.length);
  if (!isInRange) {
    throw new RangeError(
      `Cannot ${verb} with ${numReturns} as "numReturns": expected an integer from 1 to ${list.length}`,
    );
  }
  if (!hasStreams) return { list, count: numReturns };
  const subjects = new Map(list.map((ref, index) => [ref, refs[index] as Waitable]));
  const of = (ref: Ref): Waitable => subjects.get(ref)!;
  return { list, count: numReturns, back: ([ready, pending]) => [ready.map(of), pending.map(of)] };
}
