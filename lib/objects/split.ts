/**
 * One call whose value is an array, as many refs.
 *
 * @module
 */

import type { ActorActivity } from "../base/errors.ts";
import { makeTaskError } from "../base/task_error.ts";
import { type CancelHow, FAILED, Ref, type RefObserver, type RefSource } from "./ref.ts";

/** Hands the array's values out. The source of each ref. */
class Split implements RefObserver, RefSource {
  readonly refs: readonly Ref[];
  readonly whole: Ref;

  constructor(whole: Ref, count: number) {
    this.whole = whole;
    this.refs = Array.from({ length: count }, () => new Ref(whole.home, whole.taskName, this));
  }

  settled({ status, value, taskName }: Ref): void {
    if (status === FAILED) return this.#reject(value);
    if (Array.isArray(value) && value.length === this.refs.length) {
      return this.refs.forEach((ref, index) => ref.resolve(value[index]));
    }
    const found = Array.isArray(value) ? `an array of ${value.length}` : "no array";
    const cause = new RangeError(
      `Cannot split the result of "${taskName}" into ${this.refs.length} refs: it is ${found}, return an array of as ` +
        `many values as "numReturns" says`,
    );
    this.#reject(makeTaskError({ cause, taskName }));
  }

  #reject(error: unknown): void {
    for (const ref of this.refs) ref.reject(error);
  }

  get actorId(): string | undefined {
    return this.whole.source?.actorId;
  }
  activity(): ActorActivity | undefined {
    return this.whole.source?.activity();
  }
  fulfiller(): number {
    return this.whole.source?.fulfiller() ?? 0;
  }
  answered(): void {}
  cancel(_ref: Ref, how: CancelHow): void {
    this.whole.source?.cancel(this.whole, how);
  }
}

/** A ref for each of the `count` values of the array that `whole` will have. */
export function splitRef(whole: Ref, count: number): Ref[] {
  const split = new Split(whole, count);
  whole.observe(split);
  return [...split.refs];
}
