/**
 * The target of an actor in another thread: calls become frames.
 *
 * @module
 */

import type { CallTarget } from "../call/call_target.ts";
import { takerOf } from "../objects/cancelled_ref.ts";
import type { Ref } from "../objects/ref.ts";
import { type CallSettings, writeCallHead } from "../wire/call_settings.ts";
import { Frame } from "../wire/frames.ts";
import type { PeerLink } from "./peer.ts";

/** Writes values into a frame; see `Values`. */
export interface FrameValues {
  /** Ends the frame that is open on `link` with values; on failure there is no such frame. */
  finish(link: PeerLink, root: string, values: readonly unknown[]): void;
}

/** Sends calls over a link. */
export class LinkTarget implements CallTarget {
  readonly #link: PeerLink;
  readonly #values: FrameValues;
  readonly #actor: number;
  readonly #kind: number;

  /**
   * @param link The link to the actor's thread.
   * @param values Writes the arguments.
   * @param actor The actor's number in its thread.
   * @param kind The kind of frame that its calls are.
   */
  constructor(link: PeerLink, values: FrameValues, actor: number, kind: number = Frame.call) {
    this.#link = link;
    this.#values = values;
    this.#actor = actor;
    this.#kind = kind;
  }

  /** {@inheritDoc CallTarget.send} */
  send(method: number, settings: CallSettings, args: readonly unknown[], ref: Ref): void {
    const link = this.#link;
    const out = link.open(this.#kind, method);
    const slot = link.calls.add(ref);
    writeCallHead(out, this.#actor, slot, settings, args.length);
    try {
      this.#values.finish(link, "args", args);
    } catch (error) {
      link.calls.take(slot);
      throw error;
    }
    // With nothing on its way, there is nothing to gain by waiting for more.
    if (link.calls.size === 1) link.flush();
  }

  /** {@inheritDoc CallTarget.cancel} */
  cancel(ref: Ref, recursive: boolean): void {
    cancelSent(this.#link, this.#actor, ref, recursive);
  }
}

/** Cancels a call to `actor`, 0 for a task, that was sent over a link. */
export function cancelSent(link: PeerLink, actor: number, ref: Ref, recursive: boolean): void {
  const slot = link.calls.find(ref);
  if (slot < 0) return;
  link.calls.replace(slot, takerOf(ref));
  const out = link.open(Frame.cancel);
  out.u32(actor);
  out.u32(slot);
  out.u8(recursive ? 1 : 0);
  link.seal();
}
