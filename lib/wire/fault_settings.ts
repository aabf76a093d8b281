/**
 * What a handle says of its actor's restarts and of repeated calls, if its maker said anything of it.
 *
 * @module
 */

import type { RetryWish } from "../base/retry_rule.ts";
import { CorruptFrameError } from "./corrupt_frame_error.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** An actor's settings for crashes. */
export interface FaultSettings {
  /** How often it may be restarted; -1 without end. */
  readonly maxRestarts: number;
  /** How often it has been. */
  readonly restarts: number;
  /** The number of its first thread, by which it has its id. */
  readonly origin: number;
  /** Its number in that thread. */
  readonly number: number;
  /** The thread that made it, and restarts it. */
  readonly owner: { readonly id: number; readonly slot: number };
  /** What holds for its calls, unless they or their methods say otherwise. */
  readonly retries: RetryWish | undefined;
}

// What stands in place of the exceptions.
const UNSAID = 0;
const NONE = 1;
const ANY = 2;
const LISTED = 3;

/** Writes settings. */
export function writeFaultSettings(writer: Writer, settings: FaultSettings): void {
  const { maxRestarts, restarts, origin, number, owner, retries } = settings;
  writer.f64(maxRestarts);
  writer.u32(restarts);
  writer.u32(origin);
  writer.u32(number);
  writer.u32(owner.id);
  writer.u32(owner.slot);
  writeRetryWish(writer, retries);
}

/** Writes what holds for an actor's calls. */
export function writeRetryWish(writer: Writer, retries: RetryWish | undefined): void {
  writer.f64(retries?.maxRetries ?? NaN);
  const exceptions = retries?.exceptions;
  if (typeof exceptions !== "object") {
    return writer.u8(exceptions === undefined ? UNSAID : exceptions ? ANY : NONE);
  }
  writer.u8(LISTED);
  writer.varint(exceptions.length);
  for (const id of exceptions) writer.string(id);
}

/** Reads settings. */
export function readFaultSettings(reader: Reader): FaultSettings {
  const maxRestarts = readCount(reader);
  const restarts = reader.u32();
  const origin = reader.u32();
  const number = reader.u32();
  const owner = { id: reader.u32(), slot: reader.u32() };
  if (maxRestarts === undefined) throw new CorruptFrameError("a handle without its number of restarts");
  return { maxRestarts, restarts, origin, number, owner, retries: readRetryWish(reader) };
}

/** Reads what holds for an actor's calls. */
export function readRetryWish(reader: Reader): RetryWish {
  return { maxRetries: readCount(reader), exceptions: readExceptions(reader) };
}

function readCount(reader: Reader): number | undefined {
  const count = reader.f64();
  if (Number.isNaN(count)) return undefined;
  if (Number.isInteger(count) && count >= -1) return count;
  throw new CorruptFrameError(`${count} as a number of restarts or retries`);
}

function readExceptions(reader: Reader): boolean | string[] | undefined {
  const kind = reader.u8();
  if (kind > LISTED) throw new CorruptFrameError("retries for something unknown");
  if (kind !== LISTED) return kind === UNSAID ? undefined : kind === ANY;
  const count = reader.varint();
  reader.need(count);
  return Array.from({ length: count }, () => reader.string());
}
