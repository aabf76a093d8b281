/**
 * The sides of a child process's border: one for each program that speaks to it, and the one actor that they all speak to.
 *
 * @module
 */

import { deno, process } from "../base/platform.ts";
import type { ActorId } from "../base/ids.ts";
import { ownerOf } from "../call/handle.ts";
import type { Ref } from "../objects/ref.ts";
import type { EventNote } from "../observe/event_note.ts";
import { threadsOf } from "../supervise/actor_address.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { PeerLink } from "../transport/peer.ts";
import { type DeathNote, endings, type ThreadAddress } from "../transport/thread_address.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { createOnThread } from "./thread_actors.ts";
import { PRIMARY } from "./creation.ts";
import { readCreateBeyond } from "./beyond.ts";
import { deathText } from "./death.ts";
import type { PassTask } from "./forward_tasks.ts";
import type { HostWays } from "./host_ways.ts";
import { Membrane, type Place } from "./membrane.ts";
import { noteOf } from "./run_end.ts";
import type { Thread } from "./thread.ts";

/** The actor that a process was started for. */
export class ProcessActor {
  /** Known once the actor is there: {@linkcode onMade} is called then. */
  cell: ActorCell | undefined = undefined;
  /** Told once when the actor is there. */
  onMade: () => void = () => {};
  /** Told once when it has ended, after all sides have been. */
  onEnded: () => void = () => {};
  /** The ways to other actors of the cluster. */
  ways: HostWays | undefined = undefined;
  readonly #thread: Thread;
  readonly #sides = new Set<ProcessSide>();
  #maker: ProcessSide | undefined;

  /** @param thread The process's first thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    // Others have not made it, and list it not.
    thread.observation.recorder.onNote = (note) => this.#maker?.tell(note);
  }

  /** A program begins to speak to it. */
  join(side: ProcessSide): void {
    this.#sides.add(side);
    this.#thread.membrane ??= side;
    if (this.cell?.deathError !== undefined) side.announce(this.cell);
  }

  /** A program speaks to it no more. */
  leave(side: ProcessSide): void {
    this.#sides.delete(side);
    side.close();
  }

  /** It is being made. */
  made(cell: ActorCell, maker: ProcessSide): void {
    this.cell = cell;
    this.#maker = maker;
    cell.whenBroken(() => {
      for (const side of this.#sides) side.announce(cell);
      this.onEnded();
    });
    this.onMade();
  }

  /** The id by which another process on the cluster may find an actor: this one, or one to which there is a way. */
  idOf(cell: ActorCell): ActorId | undefined {
    return cell === this.cell ? this.ways && cell.actorId : this.ways?.idOf(cell);
  }

  /** The actor of that id, or where it is. */
  find(id: ActorId): ActorCell | Place | undefined {
    return id === this.cell?.actorId ? this.cell : this.ways?.find(id);
  }

  /** It has been constructed, and has lived before. */
  ready(): void {
    for (const { link } of this.#sides) {
      link.open(Frame.actorReady).u32(PRIMARY);
      link.seal();
    }
  }
}

/** One program's side. */
export class ProcessSide extends Membrane {
  readonly #actor: ProcessActor;
  readonly #introduce: (id: ActorId, made?: Promise<unknown>) => void;

  /**
   * @param thread The process's first thread.
   * @param actor What the process was started for.
   * @param introduce Sends the handle of another actor's host before what is written next, when that has been made.
   */
  constructor(
    thread: Thread,
    actor: ProcessActor,
    introduce: (id: ActorId, made?: Promise<unknown>) => void = () => {},
  ) {
    super(thread);
    this.#actor = actor;
    this.#introduce = introduce;
    actor.join(this);
  }

  /** Something has happened in the process. */
  tell(note: EventNote): void {
    if (this.link.isClosed) return;
    this.link.open(Frame.events);
    this.thread.values.finishOne(this.link, "events", [note]);
  }

  /** {@inheritDoc Membrane.task} */
  protected override task(task: Parameters<PassTask>[0]): Ref {
    return this.thread.tasks.take(task);
  }

  /** {@inheritDoc Membrane.introducible} */
  protected override introducible(cell: ActorCell): ActorId | undefined {
    // Its own actor is where this side leads.
    return cell === this.#actor.cell ? undefined : this.#actor.idOf(cell);
  }

  /** {@inheritDoc Membrane.introduce} */
  protected override introduce(id: ActorId, cell: ActorCell): void {
    this.#introduce(id, this.#actor.ways?.made(cell));
  }

  /** {@inheritDoc Membrane.found} */
  protected override found(id: ActorId): ActorCell | Place | undefined {
    return this.#actor.find(id);
  }

  /** {@inheritDoc Membrane.create} */
  override create(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    if (link !== this.link) throw new CorruptFrameError("a thread that wants an actor of its process");
    // Two programs wanted it at once, and either would have the other's.
    if (this.#actor.cell !== undefined) return;
    const { thread } = this;
    const { id, module, shape, settings, namespace, restarts } = readCreateBeyond(reader);
    // Before there is another thread, which would not hear of it.
    thread.names.table.setNamespace(namespace);
    // Before the handles among its arguments, which get the next numbers.
    const forwarder = this.forwarder(id, PRIMARY);
    const args = thread.values.readArgs(link, reader, items);
    const handle = createOnThread(
      thread,
      { module, shape },
      settings.crew === undefined ? settings : { ...settings, fault: ownedBy(thread.self) },
      args,
      { id, isBridge: false, restarts },
    );
    const cell = ownerOf(handle) as ActorCell;
    this.#actor.made(cell, this);
    this.connect(forwarder, cell);
  }

  /** The actor has ended: whoever started the process ends it. */
  announce({ deathError, address }: ActorCell): void {
    const { thread } = this;
    const hasCause = deathError?.cause !== undefined;
    const text = deathError?.message.replace(/^.*? has died, /s, "") ?? "";
    const areAlive = threadsOf(address).every((one) => thread.board.isAlive(one));
    const died = areAlive ? undefined : noteOf(thread.board, address);
    // One that ends gracefully says so before its thread ends, in whatever way that does.
    const note: DeathNote = hasCause
      ? { ending: "not made", text }
      : died !== undefined && deathText(died) === text
      ? died
      : { ending: "ended", text };
    const out = this.link.open(Frame.processEnded);
    out.u8(endings.indexOf(note.ending));
    out.string(note.text);
    out.u8(hasCause ? 1 : 0);
    if (hasCause) thread.values.finishThrown(this.link, deathError);
    else this.link.seal();
  }

  /** {@inheritDoc Membrane.ready} */
  override ready(link: PeerLink): void {
    if (this.of(link) !== undefined) throw new CorruptFrameError("word of an actor that lives elsewhere");
    this.#actor.ready();
  }

  /** {@inheritDoc Membrane.ended} */
  override ended(): void {
    throw new CorruptFrameError("the end of no process");
  }

  /** {@inheritDoc Membrane.end} */
  override end(): void {
    endProcess();
  }
}

/** Of an actor with several threads, its owner counts the handles; who restarts it is another process's. */
function ownedBy(owner: ThreadAddress): ActorSettings["fault"] {
  return (origin, number) => ({ maxRestarts: 0, restarts: 0, origin, number, owner, retries: undefined });
}

/** Ends the process, and all of its threads with it. */
export function endProcess(): void {
  if (deno !== undefined) deno.exit(0);
  // On Bun, exit() waits for threads that do not rest.
  process.reallyExit(0);
}
