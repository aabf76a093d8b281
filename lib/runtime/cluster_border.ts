/**
 * The border between two processes of which one, or both, are on a cluster: a connection to an actor there. A handle of an actor
 * that others can reach by themselves crosses as its address.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import { ActorDiedError } from "../base/actor_errors.ts";
import type { ClassShape } from "../define/class_definition.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { ClusterAddress, ClusterConnection } from "../transport/ray/cluster_port.ts";
import { type DeathNote, endings } from "../transport/thread_address.ts";
import type { Decoding, Encoding } from "../wire/coding.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import type { Reader } from "../wire/reader.ts";
import { isCrash } from "../supervise/restart_policy.ts";
import { PRIMARY } from "./actors.ts";
import { deathText } from "./death.ts";
import type { ForwardActor } from "./forward_actor.ts";
import { FarKind, Membrane } from "./membrane.ts";
import type { Gateway } from "./gateway.ts";
import type { Thread } from "./thread.ts";

/** What is known of an actor on the cluster by whoever can reach it. */
export interface ClusterActor {
  /** Where. */
  readonly address: ClusterAddress;
  /** Its id. */
  readonly id: ActorId;
  /** Its class. */
  readonly shape: ClassShape;
  /** True if its calls begin in the order made. */
  readonly isSerial: boolean;
  /** How many calls of one thread may be unanswered. */
  readonly maxPendingCalls: number;
  /** True if it has restarts; how many are left, Ray knows. */
  readonly mayRestart: boolean;
}

/** One connection. */
export class ClusterBorder extends Membrane {
  /** The actor at the other end; `undefined` if it is this process's that the other end has connected to. */
  readonly actor: ClusterActor | undefined;
  /** What carries it, once it is used. */
  connection: ClusterConnection | undefined;
  /** The number that the first connection to the actor had in the place of a thread's: its cell is known by that. */
  readonly origin: number;
  readonly #gateway: Gateway;
  #connect: (() => ClusterConnection) | undefined = undefined;

  /**
   * @param thread The thread.
   * @param gateway All borders of the thread.
   * @param actor The actor at the other end, if it is one.
   * @param origin Of one that has started again: the `origin` of the border before.
   */
  constructor(thread: Thread, gateway: Gateway, actor?: ClusterActor, origin?: number) {
    super(thread);
    this.#gateway = gateway;
    this.actor = actor;
    this.origin = origin ?? this.link.peer.id;
  }

  /** Runs `write`, and returns the bytes of the frames that it has written, which do not leave. */
  capture(write: () => void): Uint8Array {
    const parts: Uint8Array[] = [];
    this.open({
      write: (bytes, done) => {
        parts.push(bytes.slice());
        done();
      },
    });
    write();
    while (!this.link.flush()) { /* its buffer is larger than what is taken at once */ }
    const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** Connects when the first frame is written, or the actor is to be ended. */
  openLazily(connect: () => ClusterConnection): void {
    this.#connect = connect;
    this.open({ write: (bytes, done) => this.connected().write(bytes, done) });
  }

  /** What carries it. */
  connected(): ClusterConnection {
    return this.connection ??= this.#connect!();
  }

  /** {@inheritDoc Membrane.forwarderOf} */
  override forwarderOf(cell: ActorCell): ForwardActor {
    return super.forwarderOf(cell, this.#gateway.nextLocal());
  }

  /** A forwarder of that number, whose actor is not known yet. */
  forwarderAt(id: ActorId, local: number): ForwardActor {
    return this.forwarder(id, local);
  }

  /** {@inheritDoc Membrane.forwarder} */
  protected override forwarder(id: ActorId, local: number): ForwardActor {
    return this.#gateway.forwarder(id, local);
  }

  /** The cell of the actor at the other end. */
  cell({ id, shape, isSerial, maxPendingCalls }: ClusterActor): ActorCell {
    const { self } = this.thread;
    const cell = this.thread.cells.of({
      thread: this.link.peer,
      local: PRIMARY,
      ownsThread: false,
      isSerial,
      // Who counts the calls that are not answered is whoever makes them.
      maxPendingCalls: Infinity,
      id,
      // That it may start again is this thread's affair.
      fault: { maxRestarts: 0, restarts: 0, origin: this.origin, owner: self, retries: undefined },
    }, shape);
    this.limits.set(cell, maxPendingCalls);
    return cell;
  }

  /** The connection has ended: all that is awaited over it rejects. */
  closed(note: DeathNote): void {
    const { board } = this.thread;
    board.markDead(this.link.peer, note);
    board.markGone(this.link.peer);
    this.thread.breakLink(this.link, deathText(note));
  }

  /** {@inheritDoc Membrane.create} */
  override create(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    this.#gateway.create(link, reader, items);
  }

  /** The actor at the other end has said that it has ended. */
  override ended(link: PeerLink, reader: Reader): void {
    const ending = endings[reader.u8()];
    const text = reader.string();
    if (link !== this.link || this.actor === undefined || ending === undefined) {
      throw new CorruptFrameError("the end of no process");
    }
    if (reader.u8() === 1) {
      const error = this.thread.values.read(link, reader, []);
      if (error instanceof ActorDiedError) this.thread.cells.find(link.peer.id, PRIMARY)?.break(error);
    }
    this.#gateway.lost(this, { ending, text }, isCrash[ending]);
  }

  /** {@inheritDoc Borders.end} */
  override end(): void {
    this.#gateway.end();
  }

  /** {@inheritDoc Membrane.outward} */
  override outward(key: string): string {
    return this.#gateway.root.outward(key);
  }

  /** {@inheritDoc Membrane.inward} */
  override inward(key: string): string {
    return this.#gateway.root.inward(key);
  }

  /** {@inheritDoc Membrane.encodeHandle} */
  protected override encodeHandle(cell: ActorCell, encoder: Encoding, effects: (() => void)[]): void {
    const actor = cell.address.thread.id === this.link.peer.id ? undefined : this.#gateway.actorOf(cell);
    if (actor === undefined) return super.encodeHandle(cell, encoder, effects);
    encoder.custom(FarKind.clusterHandle);
    const { writer } = encoder;
    writer.string(actor.address.namespace);
    writer.string(actor.address.name);
    writer.string(actor.id);
    writer.u8(actor.isSerial ? 1 : 0);
    writer.f64(actor.maxPendingCalls);
    writer.u8(actor.mayRestart ? 1 : 0);
    this.writeShape(actor.shape, writer, effects);
  }

  /** {@inheritDoc Membrane.decode} */
  override decode(kind: number, decoder: Decoding): unknown {
    if (kind !== FarKind.clusterHandle) return super.decode(kind, decoder);
    const { reader } = decoder;
    const address = { namespace: reader.string(), name: reader.string() };
    const id = reader.string() as ActorId;
    const isSerial = reader.u8() === 1;
    const maxPendingCalls = reader.f64();
    const mayRestart = reader.u8() === 1;
    const shape = this.readShape(reader);
    const cell = this.#gateway.reach({ address, id, shape, isSerial, maxPendingCalls, mayRestart });
    return this.thread.cells.handleOf(cell);
  }
}
