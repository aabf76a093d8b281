/**
 * An actor whose calls take long, and need no CPU.
 *
 * @module
 */

import { Actor, type ActorHandle, type Placement, remote } from "../../mod.ts";

@remote
class Sleeper extends Actor {
  async sleep(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }
}

/** A way to wait for such a call, of an actor that the first one makes. */
export function openSleeper(placement: Placement): (milliseconds: number) => Promise<void> {
  let sleeper: ActorHandle<Sleeper> | undefined;
  return async (milliseconds) => {
    sleeper ??= Sleeper.options({ placement }).remote();
    await sleeper.sleep.remote(milliseconds);
  };
}
