/**
 * The one place that asks which runtime this is, and what it offers.
 *
 * @module
 */

import type { Movable } from "./movable.ts";
import type {
  ChildProcesses,
  Consoles,
  DenoOutput,
  FileSystem,
  Network,
  NodeOutput,
} from "./platform_streams.ts";

/** The part of Deno's namespace that Manta touches. */
interface DenoNamespace {
  exit(code?: number): never;
  /** Ends the process at once, without its threads having a say. */
  reallyExit(code: number): never;
  readonly mainModule: string;
  readonly stdout: DenoOutput;
  readonly stderr: DenoOutput;
  readonly permissions: {
    querySync(descriptor: { name: string; path?: string | URL; variable?: string }): { state: string };
  };
}

/** The part of Node's `process` that both runtimes have. */
interface ProcessLike {
  getBuiltinModule(name: "node:worker_threads"): WorkerThreads;
  getBuiltinModule(name: "node:async_hooks"): AsyncHooks;
  getBuiltinModule(name: "node:child_process"): ChildProcesses;
  getBuiltinModule(name: "node:fs"): FileSystem;
  getBuiltinModule(name: "node:net"): Network;
  getBuiltinModule(name: "node:timers"): Timers;
  getBuiltinModule(name: "node:console"): Consoles;
  readonly stdout: NodeOutput;
  readonly stderr: NodeOutput;
  readonly argv: readonly string[];
  readonly execArgv: readonly string[];
  readonly execPath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  cwd(): string;
  kill(pid: number, signal: string): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  exit(code?: number): never;
  /** Ends the process at once, without its threads having a say. */
  reallyExit(code: number): never;
}

/** The part of `node:worker_threads` that both runtimes have. */
export interface WorkerThreads {
  /** The constructor of worker threads. */
  readonly Worker: new (
    url: URL,
    options: { workerData: unknown; transferList: Movable[]; name?: string; env?: symbol },
  ) => NodeWorker;
  /** As the option `env`: the worker has the parent's environment, not a copy. */
  readonly SHARE_ENV: symbol;
  /** What the parent passed, in a worker. */
  readonly workerData: unknown;
  /** Takes one message from a port without an event loop. */
  receiveMessageOnPort(port: MessagePort): { message: unknown } | undefined;
}

/** The part of `node:timers` that both runtimes have. */
interface Timers {
  setTimeout(callback: () => void, delay: number): { unref(): void };
  clearTimeout(timer: { unref(): void }): void;
}

/** The part of `node:async_hooks` that both runtimes have. */
export interface AsyncHooks {
  /** The constructor of storages. */
  readonly AsyncLocalStorage: new <T>() => AsyncStorage<T>;
}

/** An `AsyncLocalStorage`. */
export interface AsyncStorage<T> {
  /** What `run` was given, for the code that runs. */
  getStore(): T | undefined;
  /** Sets it for the code that comes, and whatever follows from it. */
  enterWith(store: T): void;
  /** Runs `callback`, and whatever follows from it, with `store`. */
  run<A extends unknown[], R>(store: T, callback: (...args: A) => R, ...args: A): R;
}

/** A worker as `node:worker_threads` makes it. */
export interface NodeWorker {
  /** Lets the process end while this worker runs. */
  unref(): void;
  /** Stops it, whatever it is doing. */
  terminate(): Promise<number>;
  /** Listens to `"error"` and `"exit"`. */
  on(event: string, listener: (value: unknown) => void): unknown;
}

const scope = globalThis as unknown as {
  Deno?: DenoNamespace;
  Bun?: unknown;
  process?: ProcessLike;
  setImmediate(callback: () => void): unknown;
};

/** Deno's namespace, under Deno. */
export const deno: DenoNamespace | undefined = scope.Bun === undefined ? scope.Deno : undefined;

/** Throws where Manta cannot run, for a program that wants to `verb` something. */
export function checkRuntime(verb: string): void {
  if (scope.Deno !== undefined || scope.Bun !== undefined) return;
  const { node } = (scope.process as { versions?: { node?: string } } | undefined)?.versions ?? {};
  const here = node === undefined ? "neither" : `Node ${node}`;
  throw new Error(`Cannot ${verb}: Manta runs on Deno and on Bun, and this is ${here}`);
}

/** Node's `process`, which both runtimes have. */
export const process: ProcessLike = scope.process!;

/** `node:worker_threads`, loaded when the first thread needs it: the import of Manta pays nothing for it. */
export function workerThreads(): WorkerThreads {
  return process.getBuiltinModule("node:worker_threads");
}

/** `node:async_hooks`, loaded when there is an async method. */
export function asyncHooks(): AsyncHooks {
  return process.getBuiltinModule("node:async_hooks");
}

/** `node:fs`. */
export function fileSystem(): FileSystem {
  return process.getBuiltinModule("node:fs");
}

/** `node:net`. */
export function network(): Network {
  return process.getBuiltinModule("node:net");
}

/** Runs `callback` after timers and I/O have had their turn; about 1.3 µs on both runtimes, `setTimeout` 1 to 2 ms. */
export function afterIo(callback: () => void): void {
  scope.setImmediate(callback);
}

/** Runs `callback` once after so many milliseconds, if the process has not ended by then. Returns what takes that back. */
export function idleTimer(callback: () => void, delay: number): () => void {
  const { setTimeout, clearTimeout } = process.getBuiltinModule("node:timers");
  const timer = setTimeout(callback, delay);
  timer.unref();
  return () => clearTimeout(timer);
}

/** Whether the program may read a variable of the environment, or, without a name, all of it; nobody is asked. */
export function mayReadEnvironment(variable?: string): boolean {
  if (deno === undefined) return true;
  return deno.permissions.querySync({ name: "env", variable }).state === "granted";
}

/** A variable of the environment, if the program may read it and it is set. */
export function environment(name: string): string | undefined {
  return mayReadEnvironment(name) ? process.env[name] : undefined;
}

/** The number of cores, at least 1. Needs no permission. */
export function coreCount(): number {
  return Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1);
}
