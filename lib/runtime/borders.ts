/**
 * The borders to other processes that end in one thread: one in a bridge and in a child's first thread, many where actors
 * live on a cluster.
 *
 * @module
 */

import type { ActorCell } from "../supervise/actor_cell.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { ClusterAddress } from "../transport/ray/cluster_port.ts";
import type { Reader } from "../wire/reader.ts";
import type { Membrane } from "./membrane.ts";

/** The borders of a thread. */
export interface Borders {
  /** The border that a link crosses; `undefined` for a link within the process, and for none. */
  at(link: PeerLink | undefined): Membrane | undefined;
  /** The cell that a thread on this side is to see in the place of one on another side. */
  homed(cell: ActorCell): ActorCell;
  /** An actor is to be made beyond a border, or has been asked for over one. */
  create(link: PeerLink, reader: Reader, items: readonly unknown[]): void;
  /** A thread of this process wants an actor on the cluster. */
  createOnCluster?(link: PeerLink, reader: Reader, items: readonly unknown[]): void;
  /** A thread of this process looks for a named actor on the cluster. */
  find?(address: ClusterAddress): Promise<object | undefined>;
  /** A thread of this process wants to know the names on the cluster. */
  names?(): Promise<ClusterAddress[]>;
  /** The actor at the other end of a border has ended. */
  ended(link: PeerLink, reader: Reader, items: readonly unknown[]): void;
  /** Something has come for an actor that this thread may not know. True if its maker's word is on its way: it is expected then. */
  expects(local: number): boolean;
  /** Ends this thread, which has said why. */
  end(): void;
}
