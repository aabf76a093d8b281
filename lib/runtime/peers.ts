/**
 * The threads that this one has links to.
 *
 * @module
 */

import type { Carrier } from "../transport/carrier.ts";
import type { Board } from "../transport/board.ts";
import { DRIVER, type ThreadAddress } from "../transport/thread_address.ts";
import type { FrameSink } from "../transport/link.ts";
import { type LinkEnd, makeLink } from "../transport/link_end.ts";
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
  /** The driver: ends for threads of which it has not heard yet. */
  #early: { end: LinkEnd; thread: ThreadAddress }[] = [];

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
    if (this.#early.length > 0) this.#handOnEarly(link);
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
    const isDriver = self.id === DRIVER;
    if ((driver === undefined && !isDriver) || !board.isAlive(thread)) return undefined;
    const [ours, theirs] = makeLink(board, self, thread);
    if (driver === undefined) {
      const link = this.add(ours);
      this.#early.push({ end: theirs, thread });
      return link;
    }
    const out = driver.open(Frame.relay);
    out.u32(thread.id);
    out.u32(thread.slot);
    driver.seal([theirs], [theirs.port]);
    driver.acquainted.add(thread.id);
    return this.add(ours);
  }

  /**
   * The driver: hands an end of a link on. Whoever made it learns from the board if the thread has ended. The thread may be
   * one that another has just made, and of which the driver will hear in a moment.
   */
  relay(end: LinkEnd, thread: ThreadAddress): void {
    const link = this.find(thread.id);
    if (link !== undefined) handOn(link, end);
    else if (this.#environment.board.isAlive(thread)) this.#early.push({ end, thread });
    else end.port.close();
  }

  /** Gives up what was to be handed on to threads that have died. */
  forgetDead(): void {
    if (this.#early.length === 0) return;
    this.#early = this.#early.filter(({ end, thread }) => {
      const isAlive = this.#environment.board.isAlive(thread);
      if (!isAlive) end.port.close();
      return isAlive;
    });
  }

  #handOnEarly(link: PeerLink): void {
    const early = this.#early;
    this.#early = early.filter(({ thread }) => thread.id !== link.peer.id);
    for (const { end, thread } of early) if (thread.id === link.peer.id) handOn(link, end);
  }

  /** All links. */
  all(): PeerLink[] {
    return [...this.#all];
  }

  /** A thread has died: nobody is introduced to it any more. */
  forget(thread: number): void {
    for (const link of this.#all) link.acquainted.delete(thread);
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

function handOn(link: PeerLink, end: LinkEnd): void {
  link.acquainted.add(end.peer.id);
  link.open(Frame.introduce);
  link.seal([end], [end.port]);
}
