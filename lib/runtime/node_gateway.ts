/**
 * The first thread of a process on a node of a cluster: it makes the process's actor, serves whoever connects to it, and reaches
 * other actors for it.
 *
 * @module
 */

import { ownerOf } from "../call/handle.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { ClusterAddress } from "../transport/ray/cluster_port.ts";
import type { HostPort } from "../transport/ray/host_port.ts";
import { PLAIN_CALL } from "../wire/call_settings.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { type DeathNote, endings } from "../transport/thread_address.ts";
import { killCell } from "./actor_ends.ts";
import { createOnThread, PRIMARY } from "./actors.ts";
import { readCreateBeyond } from "./beyond.ts";
import type { ClusterActor, ClusterBorder } from "./cluster_border.ts";
import type { GatewaySetup } from "./cluster_setup.ts";
import { Gateway } from "./gateway.ts";
import type { ProgramRoot } from "./program_root.ts";
import type { Thread } from "./thread.ts";

/** What a process on a node is told. */
export interface NodeSetup extends GatewaySetup {
  /** By what others find its actor. */
  readonly address: ClusterAddress;
  /** True if that has restarts. */
  readonly mayRestart: boolean;
}

/** The connections of a process on a node. */
export class NodeGateway extends Gateway {
  readonly #setup: NodeSetup;
  readonly #host: HostPort;
  #own: ActorCell | undefined;
  #self: ClusterActor | undefined;

  /**
   * @param thread The thread.
   * @param host The way to the cluster.
   * @param root Where the program's files are.
   * @param setup What the process was told.
   */
  constructor(thread: Thread, host: HostPort, root: ProgramRoot, setup: NodeSetup) {
    super(thread, host, root, setup);
    this.#host = host;
    this.#setup = setup;
  }

  /** Serves whoever connects to this process's actor. */
  listen(): void {
    const borders = new Map<number, ClusterBorder>();
    this.#host.listen({
      opened: (number, stream) => {
        const border = this.add();
        border.open(stream);
        borders.set(number, border);
      },
      received: (number, bytes) => borders.get(number)?.received(bytes),
      closed: (number, { text }) => {
        const border = borders.get(number);
        borders.delete(number);
        if (border !== undefined) this.drop(border, { ending: "ended", text });
      },
      called: (method, args) => this.#call(method, args),
    });
  }

  /** Over the first border comes what makes this process's actor. */
  override create(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const { thread } = this;
    const border = this.callers.find((caller) => caller.link === link);
    if (border === undefined || this.#own !== undefined) {
      throw new CorruptFrameError("one actor more than a process has");
    }
    const { id, module, shape, settings } = readCreateBeyond(reader);
    // Others may call it by this number while its arguments are read.
    const forwarder = border.forwarderAt(id, PRIMARY);
    const args = thread.values.readArgs(link, reader, items);
    const local = { module: this.root.inward(module), shape: { ...shape, key: this.root.inward(shape.key) } };
    const cell = ownerOf(createOnThread(thread, local, settings, args, { id, isBridge: false })) as ActorCell;
    this.#own = cell;
    const { isSerial, maxPendingCalls } = settings;
    const { address, mayRestart } = this.#setup;
    this.#self = { address, id, shape: local.shape, isSerial, maxPendingCalls, mayRestart };
    cell.onBroken.push(() => this.#announce(cell));
    border.connect(forwarder, cell);
  }

  /** {@inheritDoc Gateway.kill} */
  override kill(cell: ActorCell, noRestart: boolean): void {
    if (cell === this.#own) killCell(this.thread, cell);
    else super.kill(cell, noRestart);
  }

  /** {@inheritDoc Gateway.actorOf} */
  override actorOf(cell: ActorCell): ClusterActor | undefined {
    return cell === this.#own ? this.#self : super.actorOf(cell);
  }

  /** The actor has ended: tells whoever has connected, and the host, which ends the process. */
  #announce({ deathError, address }: ActorCell): void {
    const { thread } = this;
    const cause = deathError?.cause;
    const text = deathError?.message.replace(/^.*? has died, /s, "") ?? "";
    const note: DeathNote = cause !== undefined
      ? { ending: "not made", text }
      : thread.board.isAlive(address.thread)
      ? { ending: "ended", text }
      : thread.board.deathNote(address.thread);
    for (const { link } of this.callers) {
      const out = link.open(Frame.processEnded);
      out.u8(endings.indexOf(note.ending));
      out.string(note.text);
      out.u8(cause === undefined ? 0 : 1);
      if (cause === undefined) link.seal();
      else thread.values.finishThrown(link, deathError);
      link.flush();
    }
    const crashed = note.ending === "crashed" || note.ending === "exited";
    this.#host.ended({ kind: crashed ? "crashed" : "ended", text });
  }

  async #call(method: string, args: readonly unknown[]): Promise<unknown> {
    const cell = this.#own;
    const index = cell?.shape.methods.findIndex(({ name }) => name === method) ?? -1;
    if (cell === undefined || index < 0) {
      throw new TypeError(`Cannot call "${method}": ${cell?.shape.name ?? "the actor"} has no such method`);
    }
    return await cell.submit(index, PLAIN_CALL, [...args]);
  }
}
