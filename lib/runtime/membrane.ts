/**
 * The border between two processes, as one thread on either side of it sees it. Calls, values and errors pass through; a handle
 * or a ref becomes one that this thread stands for, with the id that it had.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import { LazyError } from "../base/lazy_error.ts";
import type { ActorId } from "../base/ids.ts";
import { ownerOf } from "../call/handle.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { Ref } from "../objects/ref.ts";
import type { RefTable } from "../objects/ref_table.ts";
import { type ActorAddress, retriedAt } from "../supervise/actor_address.ts";
import { ActorCell } from "../supervise/actor_cell.ts";
import { type ByteStream, StreamSource, StreamWriter } from "../transport/byte_stream.ts";
import type { PeerLink } from "../transport/peer.ts";
import { type DeathNote, endings } from "../transport/thread_address.ts";
import type { Decoding, Encoding } from "../wire/coding.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { killCell } from "./actor_ends.ts";
import { readShape } from "./beyond.ts";
import { ForwardActor } from "./forward_actor.ts";
import { readFarHandle, writeFarHandle } from "./far_handles.ts";
import { FarKind, MINE, YOURS } from "./far_kinds.ts";
import { FarRefs, PROGRAM_ENDED } from "./far_refs.ts";
import { ForwardTasks, type PassTask } from "./forward_tasks.ts";
import { disposeOf } from "./retire.ts";
import type { Thread } from "./thread.ts";

/** Where an actor is. */
export type Place = Pick<ActorAddress, "thread" | "local"> & Partial<ActorAddress>;

/** One side of the border. */
export abstract class Membrane {
  /** The link to the other process. */
  readonly link: PeerLink;
  /** Refs that crossed. */
  readonly table: RefTable;
  /** The tasks that pass through. */
  readonly tasks: ForwardTasks;
  protected readonly thread: Thread;
  /** What was said of the restarts of the actor that the process is for. */
  protected fault: FaultSettings | undefined;
  readonly #writer: StreamWriter;
  readonly #source = new StreamSource();
  readonly #sides: WeakMap<PeerLink, Membrane>;
  readonly #forwarders: Map<ActorCell, ForwardActor>;
  readonly #limits: WeakMap<ActorCell, number>;
  readonly #refs: FarRefs;
  readonly #shapes = new Map<string, ClassShape>();
  readonly #introduced = new Set<ActorId>();

  /** @param thread The thread, which does nothing else. It may have other sides already: what stands for actors is common to all. */
  constructor(thread: Thread) {
    this.thread = thread;
    this.tasks = new ForwardTasks(thread, (task) => this.task(task));
    const { board, self, loop, peers, membrane } = thread;
    this.#sides = membrane ? membrane.#sides : new WeakMap();
    this.#forwarders = membrane ? membrane.#forwarders : new Map();
    this.#limits = membrane ? membrane.#limits : new WeakMap();
    this.#writer = new StreamWriter(() => loop.schedule());
    this.link = peers.add({
      number: board.nextLink(),
      peer: board.claim(self),
      writer: this.#writer,
      source: this.#source,
    });
    this.#sides.set(this.link, this);
    this.#refs = new FarRefs(thread, this.link);
    this.table = this.#refs.table;
  }

  /** A task is to be passed on. */
  protected abstract task(task: Parameters<PassTask>[0]): Ref;
  /** An actor is to be made. */
  abstract create(link: PeerLink, reader: Reader, items: readonly unknown[]): void;
  /** The actor that the process was started for, which has lived before, has been constructed. */
  abstract ready(link: PeerLink): void;
  /** The actor that the process was started for has ended. */
  abstract ended(link: PeerLink, reader: Reader, items: readonly unknown[]): void;
  /** Ends this thread, which has said why. */
  abstract end(): void;

  /** The id of an actor that the other side need not call through this one, if it is told of the actor's process on the cluster. */
  protected introducible(_cell: ActorCell): ActorId | undefined {
    return undefined;
  }

