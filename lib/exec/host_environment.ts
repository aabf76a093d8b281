/**
 * What a thread's host needs of the thread, and what it gives the thread to.
 *
 * @module
 */

import type { ActorHost } from "./actor_host.ts";

/** What others can see of a thread at any time. */
export interface BusySign {
  /** A method takes the thread; `since` is when, give or take the slice. */
  hold(actor: number, method: number, since: number): void;
  /** The thread is free; `running` calls are in progress. */
  rest(running: number): void;
}

/** What the host tells of itself, and needs. */
export interface HostEnvironment {
  /** The thread's number. */
  readonly thread: number;
  /** A number for a new actor, where others give out numbers of this thread too; `undefined` elsewhere. */
  nextActor?(): number | undefined;
  /** There is something to run. */
  schedule(): void;
  /** An async method has begun or gone on: its next steps are microtasks. */
  expectContinuations(): void;
  /** Reads what has come for this thread, between two calls. */
  admit(): void;
  /** Where the thread says what it is doing. */
  readonly busy: BusySign;
  /** An actor was constructed. */
  constructed(actor: ActorHost): void;
  /** An actor's constructor has thrown. */
  notConstructed(actor: ActorHost, thrown: unknown): void;
}

/** Something that wants the thread. */
export interface Runnable {
  /** True while it stands in the list of those that want it. */
  isReady: boolean;
  /** True if `runOne` has something to run. */
  readonly canRun: boolean;
  /** Runs one piece. MUST NOT throw. */
  runOne(): void;
}
