/**
 * Making an actor in another process: the frame that goes to the bridge, and from there, copied, to the process.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { nameKey } from "../registry/name_key.ts";
import type { PeerLink } from "../transport/peer.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { type FaultSettings, readFaultSettings, writeFaultSettings } from "../wire/fault_settings.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { readCrewPlan, writeCrewPlan } from "./crew_plan.ts";
import type { Thread } from "./thread.ts";

/** The number that an actor has in a thread made for it. */
const PRIMARY = 1;

/** What the other process needs to know of the actor, besides its arguments. */
export interface ActorBeyond {
  /** Its id. */
  readonly id: ActorId;
  /** The module that declares its class. */
  readonly module: string;
  /** Its class. */
  readonly shape: ClassShape;
  /** How its calls run, and its name. */
  readonly settings: ActorSettings;
  /** How often it was restarted before. */
  readonly restarts: number;
  /** What its handles say of its restarts: to the bridge, where they are told from those that the process makes. */
  readonly fault?: FaultSettings | undefined;
}

/** Asks for an actor. Throws `SerializationError` if an argument cannot cross. */
export function sendCreateBeyond(
  thread: Thread,
  link: PeerLink,
  { id, module, shape, settings, restarts, fault }: ActorBeyond,
  args: readonly unknown[],
): void {
  if (link.isClosed) return;
  const out = link.open(Frame.createBeyond);
  out.u32(PRIMARY);
  out.string(id);
  out.string(module);
  out.string(JSON.stringify(shape));
  out.u32(settings.maxConcurrency);
  out.u8(settings.isSerial ? 1 : 0);
  writeCrewPlan(out, settings.crew);
  out.f64(settings.maxPendingCalls);
  const { naming } = settings;
  out.u8(naming === undefined ? 0 : 1);
  if (naming !== undefined) { for (const part of [naming.key.namespace, naming.key.name]) out.string(part); }
  out.string(thread.names.table.namespace);
  out.u32(restarts);
  out.u8(fault === undefined ? 0 : 1);
  if (fault !== undefined) writeFaultSettings(out, fault);
  out.varint(args.length);
  thread.values.finish(link, "args", args);
}

/** Reads what stands before the arguments. */
export function readCreateBeyond(reader: Reader): ActorBeyond & { readonly namespace: string } {
  const actor = reader.u32();
  const id = reader.string() as ActorId;
  const module = reader.string();
  const shape = readShape(reader.string());
  const maxConcurrency = reader.u32();
  const isSerial = reader.u8() === 1;
  const crew = readCrewPlan(reader);
  const maxPendingCalls = reader.f64();
  const naming = reader.u8() === 0
    ? undefined
    : { key: nameKey(reader.string(), reader.string()), getIfExists: false };
  const namespace = reader.string();
  const restarts = reader.u32();
  const fault = reader.u8() === 0 ? undefined : readFaultSettings(reader);
  if (actor !== PRIMARY) throw new CorruptFrameError("an actor that nobody announced");
  if (maxConcurrency === 0) throw new CorruptFrameError("an actor that may do nothing");
  return {
    id,
    module,
    shape,
    namespace,
    settings: {
      className: shape.name,
      placement: "process",
      maxConcurrency,
      isSerial,
      maxPendingCalls,
      crew,
      fault: () => undefined,
      isDetached: false,
      naming,
    },
    restarts,
    fault,
  };
}

/** Reads the shape of a class. */
export function readShape(text: string): ClassShape {
  try {
    const shape = JSON.parse(text);
    if (typeof shape.name === "string" && Array.isArray(shape.methods)) return shape;
  } catch { /* refused below */ }
  throw new CorruptFrameError("the shape of no class");
}
