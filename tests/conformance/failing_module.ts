/** A module that throws in a worker, and does not in the thread of the test. */

import { Actor, remote } from "@manta/ray";
import { isMainThread } from "node:worker_threads";

@remote
export class Unmade extends Actor {
  ping(): string {
    return "pong";
  }
}

export const unmadeTask = remote(function unmadeTask(): string {
  return "done";
});

/** The same, of which there are several results. */
export const unmadeStream = remote(function* unmadeStream(): Generator<number> {
  yield 1;
}, { module: import.meta.url });

if (!isMainThread) throw new RangeError("not in a worker");
