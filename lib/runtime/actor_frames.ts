/**
 * Frames that tell of an actor's end, or ask for it, and for the value behind a ref.
 *
 * @module
 */

import { LazyError } from "../base/lazy_error.ts";
import { ActorDiedError } from "../base/actor_errors.ts";
import { ObjectLostError } from "../base/lost_errors.ts";
import { FAILED } from "../objects/ref.ts";
import type { PeerLink } from "../transport/peer.ts";
import { FailureKind } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { endActor, reportEnd, sayEnded } from "./actor_ends.ts";
import { ForwardActor } from "./forward_actor.ts";
import { sendFailure, sendResult } from "./replies.ts";
import type { Thread } from "./thread.ts";

/** An actor of this thread will never be made. */
export function createFailed(
  thread: Thread,
  link: PeerLink,
  reader: Reader,
  items: readonly unknown[],
): void {
  const actor = thread.host.find(reader.u32());
  const cause = thread.values.read(link, reader, items);
  if (actor !== undefined) reportEnd(thread, actor, cause, "an argument of its constructor failed:");
}

/** An actor of another thread has ended. */
export function actorEnded(thread: Thread, link: PeerLink, reader: Reader, items: readonly unknown[]): void {
  const local = reader.u32();
  const error = thread.values.read(link, reader, items);
  if (error instanceof ActorDiedError) thread.cells.ended(link.peer.id, local, new LazyError(() => error));
}

/** Another thread has been given a handle of an actor of this one. */
export function holdHere({ holders, host }: Thread, reader: Reader): void {
  const actor = host.find(reader.u32());
  if (actor === undefined) return;
  holders.change(actor.local, reader.u32(), 1);
  if (actor instanceof ForwardActor) actor.held();
}

/** An actor that lives in this thread, beside others, is to end. */
export function killHere(thread: Thread, link: PeerLink, reader: Reader): void {
  const local = reader.u32();
  const noRestart = reader.u8() === 0;
  const actor = thread.host.find(local);
  if (actor instanceof ForwardActor) actor.kill(noRestart);
  else if (actor !== undefined) endActor(thread, actor, "it was killed");
  else sayEnded(thread, link, local);
}

/** Another thread wants the value behind a ref of this one. */
export function fetchValue(thread: Thread, link: PeerLink, reader: Reader): void {
  const slot = reader.u32();
  const packed = reader.f64();
  const { lending, values } = thread;
  const refuse = (taskName: string, error: unknown): void => {
    sendFailure(link, slot, FailureKind.system, { taskName, actorId: "" }, error, values);
  };
  const ref = lending.tableOf(link).lent(packed);
  if (ref === undefined) {
    return refuse("a ref", new ObjectLostError("Cannot get a value: its owner has it no more"));
  }
  ref.observe({
    settled() {
      if (ref.status === FAILED) {
        ref.home.failureRead(ref);
        return refuse(ref.taskName, ref.value);
      }
      try {
        sendResult(link, slot, ref.value, values);
      } catch (error) {
        refuse(ref.taskName, error);
      }
    },
  });
}
