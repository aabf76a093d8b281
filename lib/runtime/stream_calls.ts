/**
 * Calls whose answer is a stream, where they run: their items go the way that the answer goes.
 *
 * @module
 */

import { type StreamingCall, StreamProducer } from "../exec/stream_producer.ts";
import type { StreamInbox } from "../objects/stream.ts";
import type { Ref } from "../objects/ref.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { CallSettings } from "../wire/call_settings.ts";
import { Frame } from "../wire/frames.ts";
import { LinkCall, LocalCall, type TaskNamer } from "./replies.ts";
import type { Values } from "./values.ts";

/** A streaming call that came over a link. */
export class LinkStreamCall extends LinkCall implements StreamingCall {
  readonly producer: StreamProducer;
  readonly #link: PeerLink;
  readonly #slot: number;
  readonly #values: Values;
  readonly #onAnswered: () => void;

  /**
   * @param link The link.
   * @param slot The caller's slot for items and answer.
   * @param values Writes them.
   * @param who Says who threw.
   * @param method The method's index.
   * @param settings What was said of the call.
   * @param args The arguments.
   * @param onAnswered Called when the call is answered.
   */
  constructor(
    link: PeerLink,
    slot: number,
    values: Values,
    who: TaskNamer,
    method: number,
    settings: CallSettings,
    args: readonly unknown[],
    onAnswered: () => void,
  ) {
    super(link, slot, values, who, method, settings, args);
    this.producer = new StreamProducer(settings.stream);
    this.#link = link;
    this.#slot = slot;
    this.#values = values;
    this.#onAnswered = onAnswered;
  }

  /** {@inheritDoc StreamingCall.item} */
  item(index: number, value: unknown): void {
    if (this.#link.isClosed) return;
    const out = this.#link.open(Frame.item);
    out.u32(this.#slot);
    out.f64(index);
    this.#values.finishOne(this.#link, "item", value);
    // The next step may take long, and the reader shall have this item meanwhile.
    this.#link.flush();
  }

  /** Answers that the stream has ended. Throws the error that it was stopped with, if any: the answer is that then. */
  override succeed(): void {
    if (this.producer.stopError !== undefined) throw this.producer.stopError;
    this.#onAnswered();
    super.succeed(undefined);
  }

  /** {@inheritDoc IncomingCall.fail} */
  override fail(thrown: unknown): void {
    this.#onAnswered();
    super.fail(thrown);
  }

  /** {@inheritDoc IncomingCall.refuse} */
  override refuse(error: Error): void {
    this.#onAnswered();
    this.producer.abandon();
    super.refuse(error);
  }
}

/** A streaming call within this thread. */
export class LocalStreamCall extends LocalCall implements StreamingCall {
  readonly producer: StreamProducer;
  readonly #ref: Ref;
  readonly #values: Values;
  readonly #inboxOf: (ref: Ref) => Pick<StreamInbox, "push"> | undefined;

  /**
   * @param method The method's index.
   * @param settings What was said of the call.
   * @param args The arguments, the callee's own.
   * @param ref What the answer settles.
   * @param values Copies items.
   * @param actor The actor.
   * @param inboxOf Where items go.
   */
  constructor(
    method: number,
    settings: CallSettings,
    args: readonly unknown[],
    ref: Ref,
    values: Values,
    actor: { readonly id: string },
    inboxOf: (ref: Ref) => Pick<StreamInbox, "push"> | undefined,
  ) {
    super(method, settings, args, ref, values, actor);
    this.producer = new StreamProducer(settings.stream);
    this.#ref = ref;
    this.#values = values;
    this.#inboxOf = inboxOf;
  }

  /** {@inheritDoc StreamingCall.item} */
  item(index: number, value: unknown): void {
    const copy = this.#values.copyOne(value, "item");
    this.#inboxOf(this.#ref)?.push(index, copy);
  }

  /** Answers that the stream has ended. Throws the error that it was stopped with, if any: the answer is that then. */
  override succeed(): void {
    if (this.producer.stopError !== undefined) throw this.producer.stopError;
    super.succeed(undefined);
  }

  /** {@inheritDoc IncomingCall.refuse} */
  override refuse(error: Error): void {
    this.producer.abandon();
    super.refuse(error);
  }
}
