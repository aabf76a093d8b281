/**
 * The threads that this one has links to.
 *
 * @module
 */

import type { Carrier } from "../transport/carrier.ts";
import type { Board } from "../transport/board.ts";
import { DRIVER, type ThreadAddress } from "../transport/thread_address.ts";
import { type FrameSink, type LinkEnd, makeLink } from "../transport/link.ts";
import type { Loop } from "../transport/loop.ts";
import { PeerLink } from "../transport/peer.ts";
import { Frame } from "../wire/frames.ts";

/** What the links of a thread need of it. */
export interface PeerEnvironment {
  /** The board. */
  readonly board: Board;
  /** This thread. */
  readonly self: ThreadAddress;
  /** Serves the links. */
  readonly loop: Loop;
  /** Takes their frames. */
  readonly sink: FrameSink;
}

/** The links of one thread, by the thread at the other end. */
export class Peers {
  readonly #environment: PeerEnvironment;
  /** The link that calls to a thread go over: the first one, so that they keep their order. */
  readonly #primary = new Map<number, PeerLink>();
  readonly #all = new Set<PeerLink>();

  /** @param environment The thread. */
  constructor(environment: PeerEnvironment) {
    this.#environment = environment;
  }

  /** Uses this thread's end of a link from now on. Two threads may be introduced twice; then both links are served. */
  add(end: LinkEnd | Carrier): PeerLink {
    const { board, loop, sink } = this.#environment;
    const link = new PeerLink(board, end, sink);
    this.#all.add(link);
    if (!this.#primary.has(end.peer.id)) this.#primary.set(end.peer.id, link);
    loop.add(link);
    return link;
  }

  /** The link for calls to a thread. */
  find(thread: number): PeerLink | undefined {
    return this.#primary.get(thread);
  }

  /**
   * The link for calls to a thread, made if there is none: this end can be used at once, the driver hands on the other one.
   * `undefined` if the thread has ended.
   */
  connect(thread: ThreadAddress): PeerLink | undefined {
    const known = this.find(thread.id);
    if (known !== undefined) return known;
    const { board, self } = this.#environment;
    const driver = this.find(DRIVER);
    if (driver === undefined || !board.isAlive(thread)) return undefined;
    const [ours, theirs] = makeLink(board, self, thread);
    driver.open(Frame.relay).u32(thread.id);
    driver.seal([theirs], [theirs.port]);
    driver.acquainted.add(thread.id);
    return this.add(ours);
  }

  /** The driver: hands an end of a link on. Whoever made it learns from the board if the thread has ended. */
  relay(end: LinkEnd, thread: number): void {
    const link = this.find(thread);
    if (link === undefined) return end.port.close();
    link.acquainted.add(end.peer.id);
    link.open(Frame.introduce);
    link.seal([end], [end.port]);
  }

  /** All links. */
  all(): PeerLink[] {
    return [...this.#all];
  }

  /** Forgets a link that has ended. */
  remove(link: PeerLink): void {
    this.#all.delete(link);
    this.#environment.loop.remove(link);
    if (this.#primary.get(link.peer.id) === link) this.#primary.delete(link.peer.id);
    link.close();
  }

  /**
   * Makes a link between two other threads: an end for `receiver`, which goes along with a value, and one for `third`, which
   * goes out at `announce`. `undefined` if `third` cannot be reached from here: then it is dead, or soon known to be.
   */
  introduce(receiver: PeerLink, third: number): { end: LinkEnd; announce: () => void } | undefined {
    const other = this.find(third);
    if (other === undefined) return undefined;
    const [end, theirs] = makeLink(this.#environment.board, receiver.peer, other.peer);
    return {
      end,
      announce: () => {
        receiver.acquainted.add(third);
        other.acquainted.add(receiver.peer.id);
        other.open(Frame.introduce);
        other.seal([theirs], [theirs.port]);
      },
    };
  }
}
