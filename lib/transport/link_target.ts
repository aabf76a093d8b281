/**
 * The target of an actor in another thread: calls become frames.
 *
 * @module
 */

import type { CallTarget } from "../call/call_target.ts";
import type { Ref } from "../objects/ref.ts";
import { Frame } from "../wire/frames.ts";
import type { PeerLink } from "./peer.ts";

/** Writes values into a frame; see `Values`. */
export interface FrameValues {
  /** Begins to encode into the frame that is open on `link`. */
  begin(link: PeerLink, root: string): void;
  /** Encodes one value. */
  add(value: unknown): void;
  /** Ends the frame. */
  commit(link: PeerLink): void;
  /** Forgets the frame. */
  rollback(link: PeerLink): void;
}

/** Sends calls over a link. */
export class LinkTarget implements CallTarget {
  readonly #link: PeerLink;
  readonly #values: FrameValues;
  readonly #actor: number;

  /**
   * @param link The link to the actor's thread.
   * @param values Writes the arguments.
   * @param actor The actor's number in its thread.
   */
  constructor(link: PeerLink, values: FrameValues, actor: number) {
    this.#link = link;
    this.#values = values;
    this.#actor = actor;
  }

  /** {@inheritDoc CallTarget.send} */
  send(method: number, group: string, args: readonly unknown[], ref: Ref): void {
    const link = this.#link;
    const slot = link.calls.add(ref);
    const out = link.open(Frame.call, method);
    try {
      out.u32(this.#actor);
      out.u32(slot);
      out.string(group);
      out.varint(args.length);
      this.#values.begin(link, "args");
      for (let i = 0; i < args.length; i++) this.#values.add(args[i]);
      this.#values.commit(link);
    } catch (error) {
      this.#values.rollback(link);
      link.calls.take(slot);
      throw error;
    }
  }
}
