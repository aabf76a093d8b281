/**
 * The border between two processes, as one thread on either side of it sees it. Calls, values and errors pass through; a handle
 * or a ref becomes one that this thread stands for, with the id that it had.
 *
 * @module
 */

import type { ActorId, ObjectId } from "../base/ids.ts";
import { ObjectLostError } from "../base/lost_errors.ts";
import { ownerOf } from "../call/handle.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { NamedRef } from "../objects/named_ref.ts";
import { type CancelHow, Ref } from "../objects/ref.ts";
import { RefTable } from "../objects/ref_table.ts";
import { ActorCell } from "../supervise/actor_cell.ts";
import { type ByteStream, StreamSource, StreamWriter } from "../transport/byte_stream.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { Decoding, Encoding } from "../wire/coding.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";
import { killCell } from "./actor_ends.ts";
import { readShape } from "./beyond.ts";
import { sendCancelRef } from "./cancel.ts";
import type { Borders } from "./borders.ts";
import { ForwardActor } from "./forward_actor.ts";
import { sourceAt } from "./lending.ts";
import { disposeOf } from "./retire.ts";
import type { Thread } from "./thread.ts";

/** The kinds of value that only cross the border. */
export const FarKind = { handle: 8, ref: 9, clusterHandle: 10 } as const;

/** Whose number it is: the sender's, or the receiver's own. */
const MINE = 0;
const YOURS = 1;

/** One side of the border. */
export abstract class Membrane implements Borders {
  /** The link to the other process. */
  readonly link: PeerLink;
  /** Refs that crossed. */
  readonly table: RefTable;
  protected readonly thread: Thread;
  readonly #writer: StreamWriter;
  readonly #source = new StreamSource();
  readonly #forwarders = new Map<ActorCell, ForwardActor>();
  /** How many calls of one thread may be unanswered, of actors on the other side. */
  protected readonly limits: WeakMap<ActorCell, number> = new WeakMap();
  readonly #imports = new WeakMap<Ref, number>();
  readonly #shapes = new Map<string, ClassShape>();

  /** @param thread The thread, which does nothing else. */
  constructor(thread: Thread) {
    this.thread = thread;
    const { board, self, loop, peers } = thread;
    this.#writer = new StreamWriter(() => loop.schedule());
    this.link = peers.add({
      number: board.nextLink(),
      peer: board.claim(self),
      writer: this.#writer,
      source: this.#source,
    });
    this.table = new RefTable((packed, copies) => {
      const out = this.link.open(Frame.release);
      out.f64(packed);
      out.u32(copies);
      this.link.seal();
    });
  }

  /** {@inheritDoc Borders.create} */
  abstract create(link: PeerLink, reader: Reader, items: readonly unknown[]): void;
  /** {@inheritDoc Borders.ended} */
  abstract ended(link: PeerLink, reader: Reader, items: readonly unknown[]): void;
  /** {@inheritDoc Borders.end} */
  abstract end(): void;

  /** {@inheritDoc Borders.at} */
  at(link: PeerLink | undefined): Membrane | undefined {
    return link === this.link ? this : undefined;
  }

  /** {@inheritDoc Borders.expects} */
  expects(_local: number): boolean {
    return false;
  }

  /** The identity of a class as the other side knows it. */
  outward(key: string): string {
    return key;
  }

