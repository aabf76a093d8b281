/**
 * Cancelling: a call, what it has called, and so on down.
 *
 * @module
 */

import type { ActorHost } from "../exec/actor_host.ts";
import type { IncomingCall } from "../exec/incoming_call.ts";
import { cancelledError } from "../objects/cancelled_ref.ts";
import { type CancelHow, PENDING, type Ref } from "../objects/ref.ts";
import type { PeerLink } from "../transport/peer.ts";
import { FailureKind, Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { LinkCall, LocalCall, sendFailure } from "./replies.ts";
import type { Thread } from "./thread.ts";

/** Cancels the task behind a ref, whoever owns that. */
export function cancelRef(thread: Thread, ref: Ref, how: CancelHow): void {
  if (ref.status !== PENDING) return;
  if (ref.owner === undefined) return ref.source?.cancel(ref, how);
  const owner = thread.peers.find(ref.owner.id);
  if (owner === undefined || owner.isClosed) return;
  sendCancelRef(owner, ref.number(), how);
}

/** Asks the owner of a ref to cancel the task behind it. */
export function sendCancelRef(owner: PeerLink, packed: number, how: CancelHow): void {
  const out = owner.open(Frame.cancelRef);
  out.f64(packed);
  out.u8(how.recursive ? 1 : 0);
  out.u8(how.force ? 1 : 0);
  owner.seal();
}

/** Another thread wants a ref of this one cancelled. */
export function cancelLent(thread: Thread, link: PeerLink, reader: Reader): void {
  const ref = thread.lending.tableOf(link).lent(reader.f64());
  const how = { recursive: reader.u8() === 1, force: reader.u8() === 1 };
  if (ref === undefined) return;
  try {
    cancelRef(thread, ref, how);
  } catch { /* By force, and of an actor: whoever asked has been told, as far as could be known there. */ }
}

/** Another thread cancels a call of its own to an actor or function of this one. */
export function cancelCall(thread: Thread, link: PeerLink, reader: Reader): void {
  const local = reader.u32();
  const slot = reader.u32();
  const recursive = reader.u8() === 1;
  if (thread.pooled?.withdraw(link, slot)) {
    const error = cancelledError("a call");
    return sendFailure(
      link,
      slot,
      FailureKind.system,
      { taskName: "a call", actorId: "" },
      error,
      thread.values,
    );
  }
  const callee: Pick<ActorHost, "cancel"> | undefined = local === 0
    ? thread.membrane?.tasks ?? thread.taskRunner
    : thread.host.find(local);
  const call = callee?.cancel((call) => call instanceof LinkCall && call.isOf(link, slot), recursive);
  if (call !== undefined && recursive) cancelChildren(thread, call);
}

/** Cancels what a call of this thread has called and not had answered. */
export function cancelChildren(thread: Thread, parent: IncomingCall): void {
  for (const ref of [...pendingRefs(thread)]) {
    if (ref.parent === parent) cancelRef(thread, ref, { recursive: true, force: false });
  }
}

/** The refs of a thread whose tasks have not answered. */
function* pendingRefs(thread: Thread): Generator<Ref, void, void> {
  for (const link of thread.peers.all()) yield* link.calls.all();
  for (const actor of thread.host.actors()) {
    for (const call of actor.calls()) if (call instanceof LocalCall) yield call.ref;
  }
  for (const cell of thread.cells.all()) yield* cell.heldRefs();
  yield* thread.tasks.waitingRefs();
}
