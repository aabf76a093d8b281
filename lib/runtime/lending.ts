/**
 * Refs that go from thread to thread: who owns them, who holds copies, and how their values are fetched.
 *
 * @module
 */

import { OwnerDiedError } from "../base/lost_errors.ts";
import { type ObjectId, refOwner } from "../base/ids.ts";
import { Ref, type RefSource } from "../objects/ref.ts";
import { NamedRef } from "../objects/named_ref.ts";
import { RefTable } from "../objects/ref_table.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { PeerLink } from "../transport/peer.ts";
import { Frame } from "../wire/frames.ts";
import type { Thread } from "./thread.ts";

/** The crossing refs of one thread. */
export class Lending {
  /** Who holds what. */
  readonly table: RefTable;
  readonly #thread: Thread;

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.table = new RefTable((packed, copies) => this.#release(packed, copies));
  }

  /** Who holds what of the refs that went over a link: those that crossed to another process are counted apart. */
  tableOf(link: PeerLink): RefTable {
    return this.#thread.membrane?.of(link)?.table ?? this.table;
  }

  /** A ref goes to `receiver`; its owner is told. */
  lend(ref: Ref, receiver: PeerLink): void {
    if (ref.owner === undefined) return this.table.lend(ref, receiver.peer.id);
    if (ref.owner.id === receiver.peer.id) return;
    const owner = this.#thread.peers.find(ref.owner.id);
    if (owner === undefined) return;
    const out = owner.open(Frame.hold);
    out.f64(ref.number());
    out.u32(receiver.peer.id);
    owner.seal();
  }

  /** A ref has come. Its value is fetched when somebody waits for it. */
  borrow(packed: number, owner: ThreadAddress, fulfiller: number, taskName: string, id?: ObjectId): Ref {
    const own = owner.id === this.#thread.self.id ? this.table.lent(packed) : undefined;
    return own ?? this.table.borrow(packed, () => {
      const source = sourceAt(fulfiller);
      const ref = id === undefined
        ? new Ref(this.#thread, taskName, source)
        : new NamedRef(this.#thread, taskName, source, id);
      ref.packed = packed;
      ref.owner = owner;
      ref.onDemand = fetcher(this.#thread);
      return ref;
    });
  }

  #release(packed: number, copies: number): void {
    const owner = this.#thread.peers.find(refOwner(packed));
    if (owner === undefined || owner.isClosed) return;
    const out = owner.open(Frame.release);
    out.f64(packed);
    out.u32(copies);
    owner.seal();
  }
}

/** A ref whose value another thread makes. */
export function sourceAt(fulfiller: number): RefSource {
  return {
    actorId: undefined,
    activity: () => undefined,
    fulfiller: () => fulfiller,
    answered: () => {},
    // Its owner does; see cancel.ts.
    cancel: () => {},
  };
}

/** Fetches a ref's value. Made apart from the ref, so that it does not keep it from being collected. */
function fetcher(thread: Thread): (ref: Ref) => void {
  return (ref) => {
    const link = thread.peers.find(refOwner(ref.packed));
    if (link === undefined) {
      ref.reject(new OwnerDiedError(`Cannot get "${ref.taskName}": the thread that owns it has ended`));
      return;
    }
    const out = link.open(Frame.fetch);
    out.u32(link.calls.add(ref));
    out.f64(ref.packed);
    link.seal();
  };
}
