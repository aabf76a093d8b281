/**
 * The side of a process's border that leads to the process of another actor on the cluster, with no program between them.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import { LazyError } from "../base/lazy_error.ts";
import { describeThrown } from "../base/task_error.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { DeathNote } from "../transport/thread_address.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import type { Reader } from "../wire/reader.ts";
import { PRIMARY } from "./creation.ts";
import { MAX_UNSENT } from "./far_host.ts";
import { HostLine, type HostWay } from "./host_line.ts";
import type { WayGuest } from "./host_ways.ts";
import { Membrane, type Place } from "./membrane.ts";
import { endProcess, type ProcessActor } from "./process_side.ts";
import type { Thread } from "./thread.ts";

/** How the other process's host is asked, and told that it is asked no more. */
export type OtherHost = HostWay<WayGuest> & { part(): void };

/** One other process's. It is spoken to from the first call on. */
export class HostSide extends Membrane {
  readonly #actor: ProcessActor;
  readonly #host: OtherHost;
  #guests: WayGuest[] = [];
  #line: HostLine<WayGuest> | undefined;
  #isOver = false;

  /**
   * @param thread The process's first thread.
   * @param actor What this process was started for.
   * @param host The other host.
   */
  constructor(thread: Thread, actor: ProcessActor, host: OtherHost) {
    super(thread);
    this.#actor = actor;
    this.#host = host;
    this.open({ write: (bytes, done) => void this.#send(bytes).then(done), maxUnsent: MAX_UNSENT });
  }

  #send(bytes: Uint8Array): Promise<void> {
    const guests = this.#guests;
    this.#guests = [];
    return this.#begun().send(bytes, guests);
  }

  #begun(): HostLine<WayGuest> {
    if (this.#line === undefined) {
      this.#line = new HostLine(Promise.resolve(this.#host));
      void this.#listen(this.#line);
    }
    return this.#line;
  }

  async #listen(line: HostLine<WayGuest>): Promise<void> {
    while (!this.#isOver) {
      const news = await line.news();
      if (news.kind === "bytes") this.received(news.bytes);
      else if (news.kind === "ended") this.#over(news.note);
      else {
        const text = `its process could not be started: ${describeThrown(news.error)}`;
        this.#over({ ending: "not made", text });
      }
    }
  }

  /** There is nobody there any more. */
  #over(note: DeathNote): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#line?.close();
    this.#host.part();
    const { board } = this.thread;
    board.markDead(this.link.peer, note);
    board.markGone(this.link.peer);
  }

  /** {@inheritDoc Membrane.introducible} */
  protected override introducible(cell: ActorCell): ActorId | undefined {
    return this.#actor.idOf(cell);
  }

  /** {@inheritDoc Membrane.introduce} */
  protected override introduce(id: ActorId, cell: ActorCell): void {
    this.#guests.push({ id, made: this.#actor.ways?.made(cell) });
  }

  /** {@inheritDoc Membrane.found} */
  protected override found(id: ActorId): ActorCell | Place | undefined {
    return this.#actor.find(id);
  }

  /** {@inheritDoc Membrane.ended} */
  override ended(link: PeerLink, reader: Reader): void {
    const { note, error } = this.readEnd(link, reader);
    if (error !== undefined) {
      this.thread.cells.find(link.peer.id, PRIMARY)?.break(new LazyError(() => error));
    }
    this.#over(note);
  }

  /** {@inheritDoc Membrane.task} */
  protected override task(): never {
    throw new CorruptFrameError("a function for an actor's process");
  }

  /** {@inheritDoc Membrane.create} */
  override create(): void {
    throw new CorruptFrameError("a process that wants an actor of another one");
  }

  /** {@inheritDoc Membrane.ready} */
  override ready(): void {}

  /** {@inheritDoc Membrane.end} */
  override end(): void {
    endProcess();
  }
}
