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

/** Answers an integer with the same integer, when no other call is in flight. */
export interface CallPeer extends Peer {
  /** Calls. */
  call(value: number): PromiseLike<number> | number;
}

/** Answers with the number of calls it had before, so that the caller sees their order; many may be in flight. */
export interface SendPeer extends Peer {
  /** Calls. */
  send(value: number): PromiseLike<number> | number;
}

/** Answers bytes with a copy of them. */
export interface EchoPeer extends Peer {
  /** Calls. */
  echo(bytes: Uint8Array): PromiseLike<Uint8Array> | Uint8Array;
}

/** Answers an integer with the same integer, to a caller who blocks. */
export interface SyncPeer extends Peer {
  /** Calls. */
  callSync(value: number): number;
}
