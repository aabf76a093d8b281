/**
 * What a program prints, in a process whose stdout is the stream to whoever started it: it goes to stderr, in all threads.
 *
 * @module
 */

import { deno, process } from "../base/platform.ts";
import { ProcessTable } from "../transport/process_table.ts";

/** From now on, nothing that this process's threads print goes to stdout: in this thread, and in those that begin later. */
export function divertOutput(board: { readonly memory: SharedArrayBuffer }): void {
  new ProcessTable(board).divert();
  divert();
}

/** The same in a thread that begins, if it is to be so. */
export function divertAsSaid(board: { readonly memory: SharedArrayBuffer }): void {
  if (new ProcessTable(board).isDiverted) divert();
}

function divert(): void {
  const { stdout, stderr } = process;
  const { Console } = process.getBuiltinModule("node:console");
  stdout.write = stderr.write.bind(stderr);
  const console: Record<string, unknown> = globalThis.console as never;
  const diverted: Record<string, unknown> = new Console(stderr) as never;
  for (const [name, method] of Object.entries(diverted)) {
    if (typeof method === "function" && typeof console[name] === "function") {
      console[name] = method.bind(diverted);
    }
  }
  if (deno === undefined) return;
  deno.stdout.write = deno.stderr.write.bind(deno.stderr);
  deno.stdout.writeSync = deno.stderr.writeSync.bind(deno.stderr);
}
