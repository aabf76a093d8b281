/**
 * A worker's life: it loads its module, serves its links, and says why when it ends.
 *
 * @module
 */

import { Hold } from "../base/hold.ts";
import { actorId } from "../base/ids.ts";
import { deno, process } from "../base/platform.ts";
import { describeThrown } from "../base/task_error.ts";
import { reportEnd } from "./actor_ends.ts";
import { PRIMARY } from "./creation.ts";
import { exitNote } from "./death.ts";
import { runBridge } from "./bridge.ts";
import { divertAsSaid } from "./diverted_output.ts";
import { isFurtherRun } from "./further_run.ts";
import { beginThread } from "./current.ts";
import type { Thread } from "./thread.ts";
import type { WorkerStart } from "./worker_start.ts";

/** Runs a worker until it is ended. */
export async function runWorker(start: WorkerStart): Promise<void> {
  const { board, names, totals, self, link, module, id, origin, runs } = start;
  // Nothing else keeps a worker alive while it waits for work.
  new Hold().keep();
  const thread = beginThread({ worker: { board, names, totals, self } });
  divertAsSaid(thread.board);
  announceEnd(thread);
  if (start.isBridge) return runBridge(thread, start);
  if (module === "") {
    thread.admission.runsTasks = thread.pooled === undefined;
    thread.begin(link);
    return;
  }
  const actor = thread.host.expect(PRIMARY, id ?? actorId(origin ?? self.id, PRIMARY));
  if (runs) isFurtherRun(thread, actor, link.peer.id, runs);
  actor.terms = { ...actor.terms, placement: id === undefined ? "thread" : "process" };
  thread.host.setPrimary(actor);
  // Whoever made it has a handle, before anybody else can give one back.
  thread.holders.change(PRIMARY, link.peer.id, 1);
  let failure: { cause: unknown } | undefined;
  try {
    await thread.load(module);
  } catch (cause) {
    failure = { cause };
  }
  thread.begin(link);
  if (failure !== undefined) reportEnd(thread, actor, failure.cause, "its module could not be loaded:");
}

/** Writes down why the thread ends, in each of the ways in which it can end itself, for those who wait for it. */
function announceEnd(thread: Thread): void {
  let isEnding = false;
  const crash = (thrown: unknown): void => {
    // Out of a timer or a promise of its own: the actor ends in order.
    if (typeof thrown === "object" && thrown !== null && thread.host.calls.exits.has(thrown)) return;
    // On Deno, timers may go on until the worker is terminated: the first error is why it ended.
    if (isEnding) return;
    isEnding = true;
    console.error("Uncaught in a worker of Manta:", thrown);
    thread.exit({ ending: "crashed", text: describeThrown(thrown) });
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  if (deno === undefined) {
    // Under `bun test` the process of a worker hears of no error, only the worker itself does.
    addEventListener("error", (event) => crash((event as ErrorEvent).error ?? (event as ErrorEvent).message));
  }
  process.on("exit", (code) => thread.noteEnd(exitNote(code)));

  // Neither of these raises an event that a worker could hear.
  const scope = globalThis as { close?: () => void };
  const close = scope.close;
  if (close !== undefined) {
    scope.close = () => {
      thread.noteEnd({ ending: "left", text: "with close()" });
      close.call(globalThis);
    };
  }
  if (deno !== undefined) {
    const exit = deno.exit;
    deno.exit = (code) => {
      thread.noteEnd(exitNote(code));
      return exit(code);
    };
  }
}
