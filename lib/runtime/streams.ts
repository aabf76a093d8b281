/**
 * The streams of one thread: those that are read here, and those that are made here.
 *
 * @module
 */

import type { ActorHost } from "../exec/actor_host.ts";
import type { StreamingCall, StreamProducer } from "../exec/stream_producer.ts";
import { PENDING, type Ref } from "../objects/ref.ts";
import { RetriedRef } from "../objects/retried_ref.ts";
import { RefStream, type StreamControl, StreamInbox } from "../objects/stream.ts";
import type { PeerLink } from "../transport/peer.ts";
import { type CallSettings, UNBOUNDED } from "../wire/call_settings.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { type LocalCall, sendResult, type TaskNamer } from "./replies.ts";
import { LinkStreamCall, LocalStreamCall } from "./stream_calls.ts";
import type { Thread } from "./thread.ts";

/** Takes the items of a stream. */
type ItemTaker = Pick<StreamInbox, "push" | "fail">;

/** A stream that is read here, and where its last item came from. */
interface Reading {
  readonly inbox: ItemTaker;
  link: PeerLink | undefined;
  slot: number;
  /** The actor that reads it, where many share the thread. */
  readonly reader?: ActorHost | undefined;
}

/** Tells inboxes from producers, and each where the other is. */
export class Streams implements StreamControl {
  readonly #thread: Thread;
  /** The streams read here, by their calls' refs, until they have ended. */
  readonly #readings = new Map<Ref, Reading>();
  /** The streams made here, by the caller's link and slot. */
  readonly #producers = new Map<PeerLink, Map<number, StreamProducer>>();
  /** The streams made and read here. */
  readonly #local = new Map<Ref, StreamProducer>();
  readonly #dropped = new FinalizationRegistry((inbox: StreamInbox) => inbox.dropped());
  readonly #inboxOf = (ref: Ref): ItemTaker | undefined => this.#readings.get(ref)?.inbox;

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** The stream of a call that has just been made, with room for `limit` items. */
  open(whole: Ref, limit: number): RefStream {
    const inbox = new StreamInbox(whole, limit !== UNBOUNDED, this);
    const stream = new RefStream(inbox);
    if (whole.status === PENDING) {
      this.#readings.set(whole, {
        inbox,
        link: undefined,
        slot: 0,
        reader: this.#thread.host.currentActor(),
      });
      this.#dropped.register(stream, inbox);
    }
    whole.observe(inbox);
    return stream;
  }

  /**
   * The stream of a call that has just been made only passes here: its items go to where `call` came from. `refuse` is called at most
   * once, with the error of an item that cannot pass; then no more is to be said of the call.
   */
  forward(whole: Ref, call: StreamingCall, refuse: (error: Error) => void): void {
    // Whoever makes it may not have it yet, and hears of the stop again when an item comes that nobody reads.
    const stop = (): void => {
      this.#readings.delete(whole);
      this.#stop(whole);
    };
    const fail = (error: unknown): void => {
      stop();
      refuse(error as Error);
    };
    const push = (index: number, value: unknown): void => {
      try {
        call.item(index, value);
      } catch (error) {
        fail(error);
      }
    };
    this.#readings.set(whole, { inbox: { push, fail }, link: undefined, slot: 0 });
    whole.observe({ settled: () => this.#readings.delete(whole) });
    call.producer.passOn({ taken: (index) => this.#taken(whole, index), stop });
  }

  /** An item has come for a stream that is read here. */
  item(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const slot = reader.u32();
    const index = reader.f64();
    const whole = link.calls.at(slot);
    if (whole === undefined) throw new CorruptFrameError("an item of no call");
    // Nobody reads a stream that was cancelled, or stopped before its call was sent.
    const reading = this.#readings.get(whole);
    if (!Number.isSafeInteger(index) || index < 0) throw new CorruptFrameError("an item without a place");
    let value: unknown;
    try {
      value = this.#thread.values.read(link, reader, items);
    } catch (error) {
      if (error instanceof CorruptFrameError) throw error;
      return reading?.inbox.fail(error);
    }
    if (reading !== undefined) {
      reading.link = link;
      reading.slot = slot;
      reading.inbox.push(index, value);
    } else if (index === 0) sendStop(link, slot);
  }

  /** {@inheritDoc StreamControl.taken} */
  taken({ whole }: StreamInbox, position: number): void {
    const local = this.#local.get(whole);
    if (local !== undefined) return local.taken(position);
    this.#taken(whole, position);
  }

  #taken(whole: Ref, position: number): void {
    const reading = this.#readings.get(whole);
    // An earlier attempt's slot may be another call's by now.
    if (reading?.link?.calls.at(reading.slot) !== whole || reading.link.isClosed) return;
    const out = reading.link.open(Frame.itemsTaken);
    out.u32(reading.slot);
    out.f64(position);
    reading.link.seal();
  }

  /** {@inheritDoc StreamControl.stop} */
  stop({ whole }: StreamInbox): void {
    if (whole instanceof RetriedRef) whole.disarm();
    const local = this.#local.get(whole);
    if (local !== undefined) return local.stop();
    this.#stop(whole);
  }

  #stop(whole: Ref): void {
    const found = this.#find(whole);
    // A call that was not sent yet never will be.
    if (found === undefined) whole.resolve(undefined);
    else sendStop(found.link, found.slot);
  }

  /** {@inheritDoc StreamControl.closed} */
  closed({ whole }: StreamInbox): void {
    this.#readings.delete(whole);
  }

  /** Takes a streaming call that has come over a link. */
  take(
    link: PeerLink,
    slot: number,
    who: TaskNamer,
    method: number,
    settings: CallSettings,
    args: readonly unknown[],
  ): LinkStreamCall {
    let producers = this.#producers.get(link);
    if (producers === undefined) this.#producers.set(link, producers = new Map());
    const call = new LinkStreamCall(link, slot, this.#thread.values, who, method, settings, args, () => {
      if (producers.get(slot) === call.producer) producers.delete(slot);
    });
    producers.set(slot, call.producer);
    return call;
  }

  /** Makes a streaming call within this thread. */
  makeLocal(
    method: number,
    settings: CallSettings,
    args: readonly unknown[],
    ref: Ref,
    actor: { readonly id: string },
  ): LocalCall {
    const call = new LocalStreamCall(
      method,
      settings,
      args,
      ref,
      this.#thread.values,
      actor,
      this.#inboxOf,
    );
    this.#local.set(ref, call.producer);
    ref.observe({ settled: () => this.#local.delete(ref) });
    return call;
  }

  /** Items of a stream that is made here were read. */
  itemsTaken(link: PeerLink, reader: Reader): void {
    const slot = reader.u32();
    const position = reader.f64();
    if (!(position >= 0)) throw new CorruptFrameError("items read before the first");
    // It may have ended meanwhile.
    this.#producers.get(link)?.get(slot)?.taken(position);
  }

  /** Nobody reads a stream any more that is made here. */
  streamStop(link: PeerLink, reader: Reader): void {
    const slot = reader.u32();
    if (this.#thread.pooled?.withdraw(link, slot)) {
      return sendResult(link, slot, undefined, this.#thread.values);
    }
    this.#producers.get(link)?.get(slot)?.stop();
  }

  /** An actor of this thread has ended: nobody reads on what it read. */
  readerEnded(actor: ActorHost): void {
    for (const { inbox, reader } of [...this.#readings.values()]) {
      if (reader === actor && inbox instanceof StreamInbox) inbox.stop();
    }
  }

  /** A link was closed: nobody reads what was made for its other end. */
  linkClosed(link: PeerLink): void {
    const producers = this.#producers.get(link);
    this.#producers.delete(link);
    if (producers !== undefined) { for (const producer of [...producers.values()]) producer.stop(); }
  }

  #find(whole: Ref): { link: PeerLink; slot: number } | undefined {
    for (const link of this.#thread.peers.all()) {
      const slot = link.calls.find(whole);
      if (slot >= 0 && !link.isClosed) return { link, slot };
    }
    return undefined;
  }
}

function sendStop(link: PeerLink, slot: number): void {
  link.open(Frame.streamStop).u32(slot);
  link.seal();
}
