/**
 * What frames mean: each kind is handed to the part of the runtime that it is for.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import { ObjectLostError } from "../base/lost_errors.ts";
import { actorId } from "../base/ids.ts";
import { FAILED, type Ref } from "../objects/ref.ts";
import type { Link } from "../transport/link.ts";
import { type FrameSink, isLinkEnd, type LinkEnd } from "../transport/link.ts";
import type { PeerLink } from "../transport/peer.ts";
import { NO_STREAM, readCallSettings } from "../wire/call_settings.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { FailureKind, Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { endActor, reportEnd } from "./actors.ts";
import { cancelCall, cancelLent } from "./cancel.ts";
import { DISPOSED, retireActor } from "./retire.ts";
import { ForwardActor } from "./forward_actor.ts";
import type { Membrane } from "./membrane.ts";
import { LinkCall, sendFailure, sendResult, taskErrorOf } from "./replies.ts";
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
      create: (link, reader, items) => this.#create(link, reader, items),
      createFailed: (link, reader, items) => this.#createFailed(link, reader, items),
      introduce: () => {},
      fetch: (link, reader) => this.#fetch(link, reader),
      release: (link, reader) => {
        const packed = reader.f64();
        thread.lending.tableOf(link).change(packed, link.peer.id, -reader.u32());
      },
      hold: (_, reader) => {
        const packed = reader.f64();
        thread.lending.table.change(packed, reader.u32(), 1);
      },
      kill: (_, reader) => {
        const actor = thread.host.find(reader.u32());
        if (actor instanceof ForwardActor) actor.kill();
        else if (actor !== undefined) endActor(thread, actor, "it was killed");
      },
      actorEnded: (link, reader, items) => this.#actorEnded(link, reader, items),
      task: (link, reader, items) => thread.taskRunner.take(link, reader, items),
      leaseWanted: (link) => thread.tasks.leaseWanted(link),
      leaseGranted: (_, reader) => thread.tasks.leaseGranted(reader.u32()),
      leaseReturned: (link, reader) => thread.tasks.leaseReturned(link, reader.u32()),
      item: (link, reader, items) => thread.streams.item(link, reader, items),
      itemsTaken: (link, reader) => thread.streams.itemsTaken(link, reader),
      streamStop: (link, reader) => thread.streams.streamStop(link, reader),
      join: (_, reader, items) => thread.crews.join(reader, items),
      crewCall: (link, reader, items, aux) => {
        thread.crews.called();
        this.#call(link, reader, items, aux);
      },
      relay: (_, reader, items) => {
        if (thread.isWorker || !isLinkEnd(items[0])) throw new CorruptFrameError("nothing to hand on");
        thread.peers.relay(items[0], reader.u32());
      },
      holdActor: (_, reader) => {
        const local = reader.u32();
        thread.holders.change(local, reader.u32(), 1);
      },
      releaseActor: (link, reader) => {
        const local = reader.u32();
        thread.holders.change(local, link.peer.id, -reader.u32());
      },
      cancel: (link, reader) => cancelCall(thread, link, reader),
      cancelRef: (link, reader) => cancelLent(thread, link, reader),
      retire: (_, reader) => {
        const actor = thread.host.find(reader.u32());
        if (actor !== undefined) retireActor(thread, actor, DISPOSED, false);
      },
      createBeyond: (link, reader, items) => membraneOf(thread).create(link, reader, items),
      processEnded: (link, reader, items) => membraneOf(thread).ended(link, reader, items),
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
      const text = `it sent what no thread would send: ${(error as Error).message}`;
      this.#thread.board.markDead(link.peer, { ending: "broken link", text });
      this.#thread.breakLink(link, `its thread was ended: ${text}`);
    }
  }

  /** {@inheritDoc FrameSink.frame} */
  frame(link: Link, kind: number, aux: number, reader: Reader, items: readonly unknown[]): void {
    // Introductions count even if the rest of the frame cannot be used.
    for (let i = 0; i < items.length && kind !== Frame.relay; i++) {
      if (isLinkEnd(items[i])) this.#thread.peers.add(items[i] as LinkEnd);
    }
    // The two that come once a call, before the table.
    if (kind === Frame.call) this.#call(link as PeerLink, reader, items, aux);
    else if (kind === Frame.result) this.#result(link as PeerLink, reader, items);
    else {
      const handler = this.#handlers[kind];
      if (handler === undefined) throw new CorruptFrameError(`there is no frame of kind ${kind}`);
      handler(link as PeerLink, reader, items, aux);
    }
  }

  #call(link: PeerLink, reader: Reader, items: readonly unknown[], method: number): void {
    const { host, values } = this.#thread;
    const local = reader.u32();
    const slot = reader.u32();
    const settings = readCallSettings(reader);
    const actor = host.find(local);
    const who = actor ??
      { identify: () => ({ taskName: "a call", actorId: actorId(this.#thread.self.id, local) }) };
    let args: unknown[];
    try {
      args = values.readArgs(link, reader, items);
    } catch (error) {
      if (error instanceof CorruptFrameError) throw error;
      return sendFailure(link, slot, FailureKind.system, who.identify(method), error, values);
    }
    const call = settings.stream === NO_STREAM
      ? new LinkCall(link, slot, values, who, method, settings, args)
      : this.#thread.streams.take(link, slot, who, method, settings, args);
    if (actor !== undefined) return actor.push(call);
    const id = actorId(this.#thread.self.id, local);
    call.refuse(new ActorDiedError(`Cannot call ${id}: it has died`, { actorId: id }));
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
      ref.reject(kind === FailureKind.thrown ? taskErrorOf(thrown, who, ref.callSite) : thrown);
    } catch (error) {
      ref.reject(error);
      if (error instanceof CorruptFrameError) throw error;
    }
  }

  #create(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const { host, definitions, values } = this.#thread;
    const actor = host.find(reader.u32());
    const module = reader.string();
    const name = reader.string();
    const maxConcurrency = reader.u32();
    const maxPendingCalls = reader.f64();
    if (actor === undefined) throw new CorruptFrameError("an actor that nobody announced");
    if (maxConcurrency === 0) throw new CorruptFrameError("an actor that may do nothing");
    actor.maxPendingCalls = maxPendingCalls;
    this.#thread.holders.change(actor.local, link.peer.id, 1);
    try {
      const args = values.readArgs(link, reader, items);
      const definition = definitions.findClass(module, name);
      if (definition === undefined) {
        throw new TypeError(
          `Cannot make an actor of class "${name}": ${module} did not declare it when a worker loaded it, declare it at the ` +
            `top level there, or say its module with the option "module: import.meta.url"`,
        );
      }
      host.construct(
        actor,
        definition,
        maxConcurrency,
        args,
        (error) => reportEnd(this.#thread, actor, error),
      );
    } catch (error) {
      if (error instanceof CorruptFrameError) throw error;
      reportEnd(this.#thread, actor, error, "it could not be made:");
    }
  }

  #createFailed(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const actor = this.#thread.host.find(reader.u32());
    const cause = this.#thread.values.read(link, reader, items);
    if (actor !== undefined) reportEnd(this.#thread, actor, cause, "an argument of its constructor failed:");
  }

  #actorEnded(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const local = reader.u32();
    const error = this.#thread.values.read(link, reader, items);
    if (error instanceof ActorDiedError) this.#thread.cells.find(link.peer.id, local)?.break(error);
  }

  #fetch(link: PeerLink, reader: Reader): void {
    const slot = reader.u32();
    const packed = reader.f64();
    const { lending, values } = this.#thread;
    const refuse = (taskName: string, error: unknown): void => {
      sendFailure(link, slot, FailureKind.system, { taskName, actorId: "" }, error, values);
    };
    const ref = lending.tableOf(link).lent(packed);
    if (ref === undefined) {
      return refuse("a ref", new ObjectLostError("Cannot get a value: its owner has it no more"));
    }
    ref.observe({
      settled() {
        if (ref.status === FAILED) return refuse(ref.taskName, ref.value);
        try {
          sendResult(link, slot, ref.value, values);
        } catch (error) {
          refuse(ref.taskName, error);
        }
      },
    });
  }
}

function membraneOf(thread: Thread): Membrane {
  if (thread.membrane === undefined) throw new CorruptFrameError("there is no process beyond this thread");
  return thread.membrane;
}

function takeRef(link: PeerLink, reader: Reader): Ref {
  const ref = link.calls.take(reader.u32());
  if (ref === undefined) throw new CorruptFrameError("an answer to no call");
  return ref;
}
