/**
 * The thread of a process that is connected to actors on a cluster: in the driver a worker made for it, on a node the first thread.
 * For the rest of its process it stands for these actors.
 *
 * @module
 */

import { ActorAlreadyExistsError } from "../base/name_errors.ts";
import type { ActorId } from "../base/ids.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { PeerLink } from "../transport/peer.ts";
import type {
  ClusterAddress,
  ClusterEnd,
  ClusterEvents,
  ClusterPort,
} from "../transport/ray/cluster_port.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import type { DeathNote } from "../transport/thread_address.ts";
import type { Reader } from "../wire/reader.ts";
import { killCell, reportEnd } from "./actor_ends.ts";
import { PRIMARY } from "./actors.ts";
import { type ActorBeyond, readCreateBeyond, sendCreateBeyond } from "./beyond.ts";
import type { Borders } from "./borders.ts";
import { FIRST_ASKED } from "./cluster_actors.ts";
import { type ClusterActor, ClusterBorder } from "./cluster_border.ts";
import { describeActor, readDescription } from "./cluster_description.ts";
import type { GatewaySetup } from "./cluster_setup.ts";
import { diedError } from "./cells.ts";
import { deathText } from "./death.ts";
import { ForwardActor } from "./forward_actor.ts";
import type { Membrane } from "./membrane.ts";
import type { ProgramRoot } from "./program_root.ts";
import { disposeOf } from "./retire.ts";
import type { Thread } from "./thread.ts";

/** How long after a crash, in milliseconds, to ask once more whether an actor has started again. */
const ASK_AGAIN = 200;

/** The connections of one process to a cluster. */
export class Gateway implements Borders {
  /** Where the program's files are. */
  readonly root: ProgramRoot;
  /** Makes actors, and carries bytes to them. */
  readonly port: ClusterPort;
  protected readonly thread: Thread;
  readonly #setup: GatewaySetup;
  #lastLocal: number = PRIMARY;
  readonly #byLink = new Map<PeerLink, ClusterBorder>();
  readonly #byThread = new Map<number, ClusterBorder>();
  readonly #byAddress = new Map<string, ClusterBorder>();

  /**
   * @param thread The thread.
   * @param port The way to the cluster.
   * @param root Where the program's files are.
   * @param setup What is the same for all actors.
   */
  constructor(thread: Thread, port: ClusterPort, root: ProgramRoot, setup: GatewaySetup) {
    this.thread = thread;
    this.port = port;
    this.root = root;
    this.#setup = setup;
  }

  /** {@inheritDoc Borders.at} */
  at(link: PeerLink | undefined): Membrane | undefined {
    return link && this.#byLink.get(link);
  }

  /** {@inheritDoc Borders.homed} */
  homed(cell: ActorCell): ActorCell {
    return this.#byThread.get(cell.address.thread.id)?.homed(cell) ?? cell;
  }

  /** The borders to whoever has connected to this process's actor. */
  protected get callers(): ClusterBorder[] {
    return [...this.#byLink.values()].filter(({ actor }) => actor === undefined);
  }

  /** A number for what stands for an actor. */
  nextLocal(): number {
    return ++this.#lastLocal;
  }

  /** A new border. */
  protected add(actor?: ClusterActor): ClusterBorder {
    return this.#keep(new ClusterBorder(this.thread, this, actor));
  }

  #keep(border: ClusterBorder): ClusterBorder {
    this.#byLink.set(border.link, border);
    this.#byThread.set(border.link.peer.id, border);
    if (border.actor !== undefined) this.#byAddress.set(keyOf(border.actor.address), border);
    return border;
  }

