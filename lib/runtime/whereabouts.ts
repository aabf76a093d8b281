/**
 * What the owner of an actor answers those who ask where it is.
 *
 * @module
 */

import type { ActorDiedError } from "../base/actor_errors.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import { writeCrew } from "../transport/crew_memory.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";
import { Frame } from "../wire/frames.ts";
import type { Thread } from "./thread.ts";

/** It is there: tells the thread `asker`, and introduces it to the actor's thread. */
export function sendAt({ peers }: Thread, asker: number, address: ActorAddress): void {
  const link = peers.find(asker);
  if (link === undefined) return;
  const { thread, local, crew, fault } = address;
  const isAcquainted = crew !== undefined || link.acquainted.has(thread.id) || asker === thread.id;
  const introduction = isAcquainted ? undefined : peers.introduce(link, thread.id);
  const out = link.open(Frame.actorAt);
  for (const word of [fault!.origin, fault!.number, fault!.restarts, thread.id, thread.slot, local]) {
    out.u32(word);
  }
  out.u8(crew === undefined ? 0 : 1);
  if (crew !== undefined) {
    writeCrew(out, crew, 0);
    return link.seal([crew.memory]);
  }
  if (introduction === undefined) return link.seal();
  link.seal([introduction.end], [introduction.end.port]);
  introduction.announce();
}

/** It has ended. */
export function sendGone(
  thread: Thread,
  link: PeerLink,
  { origin, number }: Pick<FaultSettings, "origin" | "number">,
  error: ActorDiedError,
): void {
  const out = link.open(Frame.actorGone);
  for (const word of [origin, number]) out.u32(word);
  thread.values.finishThrown(link, error);
}
