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
  /** True if it has a process of its own on the cluster, whose host the receiver is told of: then it need not call through the sender. */
  readonly isIntroduced: boolean;
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
  writer.u8(handle.isIntroduced ? 1 : 0);
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
    isIntroduced: reader.u8() === 1,
    key: reader.string(),
    shape: reader.string(),
  };
}
