/**
 * Actors whose processes are on other machines: what is asked for one, and the bridge's way to it, through the gateway.
 *
 * @module
 */

import { afterIo } from "../base/platform.ts";
import type { ActorHandle } from "../call/actor_handle.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { type ActorId, threadOfActor } from "../base/ids.ts";
import type { ActorOptions } from "../define/options.ts";
import { whenSettled } from "../objects/when_settled.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import type { ProgramFolders } from "../transport/ray/sent_program.ts";
import { Bridged } from "../transport/claim_slot.ts";
import type { DeathNote, ThreadAddress } from "../transport/thread_address.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { PRIMARY } from "./creation.ts";
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

/** What whoever finds an actor on the cluster must know of it, besides its class. */
export interface AboutFar {
  /** Its id. */
  readonly id: ActorId;
  /** How its calls run. */
  readonly settings: Pick<ActorSettings, "maxConcurrency" | "isSerial">;
}

/** An actor on the cluster that has a name. */
export interface FoundHost {
  /** Its id there. */
  readonly actor: Uint8Array;
  /** What it is, if it is of TypeScript. */
  readonly about: (AboutFar & { readonly shape: ClassShape }) | undefined;
}

/** A process that another one is told of: so that it can speak to it, it gets the handle of its host. */
export interface HostGuest {
  /** By what the other one knows it: its actor's id. */
  readonly key: string;
  /** Its bridge. */
  readonly bridge: ThreadAddress;
}

/** Options of an actor, or of functions, that are Ray's to see to. */
export type HostOptions = Pick<
  ActorOptions,
  "numCpus" | "resources" | "name" | "namespace" | "lifetime" | "schedulingStrategy" | "runtimeEnv"
>;

/** What is asked for one process. */
export interface HostWish {
  /** The class of its actor. */
  readonly shape: ClassShape;
  /** What others are told of it. */
  readonly about: AboutFar;
  /** What the Python actor that starts it is to have. */
  readonly options: HostOptions;
  /** True if it may be one that is there already, of the same class. */
  readonly getIfExists: boolean;
}

/** The same of a driver, which has the program. */
export interface ProgramWish extends HostWish {
  /** How it is started. */
  readonly command: HostCommand;
  /** What travels. */
  readonly folders: ProgramFolders;
}

/** What is asked for an actor that has no id yet. */
type NewWish<Wish> = Omit<Wish, "about"> & { readonly about: Omit<AboutFar, "id"> };

/** A process on another machine that a bridge is to be for. */
export interface FarHost {
  /** Where the gateway lives. */
  readonly gateway: ActorAddress;
  /** The gateway's class. */
  readonly shape: ClassShape;
  /** What is asked for; or the process that is there already. */
  readonly wish: NewWish<HostWish> | NewWish<ProgramWish> | Uint8Array;
}

/** What is new of a process: what it has sent, its end, or why it never began. */
export type HostNews =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "ended"; readonly note: DeathNote }
  | { readonly kind: "failed"; readonly error: Error };

/** A process on another machine. */
export interface FarProcess extends StartedProcess {
  /** What is sent next may speak of that process. */
  introduce(guest: HostGuest): void;
  /** It has said that it ends. */
  over(): void;
}

/** Many: a message takes its time to get there, and those that are longer are fewer. */
export const MAX_UNSENT: number = 16 << 20;

/** Has a process begin on the cluster, for this thread, a bridge. `shared` is told of one that goes on without it. */
export function startFarProcess(
  thread: Thread,
  { gateway: address, shape, wish }: FarHost,
  { id, place }: { readonly id: ActorId; readonly place: string },
  events: ProcessEvents & { shared(): void },
): FarProcess {
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
    whenSettled(gateway.hostNews.remote(bridge), (news) => {
      if (news.kind === "failed") return afterIo(() => events.failed(news.error));
      if (news.kind === "ended") return afterIo(() => events.ended(news.note));
      events.received(news.bytes);
      listen();
    }, lost);
  };
  const begun = wish instanceof Uint8Array
    ? gateway.joinHost.remote(thread.self, wish)
    : gateway.startHost.remote(thread.self, { ...wish, about: { ...wish.about, id }, place });
  whenSettled(begun, (isOwner) => isOwner || events.shared(), lost);
  listen();
  let guests: HostGuest[] = [];
  const outbox = new Outbox((bytes, done) => {
    const sent = guests.length === 0
      ? gateway.sendToHost.remote(bridge, bytes)
      : gateway.sendToHost.remote(bridge, bytes, guests);
    guests = [];
    whenSettled(sent, done, done);
  });
  return {
    introduce: (guest) => guests.push(guest),
    over: () => void gateway.hostOver.remote(bridge),
    stream: { write: (bytes, done) => outbox.add(bytes, done), maxUnsent: MAX_UNSENT },
    pid: 0,
    // The gateway sees that this thread has ended.
    kill: () => events.ended({ ending: "killed", text: "" }),
  };
}

/** Where an actor is, by its id, that this process has made on the cluster. */
export function placeOfMade(
  { board, peers }: Thread,
  id: ActorId,
): Pick<ActorAddress, "thread" | "local" | "ownsThread" | "id"> | undefined {
  const number = threadOfActor(id, PRIMARY);
  const thread = number && board.find(number);
  if (!thread || board.bridgeOf(thread) !== Bridged.cluster) return undefined;
  peers.connect(thread);
  return { thread, local: PRIMARY, ownsThread: true, id: undefined };
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
