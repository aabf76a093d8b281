/**
 * What a program has open: threads, child processes, memory, and the timers and ports of the thread that keeps the ledger.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

/** What is open at one moment; -1 where this system does not say. */
export interface Balance {
  /** Threads of the process, those of the runtime itself too. */
  threads: number;
  /** Child processes. */
  processes: number;
  /** Timers that would keep the process alive. */
  timers: number;
  /** Ports that are neither closed nor given away. */
  ports: number;
  /** Resident memory, in MiB. */
  rss: number;
  /** The heap of this thread, in MiB. */
  heap: number;
}

type Timers = Pick<typeof globalThis, "setTimeout" | "clearTimeout" | "setInterval" | "clearInterval">;
interface NodeThreads {
  Worker: new (url: URL, options: { transferList: unknown[] }) => object;
  receiveMessageOnPort(port: MessagePort): { message: unknown } | undefined;
}

const MIB = 2 ** 20;

/** Counts from its making on what this thread opens. */
export class Ledger {
  readonly #timers = new Set<unknown>();
  readonly #ports = new Set<MessagePort>();

  constructor() {
    this.#watchTimers();
    this.#watchPorts();
  }

  /** What is open now. */
  balance(): Balance {
    const { rss, heapUsed } = process.memoryUsage();
    return {
      threads: threads(),
      processes: processes(),
      timers: this.#timers.size,
      ports: this.#ports.size,
      rss: Math.round(rss / MIB),
      heap: Math.round(heapUsed / MIB),
    };
  }

  #watchTimers(): void {
    const scope = globalThis as unknown as Timers;
    const { setTimeout, clearTimeout, setInterval, clearInterval } = scope;
    const timers = this.#timers;
    const start = (start: typeof setTimeout, isRepeated: boolean) =>
      ((callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => {
        const timer = start(() => {
          if (!isRepeated) timers.delete(timer);
          callback(...args);
        }, delay);
        timers.add(timer);
        return timer;
      }) as unknown as typeof setTimeout;
    const clear = (clear: (timer?: number) => void) => (timer?: number) => {
      timers.delete(timer);
      clear(timer);
    };
    Object.assign(scope, {
      setTimeout: start(setTimeout, false),
      setInterval: start(setInterval as unknown as typeof setTimeout, true),
      clearTimeout: clear(clearTimeout),
      clearInterval: clear(clearInterval),
    });
  }

  #watchPorts(): void {
    const ports = this.#ports;
    // First: as it is loaded, Deno puts its own classes in the place of the global ones.
    const node = process.getBuiltinModule("node:worker_threads") as unknown as NodeThreads;
    globalThis.MessageChannel = class extends globalThis.MessageChannel {
      constructor() {
        super();
        ports.add(this.port1).add(this.port2);
      }
    };
    const gone = (given?: unknown): void => {
      if (Array.isArray(given)) { for (const one of given) ports.delete(one); }
    };
    const { close, postMessage } = MessagePort.prototype;
    MessagePort.prototype.close = function (): void {
      ports.delete(this);
      close.call(this);
    };
    MessagePort.prototype.postMessage = function (message: unknown, given?: unknown): void {
      postMessage.call(this, message, given as StructuredSerializeOptions);
      gone(given);
    };
    const web = globalThis.Worker.prototype;
    const post = web.postMessage;
    web.postMessage = function (message: unknown, given?: unknown): void {
      post.call(this, message, given as StructuredSerializeOptions);
      gone(given);
    };
    const { Worker, receiveMessageOnPort } = node;
    node.Worker = class extends Worker {
      constructor(url: URL, options: { transferList: unknown[] }) {
        super(url, options);
        gone(options.transferList);
      }
    };
    node.receiveMessageOnPort = (port) => {
      const received = receiveMessageOnPort(port);
      for (const found of portsIn(received?.message)) ports.add(found);
      return received;
    };
  }
}

function* portsIn(value: unknown, depth = 3): Generator<MessagePort> {
  if (value instanceof MessagePort) yield value;
  else if (typeof value === "object" && value !== null && depth > 0) {
    for (const field of Object.values(value)) yield* portsIn(field, depth - 1);
  }
}

function threads(): number {
  try {
    return readdirSync("/proc/self/task").length;
  } catch {
    return -1;
  }
}

function processes(): number {
  if (threads() < 0) return -1;
  let found = 0;
  for (const task of readdirSync("/proc/self/task")) {
    try {
      found += readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" ").length - 1;
    } catch { /* the thread has ended meanwhile */ }
  }
  return found;
}
