/**
 * The caller's side of `actor to actor`, the same wherever it runs.
 *
 * @module
 */

import type { Answer } from "./peer.ts";

/** The sum of the answers and the milliseconds that it took. */
export type Called = readonly [sum: number, milliseconds: number];

/** Makes so many calls, at most `window` of them in flight. */
export async function callMany(
  calls: number,
  window: number,
  call: (value: number) => Answer<number>,
): Promise<Called> {
  const start = performance.now();
  let sum = 0;
  for (let done = 0; done < calls; done += window) {
    const answers: Answer<number>[] = [];
    for (let value = done; value < Math.min(calls, done + window); value++) {
      answers.push(call(value));
    }
    for (const answer of answers) sum += await answer;
  }
  return [sum, performance.now() - start];
}