  /** A connection has ended for good. */
  drop(border: ClusterBorder, note: DeathNote): void {
    if (!this.#forget(border)) return;
    border.closed(note);
    border.connection?.close();
  }

  #forget(border: ClusterBorder): boolean {
    if (!this.#byLink.delete(border.link)) return false;
    this.#byThread.delete(border.link.peer.id);
    if (border.actor !== undefined) this.#byAddress.delete(keyOf(border.actor.address));
    return true;
  }

  /** A connection has ended; if that was a crash, the actor may start again. */
  lost(border: ClusterBorder, note: DeathNote, isCrash: boolean): void {
    const { actor } = border;
    if (!isCrash || actor?.mayRestart !== true) return this.drop(border, note);
    const cell = border.cell(actor);
    const forwarder = border.forwarderOf(cell);
    if (!this.#forget(border)) return;
    forwarder.suspend();
    cell.suspend();
    border.closed(note);
    border.connection?.close();
    const next = new ClusterBorder(this.thread, this, actor, border.origin);
    this.#keep(next);
    this.#connectAgain(next, forwarder, cell, note);
  }

  /** Asks for an actor that has crashed until it is there again, or has ended for good. */
  #connectAgain(border: ClusterBorder, forwarder: ForwardActor, cell: ActorCell, note: DeathNote): void {
    const { cells, clock } = this.thread;
    let isThere = false;
    const connection = this.port.connect(border.actor!.address, {
      opened: () => {
        isThere = true;
        border.connection = connection;
        border.open(connection);
        cells.move(cell, { ...cell.address, thread: border.link.peer });
        border.connect(forwarder, cell);
      },
      received: (bytes) => border.received(bytes),
      closed: (end) => {
        if (isThere) return this.lost(border, noteOf(end), mayFollow(end));
        if (end.kind === "unavailable") {
          return void clock.setTimer(() => this.#connectAgain(border, forwarder, cell, note), ASK_AGAIN);
        }
        this.#forget(border);
        cell.break(diedError(cell, `${deathText(note)}, and it was not started again: ${end.text}`));
      },
    });
  }

  /** What others need to know to reach an actor by themselves; `undefined` if they cannot. */
  actorOf(cell: ActorCell): ClusterActor | undefined {
    const border = this.#byThread.get(cell.address.thread.id);
    return cell.address.local === PRIMARY ? border?.actor : undefined;
  }

  /** The cell of an actor that an address has come of. */
  reach(actor: ClusterActor): ActorCell {
    const known = this.#byAddress.get(keyOf(actor.address));
    if (known !== undefined) return known.cell(actor);
    const border = this.add(actor);
    border.openLazily(() => this.port.connect(actor.address, this.#eventsOf(border)));
    return border.cell(actor);
  }

  #eventsOf(border: ClusterBorder): ClusterEvents {
    return {
      opened: () => {},
      received: (bytes) => border.received(bytes),
      closed: (end) => this.lost(border, noteOf(end), mayFollow(end)),
    };
  }

  /** {@inheritDoc Borders.ended} */
  ended(link: PeerLink, reader: Reader): void {
    this.#byLink.get(link)?.ended(link, reader);
  }

  /** Over a border comes what makes this process's own actor. */
  create(_link: PeerLink, _reader: Reader, _items: readonly unknown[]): void {
    throw new CorruptFrameError("a cluster that wants an actor of the driver");
  }

  /** A thread of this process wants an actor on the cluster. */
  createOnCluster(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const { thread } = this;
    if (this.#byLink.has(link)) {
      throw new CorruptFrameError("another process that wants an actor of this one");
    }
    const local = reader.u32();
    const options = JSON.parse(reader.string());
    const beyond = readCreateBeyond(reader);
    this.expects(local);
    const forwarder = thread.host.find(local);
    if (!(forwarder instanceof ForwardActor)) throw new CorruptFrameError("an actor made twice");
    forwarder.id = beyond.id;
    thread.holders.change(local, link.peer.id, 1);
    try {
      const args = thread.values.readArgs(link, reader, items);
      const refusal = this.root.refusal(beyond.module);
      if (refusal !== undefined) throw new TypeError(refusal);
      this.#make(forwarder, beyond, options, args);
    } catch (error) {
      if (error instanceof CorruptFrameError) throw error;
      reportEnd(thread, forwarder, error, "it could not be made:");
    }
  }

  #make(
    forwarder: ForwardActor,
    { id, module, shape, settings }: ActorBeyond,
    options: Record<string, unknown> & ClusterAddress,
    args: readonly unknown[],
  ): void {
    const { isSerial, maxPendingCalls } = settings;
    const { name, namespace } = options;
    const mayRestart = Number(options.max_restarts ?? 0) !== 0;
    const address = { name, namespace };
    const actor: ClusterActor = { address, id, shape, isSerial, maxPendingCalls, mayRestart };
    const border = this.add(actor);
    try {
      const first = border.capture(() =>
        sendCreateBeyond(this.thread, border.link, {
          id,
          module: this.root.outward(module),
          shape: { ...shape, key: this.root.outward(shape.key) },
          settings,
        }, args)
      );
      const { start, namespace: usual } = this.#setup;
      const setup = { start, namespace: usual, address, mayRestart };
      const description = describeActor(actor, this.root);
      const spec = { ...start, setup: JSON.stringify(setup), description };
      const methods = shape.methods.map(({ name }) => name);
      const request = { className: shape.name, methods, spec, options, first };
      border.connection = this.port.create(address, request, {
        ...this.#eventsOf(border),
        closed: (end) => this.#notMade(border, forwarder, end),
      });
    } catch (error) {
      this.drop(border, { ending: "not made", text: "" });
      throw error;
    }
    border.open(border.connection);
    border.connect(forwarder, border.cell(actor));
  }

  #notMade(border: ClusterBorder, forwarder: ForwardActor, end: ClusterEnd): void {
    if (end.kind === "taken") {
      forwarder.cell?.break(new ActorAlreadyExistsError(end.text));
    }
    this.lost(border, noteOf(end), mayFollow(end));
  }

  /** {@inheritDoc Borders.expects} */
  expects(local: number): boolean {
    if (local < FIRST_ASKED) return false;
    if (this.thread.host.find(local) !== undefined) return true;
    this.forwarder("actor-", local);
    return true;
  }

  /** What stands for an actor that is not known yet. */
  forwarder(id: ActorId, local: number): ForwardActor {
    const forwarder = new ForwardActor(this.thread.host, id, local, {
      kill: (cell, noRestart) => this.kill(cell, noRestart),
      dispose: (cell) => void disposeOf(this.thread, cell),
    });
    this.thread.host.adopt(forwarder);
    return forwarder;
  }

  /** Ends an actor beyond a border at once. */
  kill(cell: ActorCell, noRestart: boolean): void {
    const border = this.#byThread.get(cell.address.thread.id);
    if (border?.actor === undefined || cell.address.local !== PRIMARY) return killCell(this.thread, cell);
    border.connected().kill(noRestart);
    if (noRestart) this.drop(border, { ending: "killed", text: "" });
  }

  /** The handle of the actor of a name; `undefined` if nobody has it. */
  async find(address: ClusterAddress): Promise<object | undefined> {
    const known = this.#byAddress.get(keyOf(address));
    if (known?.actor !== undefined) return this.thread.cells.handleOf(known.cell(known.actor));
    const description = await new Promise<string | undefined>((resolve) => {
      const connection = this.port.connect(address, {
        opened: (text) => {
          connection.close();
          resolve(text);
        },
        received: () => {},
        closed: () => resolve(undefined),
      });
      connection.write(new Uint8Array(0), () => {});
    });
    if (description === undefined) return undefined;
    return this.thread.cells.handleOf(this.reach({ ...readDescription(description, this.root), address }));
  }

  /** The names that actors have. */
  names(): Promise<ClusterAddress[]> {
    return this.port.names();
  }

  /** {@inheritDoc Borders.end} */
  end(): void {
    void this.port.end();
  }
}

function keyOf({ name, namespace }: ClusterAddress): string {
  return JSON.stringify([namespace, name]);
}

/** Why an actor's thread has ended, as the board says it. */
function noteOf({ kind, text }: ClusterEnd): DeathNote {
  return { ending: "ended", text: kind === "missing" ? `there is no such actor: ${text}` : text };
}

/** Whether another run may follow, if the actor has restarts. */
function mayFollow({ kind }: ClusterEnd): boolean {
  return kind === "crashed" || kind === "died" || kind === "unavailable";
}
