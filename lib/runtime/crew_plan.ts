/**
 * What must be known of a threaded actor before it is made, also by those who do not load its class.
 *
 * @module
 */

import type { ClassDefinition } from "../define/class_definition.ts";
import { MAX_CREW } from "../transport/crew_memory.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";

/** A class has so many shared accessors at most, for those who read of one. */
const MAX_FIELDS = 1 << 16;

/** The threads of an actor, and what they share. */
export interface CrewPlan {
  /** How many threads. */
  readonly count: number;
  /** The first thread of each group, the default one first. */
  readonly starts: readonly number[];
  /** How many shared accessors the class has. */
  readonly fields: number;
}

/** The plan of an actor whose default group has `size` threads. Throws `RangeError` if there would be too many. */
export function planCrew({ shape, options }: ClassDefinition, size: number, fields: number): CrewPlan {
  const starts = [0];
  let count = size;
  for (const limit of Object.values(options.concurrencyGroups ?? {})) {
    starts.push(count);
    count += limit;
  }
  if (count <= MAX_CREW) return { count, starts, fields };
  throw new RangeError(
    `Cannot make an actor of class "${shape.name}" with ${count} threads: a threaded actor has at most ${MAX_CREW}, ` +
      `"maxConcurrency" and the limits of its groups together`,
  );
}

/** Writes a plan, if there is one. */
export function writeCrewPlan(writer: Writer, plan: CrewPlan | undefined): void {
  writer.u32(plan?.count ?? 0);
  if (plan === undefined) return;
  writer.u32(plan.fields);
  writer.varint(plan.starts.length);
  for (const start of plan.starts) writer.u32(start);
}

/** Reads a plan, if there is one. */
export function readCrewPlan(reader: Reader): CrewPlan | undefined {
  const count = reader.u32();
  if (count === 0) return undefined;
  const fields = reader.u32();
  const groups = reader.varint();
  if (count > MAX_CREW || groups > count || fields > MAX_FIELDS) {
    throw new CorruptFrameError("a crew of too many");
  }
  const starts: number[] = [];
  for (let group = 0; group < groups; group++) {
    const start = reader.u32();
    if (group === 0 ? start !== 0 : start <= starts[group - 1]) {
      throw new CorruptFrameError("a crew without order");
    }
    starts.push(start);
  }
  if (groups === 0 || starts[groups - 1] >= count) throw new CorruptFrameError("a crew without order");
  return { count, starts, fields };
}
