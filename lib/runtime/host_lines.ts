/**
 * The lines from a gateway to the hosts of its bridges' processes. A process goes with its bridge, whoever ends that.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { HostGuest, HostNews } from "./far_host.ts";
import { HostLine, type HostWay } from "./host_line.ts";
import type { Thread } from "./thread.ts";

/** A host that another one is told of: by what, and the host, unless there is none. */
export interface LedGuest<Host> {
  /** The id of its actor. */
  readonly key: string;
  /** The host. MUST NOT reject. */
  readonly host: Promise<Host | undefined>;
}

/** A host that was asked for, or found. What its methods throw is of a cluster that is gone. */
export interface LedHost<Host> extends HostWay<LedGuest<Host>> {
  /** True if it ends with its bridge. */
  readonly isOwner: boolean;
  /** Ends it, and its process. */
  kill(): Promise<void>;
  /** Says that it is spoken to no more: it ends itself, if its process has ended. */
  leave(): Promise<void>;
  /** The same of one that goes on. */
  part(): Promise<void>;
}

/** A host, when the cluster knows it, and the line to it. */
interface Line<Host> {
  readonly host: Promise<Host>;
  readonly line: HostLine<LedGuest<Host>>;
  /** The process has ended or said that it does: the host tells all others why, and ends itself. */
  isOver: boolean;
}

/** So long, in milliseconds, a host that is to end itself has for that: longer than it waits for others (process_source.ts). */
const FAREWELL = 6_000;

/** The lines of one gateway. */
export class HostLines<Host extends LedHost<Host>> {
  readonly #thread: Thread;
  readonly #ends: (host: Host) => void;
  readonly #bridges = new Map<number, ThreadAddress>();
  readonly #lines = new Map<number, Line<Host>>();
  /** Of bridges that are spoken of, and have not asked for their hosts yet. */
  readonly #awaited = new Map<number, PromiseWithResolvers<void>>();
  readonly #ending = new Set<Promise<void>>();

  /**
   * @param thread The gateway's thread.
   * @param ends Told of each host that is about to be ended: its name is about to be free.
   */
  constructor(thread: Thread, ends: (host: Host) => void = () => {}) {
    this.#thread = thread;
    this.#ends = ends;
  }

  /** True if a bridge has a line. */
  has(bridge: ThreadAddress): boolean {
    return this.#bridges.has(bridge.id);
  }

  /** Begins to speak to a bridge's host; fulfilled when that is known: true if it ends with the bridge. */
  async begin(bridge: ThreadAddress, host: Promise<Host>): Promise<boolean> {
    // One that is killed has no time for words, and the thread that would see it gone may be blocked.
    this.#bridges.set(bridge.id, bridge);
    void this.#thread.deathWatch.untilDead(bridge).then(() => this.#end(bridge));
    this.#lines.set(bridge.id, { host, line: new HostLine(host), isOver: false });
    this.#awaited.get(bridge.id)?.resolve();
    try {
      return (await host).isOwner;
    } catch {
      // Its news say why.
      return true;
    }
  }

  /** Sends bytes to a bridge's process, which speak of the processes of `guests`; fulfilled when it has room for more. */
  async send(bridge: number, bytes: Uint8Array, guests: readonly HostGuest[]): Promise<void> {
    const told = guests.map(({ key, bridge }) => ({ key, host: this.hostOf(bridge).catch(() => undefined) }));
    await this.#lines.get(bridge)?.line.send(bytes, told);
  }

  /** What is new of a bridge's process. */
  async news(bridge: number): Promise<HostNews> {
    const line = this.#lines.get(bridge)?.line;
    const news = await (line ?? new HostLine(Promise.reject(new Error("it was never started")))).news();
    if (news.kind !== "bytes") this.over(bridge);
    return news;
  }

  /** A bridge's process is about to end. */
  over(bridge: number): void {
    const line = this.#lines.get(bridge);
    if (line !== undefined) line.isOver = true;
  }

  /** The host of a bridge, which may not have asked for it yet; `undefined` if it ends before. */
  async hostOf(bridge: ThreadAddress): Promise<Host | undefined> {
    if (!this.#lines.has(bridge.id)) {
      const begun = this.#awaited.get(bridge.id) ?? Promise.withResolvers<void>();
      this.#awaited.set(bridge.id, begun);
      await Promise.race([begun.promise, this.#thread.deathWatch.untilDead(bridge)]);
      this.#awaited.delete(bridge.id);
    }
    return await this.#lines.get(bridge.id)?.host;
  }

  /** Lets go of a process; ends it, if it is the bridge's own, or if all of it is to end. */
  async #end(bridge: ThreadAddress): Promise<void> {
    if (!this.#bridges.delete(bridge.id)) return;
    const line = this.#lines.get(bridge.id)!;
    this.#lines.delete(bridge.id);
    const isKilled = this.#thread.board.deathNote(bridge).ending === "killed";
    // What that throws is of a session that has ended, or of a host that never began.
    const ending = this.#endLine(line, isKilled).catch(() => {}).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    await ending;
  }

  async #endLine({ line, host: begun, isOver }: Line<Host>, isKilled: boolean): Promise<void> {
    line.close();
    const host = await begun;
    if (!isKilled && !host.isOwner) return await host.part();
    this.#ends(host);
    if (!isOver) return await host.kill();
    await host.leave();
    delay(FAREWELL).then(() => host.kill()).catch(() => {});
  }

  /** Fulfilled when the cluster has heard of all ends so far, also where this thread had not yet. */
  async endedAll(): Promise<void> {
    const { board } = this.#thread;
    for (const bridge of this.#bridges.values()) if (!board.isAlive(bridge)) void this.#end(bridge);
    await Promise.all(this.#ending);
  }

  /** The session is about to be closed: nobody hears of the ends that this brings. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#lines.values()].map(async ({ line, host }) => {
      line.close();
      const { isOwner } = await host;
      if (!isOwner) await (await host).leave();
    }));
  }
}