  /** Tells the other side of such an actor's process. */
  protected introduce(_id: ActorId, _cell: ActorCell): void {}

  /** The same once; true if there is such a process. */
  #introduces(cell: ActorCell): boolean {
    const id = this.introducible(cell);
    if (id === undefined) return false;
    if (!this.#introduced.has(id)) {
      this.#introduced.add(id);
      this.introduce(id, cell);
    }
    return true;
  }

  /** Reads what the other side has said of its end: why, and the actor's own error, if it has one with a cause. */
  protected readEnd(link: PeerLink, reader: Reader): { note: DeathNote; error: ActorDiedError | undefined } {
    const ending = endings[reader.u8()];
    const text = reader.string();
    if (link !== this.link || ending === undefined) throw new CorruptFrameError("the end of no process");
    const error = reader.u8() === 1 ? this.thread.values.read(link, reader, []) : undefined;
    return { note: { ending, text }, error: error instanceof ActorDiedError ? error : undefined };
  }

  /** An actor of which the other side has told in this way, or where it is; `undefined` if it is to be called through that side. */
  protected found(_id: ActorId): ActorCell | Place | undefined {
    return undefined;
  }

  /** The side of this thread's that a link belongs to, if it leads to another process. */
  of(link: PeerLink | undefined): Membrane | undefined {
    return link && this.#sides.get(link);
  }

  /** The other process speaks to this one no more: what it had here counts no more, what it owned is lost. */
  close(): void {
    const [{ board }, { peer }] = [this.thread, this.link];
    board.markDead(peer, { ending: "ended", text: PROGRAM_ENDED });
    board.markGone(peer);
  }

  /** The stream to the other process is there. */
  open(stream: ByteStream): void {
    this.#writer.open(stream);
  }

  /** The other process has sent bytes. */
  received(bytes: Uint8Array): void {
    this.#source.push(bytes);
    this.thread.board.ring(this.thread.self, this.link.bit);
    this.thread.loop.schedule();
  }

  /** What stands here for an actor on the one side, for those on the other. */
  forwarderOf(cell: ActorCell, local: number = this.thread.host.nextActor()): ForwardActor {
    const known = this.#forwarders.get(cell);
    if (known !== undefined) return known;
    const forwarder = this.forwarder(cell.actorId, local);
    this.connect(forwarder, cell);
    return forwarder;
  }

  /** A forwarder whose actor is not known yet. */
  protected forwarder(id: ActorId, local: number): ForwardActor {
    const { host } = this.thread;
    const forwarder = new ForwardActor(host, id, local, {
      kill: (cell, noRestart) => void killCell(this.thread, cell, noRestart),
      dispose: (cell) => void disposeOf(this.thread, cell),
      stream: (whole, call, refuse) => this.thread.streams.forward(whole, call, refuse),
    });
    host.adopt(forwarder);
    return forwarder;
  }

  /** Says which actor a forwarder stands for. */
  protected connect(forwarder: ForwardActor, cell: ActorCell): void {
    this.#forwarders.set(cell, forwarder);
    const ended = (): void => this.announceEnd(forwarder);
    if (cell.hasEnded) ended();
    else cell.whenBroken(ended);
    forwarder.connect(cell);
  }

  /** The actor that a forwarder stands for has ended: tells everybody. */
  protected announceEnd(forwarder: ForwardActor): void {
    const error = forwarder.cell?.deathError;
    const { thread } = this;
    // This thread's own end says it; and its name may be that of the next run by now.
    if (error === undefined || !thread.board.isAlive(thread.self)) return;
    forwarder.end(new LazyError(() => error));
    thread.holders.forget(forwarder.local);
    thread.names.ended(forwarder.local);
    thread.cells.find(thread.self.id, forwarder.local)?.break(new LazyError(() => error));
    for (const link of thread.peers.all()) {
      link.open(Frame.actorEnded).u32(forwarder.local);
      thread.values.finishThrown(link, error);
    }
  }

  /** The cell that a thread on this side is to see in the place of one on the other side. */
  homed(cell: ActorCell): ActorCell {
    const side = this.of(this.thread.peers.find(cell.address.thread.id));
    if (side === undefined) return cell;
    const [{ thread }, { isSerial, fault }] = [this, cell.address];
    const forwarder = this.forwarderOf(cell);
    const place = { thread: thread.self, local: forwarder.local };
    const ownsThread = thread.host.isPrimary(forwarder);
    const said = ownsThread ? this.fault : undefined;
    return thread.cells.of({
      ...place,
      ownsThread,
      isSerial,
      maxPendingCalls: side.#limits.get(cell) ?? Infinity,
      id: cell.actorId,
      fault: said ?? (fault?.retries && retriedAt(place, fault.retries)),
    }, cell.shape);
  }

  /** Writes a handle or a ref for the other process; false if `value` is neither. */
  encode(value: object, encoder: Encoding, effects: (() => void)[]): boolean {
    const cell = ownerOf(value);
    if (cell instanceof ActorCell) this.#encodeHandle(this.#unwrap(cell), encoder, effects);
    else if (value instanceof Ref) this.#refs.encode(value, encoder, effects);
    else return false;
    return true;
  }

  /** The actor itself, if a handle of what stands for it has come back. */
  #unwrap(cell: ActorCell): ActorCell {
    const { host, self } = this.thread;
    if (cell.address.thread.id !== self.id) return cell;
    const actor = host.find(cell.address.local);
    return actor instanceof ForwardActor ? actor.cell ?? cell : cell;
  }

  #encodeHandle(cell: ActorCell, encoder: Encoding, effects: (() => void)[]): void {
    encoder.custom(FarKind.handle);
    const { writer } = encoder;
    const { link } = this;
    if (cell.address.thread.id === link.peer.id) {
      writer.u8(YOURS);
      writer.u32(cell.address.local);
      return;
    }
    writer.u8(MINE);
    const { shape, address: { isSerial, maxPendingCalls, fault } } = cell;
    const isKnown = link.knownShapes.has(shape.key);
    writeFarHandle(writer, {
      local: this.forwarderOf(cell).local,
      isSerial,
      maxPendingCalls,
      retries: fault?.retries,
      id: cell.actorId,
      isIntroduced: this.#introduces(cell),
      key: shape.key,
      shape: isKnown ? "" : JSON.stringify(shape),
    });
    if (!isKnown) effects.push(() => link.knownShapes.add(shape.key));
  }

  /** Reads a handle or a ref that came from the other process. */
  decode(kind: number, { reader }: Decoding): unknown {
    if (kind === FarKind.handle) return this.#decodeHandle(reader);
    if (kind === FarKind.ref) return this.#refs.decode(reader);
    throw new CorruptFrameError(`a value of unknown kind ${kind}`);
  }

  #decodeHandle(reader: Reader): object {
    const { cells, host } = this.thread;
    if (reader.u8() === YOURS) {
      const actor = host.find(reader.u32());
      if (!(actor instanceof ForwardActor) || actor.cell === undefined) {
        throw new CorruptFrameError("a handle of an actor that was never there");
      }
      return cells.handleOf(actor.cell);
    }
    const { local, isSerial, maxPendingCalls, retries, id, isIntroduced, key, shape: text } = readFarHandle(
      reader,
    );
    if (text !== "") this.#shapes.set(key, readShape(text));
    const shape = this.#shapes.get(key);
    if (shape === undefined) throw new CorruptFrameError(`a handle of an unknown class "${key}"`);
    const found = isIntroduced ? this.found(id) : undefined;
    if (found instanceof ActorCell) return cells.handleOf(found);
    const place = found ?? { thread: this.link.peer, local };
    const fault = retries && retriedAt(place, retries);
    // Who counts the calls that are not answered is whoever makes them.
    const cell = cells.of(
      { ownsThread: false, isSerial, maxPendingCalls: Infinity, id, fault, ...place },
      shape,
    );
    this.#limits.set(cell, maxPendingCalls);
    return cells.handleOf(cell);
  }
}
