/**
 * Another thread as this one knows it: the link to it, and who has been introduced over it.
 *
 * @module
 */

import type { Reach } from "../wire/coding.ts";
import type { Carrier } from "./carrier.ts";
import { Link } from "./link.ts";
import type { LinkEnd } from "./link_end.ts";
import type { Board } from "./board.ts";
import { Bridged } from "./claim_slot.ts";
import type { FrameSink } from "./link.ts";
import { PendingCalls } from "./pending_calls.ts";

/** A link with what is awaited from its other end. */
export class PeerLink extends Link {
  /** Calls that the other end has to answer. */
  readonly calls: PendingCalls = new PendingCalls();
  /** Threads that the other end has a link to, as far as is known here. */
  readonly acquainted: Set<number> = new Set();
  /** Classes whose shapes the other end knows. */
  readonly knownShapes: Set<string> = new Set();
  /** How far what is sent goes. */
  readonly reach: Reach;

  /**
   * @param board The board.
   * @param end This end.
   * @param sink Takes its frames.
   */
  constructor(board: Board, end: LinkEnd | Carrier, sink: FrameSink) {
    super(board, end, sink);
    this.reach = "memory" in end
      ? board.bridgeOf(end.peer) !== Bridged.none ? "bridge" : "thread"
      : "process";
    this.acquainted.add(end.peer.id);
  }

  /** Reads what the other end has said before its end, without what it did not finish. */
  drainLast(): void {
    try {
      this.drain();
    } catch { /* a frame that is not whole */ }
  }
}
