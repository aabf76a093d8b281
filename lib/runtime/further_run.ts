/**
 * A run of an actor that is not its first, in the thread where it lives.
 *
 * @module
 */

import { actorId } from "../base/ids.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";
import { Frame } from "../wire/frames.ts";
import type { Thread } from "./thread.ts";

/** Takes what is said of an actor's restarts, by `maker`; if it has lived before, it has the id that it had then. */
export function takeFault(
  thread: Thread,
  actor: ActorHost,
  fault: FaultSettings | undefined,
  maker: number,
): void {
  if (fault === undefined) return;
  actor.ownLife.fault = fault;
  if (fault.restarts === 0) return;
  actor.ownLife.id = actorId(fault.origin, fault.number);
  isFurtherRun(thread, actor, maker, fault.restarts);
}

/** Has an actor that has lived before tell `maker` when it is constructed. */
export function isFurtherRun(thread: Thread, actor: ActorHost, maker: number, restarts: number): void {
  actor.ownLife.restarts = restarts;
  actor.ownLife.onConstructed = () => {
    const link = thread.peers.find(maker);
    if (link === undefined) return;
    link.open(Frame.actorReady).u32(actor.local);
    link.seal();
  };
}
