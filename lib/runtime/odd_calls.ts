/**
 * Calls that cannot simply run, and answers to none. Apart from the dispatcher, whose hot path is inlined the better for it.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import { actorId } from "../base/ids.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import type { IncomingCall } from "../exec/incoming_call.ts";
import { observeRun } from "../exec/observed_run.ts";
import type { Ref } from "../objects/ref.ts";
import type { PeerLink } from "../transport/peer.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { FailureKind } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { sendFailure, type TaskNamer } from "./replies.ts";
import type { Thread } from "./thread.ts";

/** Who answers for an actor that is not here. */
export function nobody(thread: Thread, local: number): TaskNamer {
  return { identify: () => ({ taskName: "a call", actorId: actorId(thread.self.id, local) }) };
}

/** Tells of the run of a call that somebody looks at. */
export function observe(
  thread: Thread,
  call: IncomingCall,
  actor: ActorHost | undefined,
  local: number,
): void {
  observeRun(thread.observation.events, call, actor?.id ?? actorId(thread.self.id, local));
}

/** Answers a call whose arguments could not be read; throws if its frame is corrupt. */
export function refuseArgs(
  thread: Thread,
  { link, slot, method, who }: { link: PeerLink; slot: number; method: number; who: TaskNamer },
  actor: ActorHost | undefined,
  error: unknown,
): void {
  if (error instanceof CorruptFrameError) throw error;
  const reason = actor?.life.death?.error ?? error;
  sendFailure(link, slot, FailureKind.system, who.identify(method), reason, thread.values);
}

/** Answers a call of an actor that is not here. */
export function refuseCall(thread: Thread, local: number, call: IncomingCall): void {
  const id = actorId(thread.self.id, local);
  call.refuse(
    thread.host.deathOf(local) ?? new ActorDiedError(`Cannot call ${id}: it has died`, { actorId: id }),
  );
}

/** The ref that an answer is for. */
export function takeRef(link: PeerLink, reader: Reader): Ref {
  const ref = link.calls.take(reader.u32());
  if (ref === undefined) throw new CorruptFrameError("an answer to no call");
  return ref;
}
