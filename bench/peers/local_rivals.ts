/**
 * The actor libraries that stay in one thread, for programs that send messages and for calls that are answered.
 *
 * @module
 */

import type { CallPeer, SendPeer } from "../rows/peer.ts";
import type { ActorSystem } from "../savina/system.ts";
import { openEffectAsk, openEffectSystem } from "./effect.ts";
import { openNactAsk, openNactSystem } from "./nact.ts";
import { openXstateAsk, openXstateSystem } from "./xstate.ts";

/** Systems of actors. */
export const localRivals: Readonly<Record<string, () => Promise<ActorSystem>>> = {
  "nact": openNactSystem,
  "effect": openEffectSystem,
  "xstate (synchronous)": openXstateSystem,
};

/** Actors that answer. */
export const localAsks: Readonly<
  Record<string, () => Promise<CallPeer & SendPeer>>
> = {
  "nact": openNactAsk,
  "effect": openEffectAsk,
  "xstate (synchronous)": openXstateAsk,
};
