/**
 * What the host of an actor says of it to whoever connects, as JSON.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import { readShape } from "./beyond.ts";
import type { ClusterActor } from "./cluster_border.ts";
import type { ProgramRoot } from "./program_root.ts";

/** Describes an actor. */
export function describeActor(
  { id, shape, isSerial, maxPendingCalls, mayRestart }: Omit<ClusterActor, "address">,
  root: ProgramRoot,
): string {
  const limit = Number.isFinite(maxPendingCalls) ? maxPendingCalls : null;
  return JSON.stringify({
    id,
    shape: { ...shape, key: root.outward(shape.key) },
    isSerial,
    limit,
    mayRestart,
  });
}

/** Reads a description. Throws `CorruptFrameError` if it has no class: then it is no actor of Manta's. */
export function readDescription(text: string, root: ProgramRoot): Omit<ClusterActor, "address"> {
  const { id, shape, isSerial, limit, mayRestart } = JSON.parse(text);
  const known = readShape(JSON.stringify(shape));
  return {
    id: id as ActorId,
    shape: { ...known, key: root.inward(known.key) },
    isSerial: isSerial === true,
    maxPendingCalls: limit ?? Infinity,
    mayRestart: mayRestart === true,
  };
}
