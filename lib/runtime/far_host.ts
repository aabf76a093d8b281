/**
 * Actors whose processes are on other machines: what is asked for one, and the bridge's way to it, through the gateway.
 *
 * @module
 */

import { afterIo } from "../base/platform.ts";
import type { ActorHandle } from "../call/actor_handle.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { READY, type Ref } from "../objects/ref.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import type { ProgramFolders } from "../transport/ray/sent_program.ts";
import type { DeathNote } from "../transport/thread_address.ts";
import type { Gateway } from "./gateway.ts";
import type { ProcessEvents, StartedProcess } from "./process_start.ts";
import type { Thread } from "./thread.ts";

/** How a process is started on a node: paths are from the root of what travels. */
export interface HostCommand {
  /** The runtime's name. */
  readonly runtime: "deno" | "bun";
  /** What stands before the entry; `{root}` is where it is there. */
  readonly args: readonly string[];
  /** The entry. */
  readonly entry: string;
  /** The process's working directory. */
  readonly folder: string;
  /** The URL that the root has on this machine. */
  readonly root: string;
}

/** What is asked for one process. */
export interface HostWish {
  /** The class of its actor. */
  readonly name: string;
  /** Options of the Python actor that starts it, in Ray's own words. */
  readonly options: Readonly<Record<string, unknown>>;
  /** How it is started. */
  readonly command: HostCommand;
  /** What travels. */
  readonly folders: ProgramFolders;
}

/** A process on another machine that a bridge is to be for. */
export interface FarHost {
  /** Where the gateway lives. */
  readonly gateway: ActorAddress;
  /** The gateway's class. */
  readonly shape: ClassShape;
  /** What is asked for. */
  readonly wish: HostWish;
}

/** What is new of a process: what it has sent, its end, or why it never began. */
export type HostNews =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "ended"; readonly note: DeathNote }
  | { readonly kind: "failed"; readonly message: string };

/** Many: a message takes its time to get there, and those that are longer are fewer. */
const MAX_UNSENT = 16 << 20;

/** Has a process begin on the cluster, for this thread, a bridge. */
export function startFarProcess(
  thread: Thread,
  { gateway: address, shape, wish }: FarHost,
  place: string,
  events: ProcessEvents,
): StartedProcess {
  const bridge = thread.self.id;
  // The driver may have made this thread before it has heard of the gateway's.
  thread.peers.connect(address.thread);
  const gateway = thread.cells.handleOf(thread.cells.of(address, shape)) as ActorHandle<Gateway>;
  // Not while frames are read.
  const lost = (error: Error): void =>
    afterIo(() =>
      events.ended({ ending: "ended", text: `its process cannot be reached any more: ${error.message}` })
    );
  const listen = (): void => {
    told(gateway.hostNews.remote(bridge), (news) => {
      if (news.kind === "failed") return afterIo(() => events.failed(new Error(news.message)));
      if (news.kind === "ended") return afterIo(() => events.ended(news.note));
      events.received(news.bytes);
      listen();
    }, lost);
  };
  told(gateway.startHost.remote(bridge, { ...wish, place }), () => {}, lost);
  listen();
  const outbox = new Outbox((bytes, done) => told(gateway.sendToHost.remote(bridge, bytes), done, done));
  return {
    stream: { write: (bytes, done) => outbox.add(bytes, done), maxUnsent: MAX_UNSENT },
    pid: 0,
    // The gateway sees that this thread has ended.
    kill: () => events.ended({ ending: "killed", text: "" }),
  };
}

/** What is sent in one turn goes as one. */
class Outbox {
  readonly #send: (bytes: Uint8Array, done: () => void) => void;
  #parts: Uint8Array[] = [];
  #told: (() => void)[] = [];

  constructor(send: (bytes: Uint8Array, done: () => void) => void) {
    this.#send = send;
  }

  add(bytes: Uint8Array, done: () => void): void {
    this.#parts.push(bytes);
    this.#told.push(done);
    if (this.#parts.length === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const told = this.#told.splice(0);
    this.#send(joined(this.#parts.splice(0)), () => told.forEach((done) => done()));
  }
}

/** Bytes one behind the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function told<T>(ref: PromiseLike<T>, then: (value: T) => void, failed: (error: Error) => void): void {
  const own = ref as Ref<T>;
  own.observe({
    settled: ({ status, value }) => {
      if (status === READY) return then(value as T);
      own.home.failureRead(own);
      failed(value instanceof Error ? value : new Error(String(value)));
    },
  });
}
