/**
 * 100,000 calls, many in flight: by windows of 1,000, and all at once. The callee counts them, so that their order shows.
 *
 * @module
 */

import { openFunction, openMailbox } from "../rows/local.ts";
import { openInline, openProcess, openThread } from "../rows/manta.ts";
import type { SendPeer } from "../rows/peer.ts";
import { openNodeWorker, openWebWorker } from "../rows/post_message.ts";
import { openRing } from "../rows/ring.ts";
import { measureAlone, median, runtime, type Workload } from "../workload.ts";

const CALLS = 100_000;
const WINDOW = 1_000;
const PASSES = 3;

/** The workload. */
export const pipelined: Workload<() => Promise<SendPeer>> = {
  name: "pipelined",
  unit: "k calls/s",
  control: "postMessage",
  rows: {
    "manta thread": openThread,
    "manta inline": openInline,
    "manta process": openProcess,
    "bare ring": () => openRing(1 << 17),
    "postMessage": openWebWorker,
    ...(runtime.name === "Deno" && { "postMessage (node)": openNodeWorker }),
    "mailbox": openMailbox,
    "function call": openFunction,
  },
  async measure(open) {
    const peer = await open();
    let sent = 0;
    let answered = 0;

    const pass = async (calls: number, window: number): Promise<number> => {
      const start = performance.now();
      for (let done = 0; done < calls; done += window) {
        const answers: (PromiseLike<number> | number)[] = [];
        for (let i = 0; i < window; i++) answers.push(peer.send(sent++));
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
    const rate = async (window: number): Promise<number> => {
      const rates: number[] = [];
      for (let i = 0; i < PASSES; i++) rates.push(await pass(CALLS, window));
      return median(rates);
    };

    await pass(CALLS / 2, WINDOW);
    const rates = { "1,000 in flight": await rate(WINDOW), "all at once": await rate(CALLS) };
    await peer.close();
    return rates;
  },
};

if (import.meta.main) await measureAlone(pipelined);
