/**
 * The hook of the program's that runs when an actor ends in order.
 *
 * @module
 */

import { deadline } from "@std/async/deadline";
import type { ActorHost } from "./actor_host.ts";
import type { Host } from "./host.ts";

/** How long `onShutdown` may take, in milliseconds; then the actor ends all the same. The figure is Ray's. */
const PATIENCE = 30_000;

/** Runs the hook of an actor's instance, if it has one. What it throws is told, and changes nothing. */
export async function runShutdownHook(
  actor: ActorHost,
  instance: { onShutdown?: () => unknown } | undefined,
  host: Host,
): Promise<void> {
  try {
    const done = begin(actor, instance, host);
    if (done !== undefined) await deadline(Promise.resolve(done), PATIENCE);
  } catch (thrown) {
    console.error(`${actor.id} could not shut down in order:`, thrown);
  }
}

function begin(actor: ActorHost, instance: { onShutdown?: () => unknown } | undefined, host: Host): unknown {
  if (typeof instance?.onShutdown !== "function") return undefined;
  host.enter(actor, -1);
  try {
    return instance.onShutdown();
  } finally {
    host.leave();
  }
}
