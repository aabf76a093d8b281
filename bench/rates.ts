/**
 * How many calls a second, with many in flight.
 *
 * @module
 */

import type { SendPeer } from "./rows/peer.ts";
import { median, scale, scaled, soFar } from "./workload.ts";

const CALLS = 100_000;
const WINDOW = 1_000;
const PASSES = 3;
/** Milliseconds of calls before those that count: till then, JavaScript's compilers have not done all that they will do. */
const WARM_UP = 1_200;

/** Thousands of calls a second by windows of 1,000 and all 100,000 at once; throws if one is not answered in its turn. */
export async function ratesOf<T>(
  peer: SendPeer<T>,
  argument: (order: number) => T,
): Promise<Record<string, number>> {
  let sent = 0;
  let answered = 0;
  const pass = async (calls: number, window: number): Promise<number> => {
    const start = performance.now();
    for (let done = 0; done < calls; done += window) {
      const answers: (PromiseLike<number> | number)[] = [];
      for (let left = window; left > 0; left--) {
        answers.push(peer.send(argument(sent++)));
      }
      for (const answer of answers) {
        const order = await answer;
        if (order !== answered) {
          throw new Error(`Cannot trust the row: call ${answered} was taken as number ${order}`);
        }
        answered++;
      }
    }
    return calls / (performance.now() - start);
  };
  const rate = async (calls: number, window: number): Promise<number> => {
    const rates: number[] = [];
    for (let left = PASSES; left > 0; left--) {
      rates.push(await pass(calls, window));
    }
    return median(rates);
  };

  const calls = Math.ceil(scaled(CALLS) / WINDOW) * WINDOW;
  const warmUntil = performance.now() + WARM_UP * scale;
  do await pass(calls, WINDOW); while (performance.now() < warmUntil);
  const windowed = { "1,000 in flight": await rate(calls, WINDOW) };
  soFar(windowed);
  const rates = { ...windowed, "all at once": await rate(calls, calls) };
  await peer.close();
  return rates;
}
