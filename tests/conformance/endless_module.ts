/** A module that is never loaded in a worker, and is in the thread of the test. */

import { Actor, remote } from "@manta/ray";
import { isMainThread } from "node:worker_threads";

@remote
export class Endless extends Actor {
  ping(): string {
    return "pong";
  }
}

/** The same on two threads. */
@remote({ maxConcurrency: 2 })
export class EndlessTwins extends Actor {
  ping(): string {
    return "pong";
  }
}

export const endlessTask = remote(function endlessTask(): string {
  return "done";
});

if (!isMainThread) await new Promise(() => {});
