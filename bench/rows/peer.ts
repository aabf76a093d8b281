/**
 * What the rows of the tables are to a workload: somebody who answers. A row implements what it can.
 *
 * @module
 */

/** A callee that can be let go. */
export interface Peer {
  /** Ends the callee. */
  close(): Promise<void>;
}

/** What is there at once or later. */
export type Answer<T> = PromiseLike<T> | T;

/** Answers an integer with the same integer, when no other call is in flight. */
export interface CallPeer extends Peer {
  /** Calls. */
  call(value: number): Answer<number>;
}

/** Answers any value with a copy of it. */
export interface SamePeer extends Peer {
  /** Calls. */
  same(value: unknown): Answer<unknown>;
}

/** Answers with the number of calls it had before, so that the caller sees their order; many may be in flight. */
export interface SendPeer<T = number> extends Peer {
  /** Calls. */
  send(value: T): Answer<number>;
}

/** Answers bytes with a copy of them. */
export interface EchoPeer extends Peer {
  /** Calls. */
  echo(bytes: Uint8Array): Answer<Uint8Array>;
}

/** Answers bytes with the same, moved to it and back where it can: the caller's are empty afterwards. */
export interface MovePeer extends Peer {
  /** Calls. */
  move(bytes: Uint8Array): Answer<Uint8Array>;
}

/** Reads bytes that several can read without copies of their own. */
export interface SharePeer<Shared = unknown> extends Peer {
  /** Copies the bytes to where all can read them. */
  share(bytes: Uint8Array): Shared;
  /** Answers with `first * 256 + last` byte. */
  ends(shared: Shared): Answer<number>;
}

/** Answers an integer with the same integer, to a caller who blocks. */
export interface SyncPeer extends Peer {
  /** Calls. */
  callSync(value: number): number;
}

/** Works for so many rounds, on as many threads as it was opened with. */
export interface TaskPeer extends Peer {
  /** Calls. */
  spin(rounds: number): Answer<number>;
}

/** Can do all that crosses threads, but for blocking. */
export type ThreadPeer =
  & CallPeer
  & SamePeer
  & SendPeer<unknown>
  & EchoPeer
  & MovePeer
  & SharePeer
  & TaskPeer;
