/**
 * How a handle is written that crosses the border between two processes, where the receiver does not have the actor.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { RetryWish } from "../base/retry_rule.ts";
import { readRetryWish, writeRetryWish } from "../wire/fault_settings.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";

/** How the receiver may reach an actor otherwise than through the sender. */
export const Way = {
  /** In no way. */
  none: 0,
  /** By its id, if that says something there: it is the actor of a process of its own on the same cluster. */
  known: 1,
  /** The same, and the handle of its host comes beside. */
  told: 2,
} as const;

/** One of them. */
export type WayKind = typeof Way[keyof typeof Way];

/** What is said of an actor. */
export interface FarHandle {
  /** Its number at the sender. */
  readonly local: number;
  /** True if its calls begin in the order made. */
  readonly isSerial: boolean;
  /** How many calls of one thread may be unanswered. */
  readonly maxPendingCalls: number;
  /** What was said of repeated calls. */
  readonly retries: RetryWish | undefined;
  /** Its id. */
  readonly id: ActorId;
  /** Whether there is another way to it. */
  readonly way: WayKind;
  /** Its class. */
  readonly key: string;
  /** What its class looks like; `""` if that was said before. */
  readonly shape: string;
}

/** Writes it. */
export function writeFarHandle(writer: Writer, handle: FarHandle): void {
  const { retries } = handle;
  writer.u32(handle.local);
  writer.u8(handle.isSerial ? 1 : 0);
  writer.f64(handle.maxPendingCalls);
  writer.u8(retries === undefined ? 0 : 1);
  if (retries !== undefined) writeRetryWish(writer, retries);
  writer.string(handle.id);
  writer.u8(handle.way);
  writer.string(handle.key);
  writer.string(handle.shape);
}

/** Reads it. */
export function readFarHandle(reader: Reader): FarHandle {
  return {
    local: reader.u32(),
    isSerial: reader.u8() === 1,
    maxPendingCalls: reader.f64(),
    retries: reader.u8() === 0 ? undefined : readRetryWish(reader),
    id: reader.string() as ActorId,
    way: Math.min(reader.u8(), Way.told) as WayKind,
    key: reader.string(),
    shape: reader.string(),
  };
}
