import { ActorDiedError } from "@manta/ray";
import { assertInstanceOf, assertStringIncludes } from "@std/assert";
import { rejection, within } from "./fence.ts";

/** Fails if it takes long: for what must not hang. */
export function soon<T>(what: string, promise: PromiseLike<T>): Promise<T> {
  return within(20_000, what, promise);
}

/** Each of them is refused, for that reason. */
export async function died(reason: string, refs: PromiseLike<unknown>[]): Promise<void> {
  for (const [i, ref] of refs.entries()) {
    const error = await soon(`call ${i}`, rejection(ref));
    assertInstanceOf(error, ActorDiedError, `call ${i}: ${error}`);
    assertStringIncludes(error.message, reason, `call ${i}`);
  }
}
