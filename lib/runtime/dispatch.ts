/**
 * What frames mean: each kind is handed to the part of the runtime that it is for.
 *
 * @module
 */

import type { ActorHost } from "../exec/actor_host.ts";
import type { FrameSink, Link } from "../transport/link.ts";
import { isLinkEnd, type LinkEnd } from "../transport/link_end.ts";
import type { PeerLink } from "../transport/peer.ts";
import { NO_STREAM, PLAIN_CALL, readCallSettings } from "../wire/call_settings.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { readFaultSettings } from "../wire/fault_settings.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { endActor, reportEnd } from "./actor_ends.ts";
import { DETACHED, RENEWED } from "./creation.ts";
import { actorEnded, createFailed, fetchValue, holdHere, killHere } from "./actor_frames.ts";
import { cancelCall, cancelLent } from "./cancel.ts";
import { readThread } from "./children.ts";
import { disposeHere } from "./retire.ts";
import type { Membrane } from "./membrane.ts";
import { takeArguments, takeOver } from "./hand_over.ts";
import { renewHere } from "./rebirth.ts";
import type { PooledActors } from "./pooled_actors.ts";
import { openDesk } from "./program_names.ts";
import { nobody, observe, refuseArgs, refuseCall, takeRef } from "./odd_calls.ts";
import { LinkCall } from "./replies.ts";
import { failureOf } from "./task_errors.ts";
import { OWNER_ENDED } from "./death.ts";
import { takeFault } from "./further_run.ts";
import type { Thread } from "./thread.ts";

/** Takes a frame's body. */
type Handler = (link: PeerLink, reader: Reader, items: readonly unknown[], aux: number) => void;

