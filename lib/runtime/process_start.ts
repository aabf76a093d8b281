/**
 * Child processes: the runtime that this program runs on, with the permissions and the configuration that it has, and a
 * stream on a descriptor of its own, so that what the child prints is the user's.
 *
 * @module
 */

import { deno, fileSystem, process } from "../base/platform.ts";
import type { NodeChild } from "../base/platform_streams.ts";
import { describeThrown } from "../base/task_error.ts";
import type { ByteStream } from "../transport/byte_stream.ts";
import type { DeathNote } from "../transport/thread_address.ts";

/** The descriptor of the stream, in the child. */
const DESCRIPTOR = 3;

/** What is told of a child process. */
export interface ProcessEvents {
  /** It has sent bytes. */
  received(bytes: Uint8Array): void;
  /** It has ended. The text of "process ended" is the end of a sentence that begins with "its process". */
  ended(note: DeathNote): void;
  /** It could not be started. */
  failed(error: Error): void;
}

/** A child process. */
export interface StartedProcess {
  /** The stream to it. */
  readonly stream: ByteStream;
  /** Its number in the system. */
  readonly pid: number;
  /** Ends it, whatever it is doing. */
  kill(): void;
}

/**
 * Never called: makes the entry a part of the program's module graph, so that it is fetched and cached with the rest before any
 * process starts.
 */
export const entryInGraph = (): Promise<unknown> => import("./process.ts");

/** Starts a child process, whose ids begin with `place`; `undefined` if that failed, of which `events` hears. */
export function startProcess(place: string, events: ProcessEvents): StartedProcess | undefined {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const url = new URL("./process.ts", import.meta.url);
  // Bun runs files, Deno what a URL names.
  const entry = deno === undefined && url.protocol === "file:" ? decodeURIComponent(url.pathname) : url.href;
  let failed = false;
  const fail = (error: unknown): void => {
    if (failed) return;
    failed = true;
    events.failed(startError(error));
  };
  const args = [...runtimeArguments(), entry, `fd:${DESCRIPTOR}`, place];
  let child: NodeChild;
  try {
    // Nobody reads the child's own input, and what it prints is not mixed with what it sends.
    child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  } catch (error) {
    throw startError(error);
  }
  child.on("error", fail);
  const stream = child.stdio?.[DESCRIPTOR];
  if (!stream) return undefined;
  let reason: DeathNote | undefined;
  let isClosed = false;
  let isTold = false;
  const check = (): void => {
    if (isTold || reason === undefined || failed) return;
    isTold = true;
    events.ended(reason);
  };
  stream.on("data", (bytes) => events.received(bytes as Uint8Array));
  // The end of a process that was killed may be a reset; `exit` says why.
  stream.on("error", () => {});
  stream.on("close", () => {
    isClosed = true;
    check();
  });
  child.on("exit", (code, signal) => {
    reason = exitOf(code, signal);
    // What it said last may still be on its way.
    if (isClosed) check();
    else setTimeout(check, LAST_WORDS);
  });
  return {
    stream: { write: (bytes, done) => void stream.write(bytes, done) },
    pid: child.pid ?? 0,
    kill: () => void child.kill("SIGKILL"),
  };
}

/** How a process has ended. With code 0 it wanted to. */
export function exitOf(code: unknown, signal: unknown): DeathNote {
  if (typeof signal === "string") return { ending: "process ended", text: `was ended by ${signal}` };
  const text = `ended with code ${code}`;
  return code === 0 ? { ending: "ended", text: `its process ${text}` } : { ending: "process ended", text };
}

/** Ends a process, unless it has ended. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch { /* it has */ }
}

/** How long what a child that has ended has sent may take to arrive, in milliseconds, if somebody else holds its stream open. */
const LAST_WORDS = 1_000;

/** What the runtime is started with, before the entry. */
function runtimeArguments(): string[] {
  if (deno === undefined) return [...process.execArgv, "run"];
  const config = denoConfig();
  return [
    "run",
    "--quiet",
    "--no-prompt",
    ...(config === undefined ? [] : ["--config", config]),
    ...permissions(),
  ];
}

/** The permissions that the child gets: whole ones; and of reading, what it cannot do without. */
function permissions(): string[] {
  const given = wholePermissions();
  if (given.includes("--allow-read")) return given;
  const folders = [process.cwd(), new URL("../..", import.meta.url)].filter((path) =>
    (typeof path === "string" || path.protocol === "file:") && isGranted({ name: "read", path })
  ).map((path) => typeof path === "string" ? path : decodeURIComponent(path.pathname));
  return folders.length === 0 ? given : [...given, `--allow-read=${folders.join(",")}`];
}

/** The permissions that a Deno program has as a whole, as arguments. */
export function wholePermissions(): string[] {
  const names = ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const;
  return names.filter((name) => isGranted({ name })).map((name) => `--allow-${name}`);
}

function isGranted(descriptor: { name: string; path?: string | URL }): boolean {
  try {
    return deno!.permissions.querySync(descriptor).state === "granted";
  } catch {
    // A permission that this version does not know.
    return false;
  }
}

/** The configuration that the program was started with, as far as can be told: the nearest above its main module. */
export function denoConfig(): string | undefined {
  try {
    const main = new URL(deno!.mainModule);
    const base = main.protocol === "file:" ? main : new URL(`file://${process.cwd()}/`);
    const { existsSync } = fileSystem();
    for (let folder = new URL(".", base);; folder = new URL("..", folder)) {
      for (const name of ["deno.json", "deno.jsonc"]) {
        const path = decodeURIComponent(new URL(name, folder).pathname);
        if (existsSync(path)) return path;
      }
      if (folder.pathname === "/" || new URL("..", folder).href === folder.href) return undefined;
    }
  } catch {
    // Reading is not allowed: then Deno finds it by itself, or does without.
    return undefined;
  }
}

function startError(cause: unknown): Error {
  const text = describeThrown(cause);
  const missing = /--allow-[a-z]+/.exec(text)?.[0];
  return new Error(
    missing === undefined
      ? `Cannot start a process: ${text}`
      : `Cannot start a process: the permission is missing, run the program with "${missing}" (${text})`,
    { cause },
  );
}
