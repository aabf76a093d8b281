/**
 * Refs that cross the border between two processes, on one side of it.
 *
 * @module
 */

import type { ObjectId } from "../base/ids.ts";
import { ObjectLostError } from "../base/lost_errors.ts";
import { NamedRef } from "../objects/named_ref.ts";
import { type CancelHow, Ref } from "../objects/ref.ts";
import { RefTable } from "../objects/ref_table.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { Encoding } from "../wire/coding.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { sendCancelRef } from "./cancel.ts";
import { FarKind, MINE, YOURS } from "./far_kinds.ts";
import { sourceAt } from "./lending.ts";
import { lostErrorOf } from "./lost_call.ts";
import type { Thread } from "./thread.ts";

/** Why what was another program's is lost. */
export const PROGRAM_ENDED = "the program that it was of has ended";

/** One side's. */
export class FarRefs {
  /** Who holds what. */
  readonly table: RefTable;
  readonly #thread: Thread;
  readonly #link: PeerLink;
  readonly #imports = new WeakMap<Ref, number>();

  /**
   * @param thread The thread.
   * @param link The link to the other process.
   */
  constructor(thread: Thread, link: PeerLink) {
    this.#thread = thread;
    this.#link = link;
    this.table = new RefTable((packed, copies) => {
      if (link.isClosed) return;
      const out = link.open(Frame.release);
      out.f64(packed);
      out.u32(copies);
      link.seal();
    });
  }

  /** Writes a ref for the other process. */
  encode(ref: Ref, encoder: Encoding, effects: (() => void)[]): void {
    encoder.custom(FarKind.ref);
    const { writer } = encoder;
    const theirs = this.#imports.get(ref);
    writer.u8(theirs === undefined ? MINE : YOURS);
    writer.f64(theirs ?? ref.number());
    if (theirs !== undefined) return;
    writer.string(ref.taskName);
    writer.string(ref.id);
    effects.push(() => this.table.lend(ref, this.#link.peer.id));
  }

  /** Reads one that came from there. */
  decode(reader: Reader): Ref {
    const whose = reader.u8();
    const packed = reader.f64();
    const [thread, link] = [this.#thread, this.#link];
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
        if (link.isClosed) return ref.reject(lostErrorOf(thread, ref, PROGRAM_ENDED));
        const out = link.open(Frame.fetch);
        out.u32(link.calls.add(ref));
        out.f64(packed);
        link.seal();
      };
      return ref;
    });
  }
}