/** Hands out the frames of one thread. */
export class Dispatcher implements FrameSink {
  readonly #thread: Thread;
  readonly #handlers: readonly (Handler | undefined)[];

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    const handlers: Record<keyof typeof Frame, Handler> = {
      call: (link, reader, items, aux) => this.#call(link, reader, items, aux),
      result: (link, reader, items) => this.#result(link, reader, items),
      failure: (link, reader, items) => this.#failure(link, reader, items),
      create: (link, reader, items, aux) => this.#create(link, reader, items, aux),
      createFailed: (link, reader, items) => createFailed(thread, link, reader, items),
      introduce: () => {},
      fetch: (link, reader) => fetchValue(thread, link, reader),
      release: (link, reader) => {
        const packed = reader.f64();
        thread.lending.tableOf(link).change(packed, link.peer.id, -reader.u32());
      },
      hold: (_, reader) => {
        const packed = reader.f64();
        thread.lending.table.change(packed, reader.u32(), 1);
      },
      kill: (link, reader) => killHere(thread, link, reader),
      makerEnded: (_, reader) => {
        const actor = thread.host.find(reader.u32());
        if (actor !== undefined) endActor(thread, actor, OWNER_ENDED);
      },
      expectActor: (link, reader) => {
        if (thread.pooled === undefined) throw new CorruptFrameError("word of an actor that cannot be here");
        thread.pooled.told(link, reader);
      },
      actorEnded: (link, reader, items) => actorEnded(thread, link, reader, items),
      task: (link, reader, items) => (thread.membrane?.tasks ?? thread.taskRunner).take(link, reader, items),
      leaseWanted: (link, reader) => thread.tasks.leaseWanted(link, reader),
      leaseUnwanted: (link, reader) => thread.tasks.leaseUnwanted(link, reader.u32()),
      leaseGranted: (_, reader) => thread.tasks.leaseGranted(reader),
      leaseReturned: (link, reader) => thread.tasks.leaseReturned(link, reader.u32()),
      admissionWanted: (link, reader) => thread.admission.wanted(link, reader),
      admitted: (_, reader) => thread.admission.admitted(reader),
      admissionOver: (_, reader) => thread.admission.ended(reader),
      item: (link, reader, items) => thread.streams.item(link, reader, items),
      itemsTaken: (link, reader) => thread.streams.itemsTaken(link, reader),
      streamStop: (link, reader) => thread.streams.streamStop(link, reader),
      join: (_, reader, items) => thread.crews.join(reader, items),
      crewCall: (link, reader, items, aux) => {
        thread.crews.called();
        this.#call(link, reader, items, aux);
      },
      actorReady: (link, reader) => {
        if (!thread.restarts.own.ready(link, reader)) thread.membrane?.ready(link);
      },
      actorWanted: (link, reader) => thread.restarts.own.wanted(link, reader),
      actorAt: (link, reader, items) => thread.restarts.at(link, reader, items),
      actorGone: (link, reader, items) => thread.restarts.gone(link, reader, items),
      stopActor: (_, reader) => thread.restarts.own.stop(reader),
      relay: (_, reader, items) => {
        if (thread.isWorker || !isLinkEnd(items[0])) throw new CorruptFrameError("nothing to hand on");
        const receiver = readThread(reader);
        thread.pool.start(receiver.id);
        thread.peers.relay(items[0], receiver);
      },
      holdActor: (_, reader) => holdHere(thread, reader),
      releaseActor: (link, reader) => {
        const actor = thread.host.find(reader.u32());
        if (actor !== undefined) thread.holders.change(actor.local, link.peer.id, -reader.u32());
      },
      cancel: (link, reader) => cancelCall(thread, link, reader),
      cancelRef: (link, reader) => cancelLent(thread, link, reader),
      retire: (_, reader) => disposeHere(thread, reader.u32()),
      createBeyond: (link, reader, items) => membraneOf(thread, link).create(link, reader, items),
      processEnded: (link, reader, items) => membraneOf(thread, link).ended(link, reader, items),
      events: (link, reader, items) => thread.observation.told(link, reader, items),
      loadWanted: (link, reader) => thread.observation.loads.wanted(link, reader),
      loads: (link, reader) => thread.observation.loads.answered(link, reader),
      named: (_, reader) => thread.names.named(reader),
      shapeWanted: (link, reader) => thread.names.shapeWanted(link, reader),
      handOver: (link, reader) => takeOver(thread, link, reader),
      handArguments: (link, reader, items) => takeArguments(thread, link, reader, items),
      startDetached: (_, reader, items) => thread.children.takeDetached(reader, items),
    };
    const table: Handler[] = [];
    for (const name of Object.keys(Frame) as (keyof typeof Frame)[]) table[Frame[name]] = handlers[name];
    this.#handlers = table;
  }

  /** {@inheritDoc FrameSink.dirty} */
  dirty(link: Link): void {
    this.#thread.loop.dirty(link);
  }

  /** Delivers what `link` has received; ends a link that talks nonsense. */
  drain(link: PeerLink): void {
    try {
      link.drain();
    } catch (error) {
      this.#refuse(link, error as Error);
    }
  }

  #refuse(link: PeerLink, error: Error): void {
    const text = `it sent what no thread would send: ${error.message}`;
    this.#thread.board.markDead(link.peer, { ending: "broken link", text });
    this.#thread.breakLink(link, `its thread was ended: ${text}`);
  }

  /** {@inheritDoc FrameSink.frame} */
  frame(link: Link, kind: number, aux: number, reader: Reader, items: readonly unknown[]): void {
    // Introductions count even if the rest of the frame cannot be used.
    if (items.length > 0 && kind !== Frame.relay) this.#introduced(items);
    // The two that come once a call, before the table.
    if (kind === Frame.call) this.#call(link as PeerLink, reader, items, aux);
    else if (kind === Frame.result) this.#result(link as PeerLink, reader, items);
    else this.#handle(link as PeerLink, kind, aux, reader, items);
  }

  #introduced(items: readonly unknown[]): void {
    for (const item of items) if (isLinkEnd(item)) this.#thread.peers.add(item as LinkEnd);
  }

  #handle(link: PeerLink, kind: number, aux: number, reader: Reader, items: readonly unknown[]): void {
    const handler = this.#handlers[kind];
    if (handler === undefined) throw new CorruptFrameError(`there is no frame of kind ${kind}`);
    handler(link, reader, items, aux);
  }

  #call(link: PeerLink, reader: Reader, items: readonly unknown[], method: number): void {
    const { pooled } = this.#thread;
    const local = reader.u32();
    if (pooled === undefined || !pooled.isUnread(local)) this.#callOf(local, link, reader, items, method);
    else this.#keepCall(pooled, local, link, reader, items, method);
  }

  #keepCall(
    pooled: PooledActors,
    local: number,
    link: PeerLink,
    reader: Reader,
    items: readonly unknown[],
    method: number,
  ): void {
    pooled.keep(local, link, reader, (later) => {
      try {
        this.#callOf(local, link, later, items, method);
      } catch (error) {
        this.#refuse(link, error as Error);
      }
    });
  }

  #callOf(local: number, link: PeerLink, reader: Reader, items: readonly unknown[], method: number): void {
    const { host, values } = this.#thread;
    const slot = reader.u32();
    const settings = readCallSettings(reader);
    const actor = host.find(local) ?? openDesk(this.#thread, local);
    const who = actor ?? nobody(this.#thread, local);
    let args: unknown[];
    try {
      args = values.readArgs(link, reader, items);
    } catch (error) {
      return refuseArgs(this.#thread, { link, slot, method, who }, actor, error);
    }
    const call = settings.stream === NO_STREAM
      ? new LinkCall(link, slot, values, who, method, settings, args)
      : this.#thread.streams.take(link, slot, who, method, settings, args);
    if (settings !== PLAIN_CALL) observe(this.#thread, call, actor, local);
    if (actor === undefined) refuseCall(this.#thread, local, call);
    else actor.push(call);
  }

  #result(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const ref = takeRef(link, reader);
    try {
      const value = this.#thread.values.read(link, reader, items);
      ref.resolve(value);
    } catch (error) {
      ref.reject(error);
      if (error instanceof CorruptFrameError) throw error;
    }
  }

  #failure(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const ref = takeRef(link, reader);
    try {
      const kind = reader.u8();
      const who = { taskName: reader.string(), actorId: reader.string() };
      const thrown = this.#thread.values.read(link, reader, items);
      ref.reject(failureOf(kind, thrown, who, ref.callSite));
    } catch (error) {
      ref.reject(error);
      if (error instanceof CorruptFrameError) throw error;
    }
  }

  #create(link: PeerLink, reader: Reader, items: readonly unknown[], aux: number): void {
    const { board, host, pooled, self } = this.#thread;
    const local = reader.u32();
    let actor = pooled === undefined ? host.find(local) : pooled.expect(local, link.peer, link.peer.id);
    const module = reader.string();
    const name = reader.string();
    const maxConcurrency = reader.u32();
    const maxPendingCalls = reader.f64();
    const fault = reader.u8() === 0 ? undefined : readFaultSettings(reader);
    if (maxConcurrency === 0) throw new CorruptFrameError("an actor that may do nothing");
    if (actor === undefined) {
      // On a thread of the pool, somebody may have ended it before its maker told of it.
      if (pooled !== undefined) return;
      throw new CorruptFrameError("an actor that nobody announced");
    }
    if (aux === RENEWED) actor = renewHere(this.#thread, actor, { fault });
    const isDetached = aux === DETACHED || actor.terms.isDetached;
    if (isDetached || maxPendingCalls !== actor.terms.maxPendingCalls) {
      actor.terms = { ...actor.terms, maxPendingCalls, isDetached };
    }
    takeFault(this.#thread, actor, fault, link.peer.id);
    const made = actor;
    if (aux === DETACHED) {
      if (pooled !== undefined) throw new CorruptFrameError("a detached actor on a thread of the pool");
      board.detach(self);
    }
    const make = (rest: Reader): void =>
      this.#construct(made, { link, module, name, maxConcurrency }, rest, items);
    if (pooled === undefined) make(reader);
    else pooled.load(made, module, name, reader, make);
  }

  #construct(
    actor: ActorHost,
    { link, module, name, maxConcurrency }: {
      link: PeerLink;
      module: string;
      name: string;
      maxConcurrency: number;
    },
    reader: Reader,
    items: readonly unknown[],
  ): void {
    const { host, definitions, values } = this.#thread;
    try {
      const args = values.readArgs(link, reader, items);
      const definition = definitions.findClass(module, name);
      if (definition === undefined) {
        throw new TypeError(
          `Cannot make an actor of class "${name}": ${module} did not declare it when a worker loaded it, declare it at the ` +
            `top level there, not in a function or under "if (import.meta.main)", or say its module with the option "module: import.meta.url"`,
        );
      }
      host.construct(actor, definition, maxConcurrency, args);
    } catch (error) {
      if (error instanceof CorruptFrameError) throw error;
      reportEnd(this.#thread, actor, error, "it could not be made:");
    }
  }
}

function membraneOf({ membrane }: Thread, link: PeerLink): Membrane {
  if (membrane === undefined) throw new CorruptFrameError("there is no process beyond this thread");
  return membrane.of(link) ?? membrane;
}
