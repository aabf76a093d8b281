/**
 * Many refs, in the order in which they become ready.
 *
 * @module
 */

import { refsOf } from "../api/checks.ts";
import { checkSignal } from "../objects/option_checks.ts";
import type { ObjectRef } from "../objects/object_ref.ts";
import { PENDING, type Ref, type RefObserver } from "../objects/ref.ts";
import { requireThread } from "../runtime/current.ts";

/** Options of `asCompleted`. */
export interface AsCompletedOptions {
  /** Gives the refs themselves, each of them ready, in place of their values; so that a failed one does not end the loop. */
  yieldRefs?: boolean;
  /** Ends the loop when it aborts: it throws the signal's `reason`. */
  signal?: AbortSignal;
}

/**
 * The values of refs, each as soon as it is ready. A failed ref throws its error, which ends the loop. Time is linear in the
 * number of refs. Ray's counterpart is `ray.util.as_completed`.
 *
 * @example The quicker one first
 * ```ts
 * import { put, shutdown } from "@manta/ray";
 * import { asCompleted } from "@manta/ray/util";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await Array.fromAsync(asCompleted([put(1), put(2)])), [1, 2]);
 * await shutdown();
 * ```
 *
 * @typeParam R The type of the refs.
 * @param refs The refs, each once.
 * @param options What is given, and what ends the loop.
 * @returns The values, to be looped over once.
 * @throws {RangeError} If a ref is given twice.
 * @throws {TypeError} If something is no ref.
 */
export function asCompleted<R extends ObjectRef<unknown>>(
  refs: Iterable<R>,
  options?: AsCompletedOptions & { yieldRefs?: false },
): AsyncIterableIterator<R extends ObjectRef<infer T> ? T : never, void, void>;
/**
 * The refs themselves, each as soon as it is ready.
 *
 * @typeParam R The type of the refs.
 * @param refs The refs, each once.
 * @param options What is given, and what ends the loop.
 * @returns The refs, to be looped over once.
 */
export function asCompleted<R extends ObjectRef<unknown>>(
  refs: Iterable<R>,
  options: AsCompletedOptions & { yieldRefs: true },
): AsyncIterableIterator<R, void, void>;
export function asCompleted(
  refs: Iterable<ObjectRef<unknown>>,
  options: AsCompletedOptions = {},
): AsyncIterableIterator<unknown, void, void> {
  requireThread("loop over refs");
  const list = refsOf("loop over", isIterable(refs) ? [...refs] : refs);
  if (new Set(list).size !== list.length) {
    throw new RangeError("Cannot loop over refs: one of them is given twice");
  }
  const ready = loop(list, checkSignal("loop over refs", options.signal));
  return options.yieldRefs ? refsOfBoxes(ready) : valuesOfBoxes(ready);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** A ref as it may be yielded: an async generator would await the ref itself. */
interface Box {
  readonly ref: Ref;
}

async function* valuesOfBoxes(boxes: AsyncGenerator<Box, void, void>): AsyncGenerator<unknown, void, void> {
  for await (const { ref } of boxes) yield await ref;
}

function refsOfBoxes(boxes: AsyncGenerator<Box, void, void>): AsyncIterableIterator<unknown, void, void> {
  const unbox = (
    { value, done }: IteratorResult<Box, void>,
  ): IteratorResult<unknown, void> => done ? { value: undefined, done } : { value: value!.ref, done: false };
  return {
    next: () => boxes.next().then(unbox),
    return: () => boxes.return().then(unbox),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* loop(
  refs: readonly Ref[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Box, void, void> {
  const ready: Ref[] = [];
  let wake = (): void => {};
  const observer: RefObserver = {
    settled(ref) {
      ready.push(ref);
      wake();
    },
  };
  const next = (): Promise<void> => {
    const { home } = refs[0];
    return new Promise((resolve) => {
      const end = (): void => {
        wake = () => {};
        signal?.removeEventListener("abort", end);
        resolve();
        home.wait(-1);
        home.expectContinuations();
      };
      wake = end;
      home.wait(1);
      signal?.addEventListener("abort", end, { once: true });
    });
  };
  try {
    for (const ref of refs) ref.observe(observer);
    for (let given = 0; given < refs.length; given++) {
      signal?.throwIfAborted();
      if (ready.length === given) await next();
      signal?.throwIfAborted();
      yield { ref: ready[given] };
    }
  } finally {
    for (const ref of refs) if (ref.status === PENDING) ref.forget(observer);
  }
}