  /** The identity of a class as this side knows it. */
  inward(key: string): string {
    return key;
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
      kill: (cell) => killCell(this.thread, cell),
      dispose: (cell) => void disposeOf(this.thread, cell),
    });
    host.adopt(forwarder);
    return forwarder;
  }

  /** Says which actor a forwarder stands for. */
  connect(forwarder: ForwardActor, cell: ActorCell): void {
    this.#forwarders.set(cell, forwarder);
    const ended = (): void => this.announceEnd(forwarder);
    if (cell.deathError !== undefined) ended();
    else cell.onBroken.push(ended);
    forwarder.connect(cell);
  }

  /** The actor that a forwarder stands for has ended: tells everybody. */
  protected announceEnd(forwarder: ForwardActor): void {
    const error = forwarder.cell?.deathError;
    if (error === undefined) return;
    const { thread } = this;
    forwarder.end(error);
    thread.holders.forget(forwarder.local);
    thread.names.ended(forwarder.local);
    thread.cells.find(thread.self.id, forwarder.local)?.break(error);
    for (const link of thread.peers.all()) {
      link.open(Frame.actorEnded).u32(forwarder.local);
      thread.values.finishThrown(link, error);
    }
  }

  /** {@inheritDoc Borders.homed} */
  homed(cell: ActorCell): ActorCell {
    if (cell.address.thread.id !== this.link.peer.id) return cell;
    const forwarder = this.forwarderOf(cell);
    const { thread } = this;
    return thread.cells.of({
      thread: thread.self,
      local: forwarder.local,
      ownsThread: thread.host.isPrimary(forwarder),
      isSerial: cell.address.isSerial,
      maxPendingCalls: this.limits.get(cell) ?? Infinity,
      id: cell.actorId,
    }, cell.shape);
  }

  /** Writes a handle or a ref for the other process; false if `value` is neither. */
  encode(value: object, encoder: Encoding, effects: (() => void)[]): boolean {
    const cell = ownerOf(value);
    if (cell instanceof ActorCell) this.encodeHandle(this.unwrap(cell), encoder, effects);
    else if (value instanceof Ref) this.#encodeRef(value, encoder, effects);
    else return false;
    return true;
  }

  /** The actor itself, if a handle of what stands for it has come back. */
  protected unwrap(cell: ActorCell): ActorCell {
    const { host, self } = this.thread;
    if (cell.address.thread.id !== self.id) return cell;
    const actor = host.find(cell.address.local);
    return actor instanceof ForwardActor ? actor.cell ?? cell : cell;
  }

  /** Writes a handle, of the actor itself. */
  protected encodeHandle(cell: ActorCell, encoder: Encoding, effects: (() => void)[]): void {
    encoder.custom(FarKind.handle);
    const { writer } = encoder;
    const { link } = this;
    if (cell.address.thread.id === link.peer.id) {
      writer.u8(YOURS);
      writer.u32(cell.address.local);
      return;
    }
    writer.u8(MINE);
    writer.u32(this.forwarderOf(cell).local);
    writer.u8(cell.address.isSerial ? 1 : 0);
    writer.f64(cell.address.maxPendingCalls);
    writer.string(cell.actorId);
    this.writeShape(cell.shape, writer, effects);
  }

  /** Writes the shape of a class, whole the first time. */
  protected writeShape(shape: ClassShape, writer: Writer, effects: (() => void)[]): void {
    const { link } = this;
    const key = this.outward(shape.key);
    writer.string(key);
    if (link.knownShapes.has(key)) return writer.string("");
    writer.string(JSON.stringify({ ...shape, key }));
    effects.push(() => link.knownShapes.add(key));
  }

  #encodeRef(ref: Ref, encoder: Encoding, effects: (() => void)[]): void {
    encoder.custom(FarKind.ref);
    const { writer } = encoder;
    const theirs = this.#imports.get(ref);
    writer.u8(theirs === undefined ? MINE : YOURS);
    writer.f64(theirs ?? ref.number());
    if (theirs !== undefined) return;
    writer.string(ref.taskName);
    writer.string(ref.id);
    effects.push(() => this.table.lend(ref, this.link.peer.id));
  }

  /** Reads a handle or a ref that came from the other process. */
  decode(kind: number, { reader }: Decoding): unknown {
    if (kind === FarKind.handle) return this.#decodeHandle(reader);
    if (kind === FarKind.ref) return this.#decodeRef(reader);
    throw new CorruptFrameError(`a value of unknown kind ${kind}`);
  }

  #decodeHandle(reader: Reader): object {
    const { cells, host } = this.thread;
    const whose = reader.u8();
    const local = reader.u32();
    if (whose === YOURS) {
      const actor = host.find(local);
      if (!(actor instanceof ForwardActor) || actor.cell === undefined) {
        throw new CorruptFrameError("a handle of an actor that was never there");
      }
      return cells.handleOf(actor.cell);
    }
    const isSerial = reader.u8() === 1;
    const limit = reader.f64();
    const id = reader.string() as ActorId;
    const shape = this.readShape(reader);
    const thread = this.link.peer;
    // Who counts the calls that are not answered is whoever makes them.
    const cell = cells.of(
      { thread, local, ownsThread: false, isSerial, maxPendingCalls: Infinity, id },
      shape,
    );
    this.limits.set(cell, limit);
    return cells.handleOf(cell);
  }

  /** Reads what {@linkcode writeShape} has written. */
  protected readShape(reader: Reader): ClassShape {
    const key = reader.string();
    const text = reader.string();
    if (text !== "") {
      const shape = readShape(text);
      this.#shapes.set(key, { ...shape, key: this.inward(key) });
    }
    const shape = this.#shapes.get(key);
    if (shape === undefined) throw new CorruptFrameError(`a handle of an unknown class "${key}"`);
    return shape;
  }

  #decodeRef(reader: Reader): Ref {
    const whose = reader.u8();
    const packed = reader.f64();
    const { thread, link } = this;
    if (whose === YOURS) {
      const own = this.table.lent(packed);
      if (own !== undefined) return own;
      const lost = new Ref(thread, "a ref");
      lost.reject(new ObjectLostError("Cannot get a value: its owner has it no more"));
      return lost;
    }
    const taskName = reader.string();
    const id = reader.string() as ObjectId;
    return this.table.borrow(packed, () => {
      const source = { ...sourceAt(0), cancel: (_: Ref, how: CancelHow) => sendCancelRef(link, packed, how) };
      const ref = new NamedRef(thread, taskName, source, id);
      this.#imports.set(ref, packed);
      ref.onDemand = (ref) => {
        const out = link.open(Frame.fetch);
        out.u32(link.calls.add(ref));
        out.f64(packed);
        link.seal();
      };
      return ref;
    });
  }
}
