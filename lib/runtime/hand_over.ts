/**
 * Detached actors that may be restarted: whoever makes one in a worker gives the driver what it needs to start it again.
 *
 * @module
 */

import { actorId } from "../base/ids.ts";
import { readDemand } from "../define/demand.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import type { PeerLink } from "../transport/peer.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { readFaultSettings, writeFaultSettings } from "../wire/fault_settings.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { readShape } from "./beyond.ts";
import { readThread } from "./children.ts";
import { type Creation, PRIMARY } from "./creation.ts";
import type { Thread } from "./thread.ts";
import { KeptArguments } from "./when_ready.ts";

/** Has the driver look after an actor, whose arguments come behind: before anybody has a handle. */
export function handOver(
  thread: Thread,
  { definition, settings }: Creation,
  { thread: { id, slot }, isSerial, fault }: ActorAddress,
): void {
  const driver = thread.driverLink;
  // Without it there is no program any more.
  if (driver === undefined || driver.isClosed) return;
  const out = driver.open(Frame.handOver);
  out.u32(id);
  out.u32(slot);
  writeFaultSettings(out, fault!);
  out.u8(isSerial ? 1 : 0);
  out.u32(settings.maxConcurrency);
  out.f64(settings.maxPendingCalls);
  out.u8(settings.demand === undefined ? 0 : 1);
  if (settings.demand !== undefined) out.string(settings.demand.key);
  out.string(definition.module);
  out.string(JSON.stringify(definition.shape));
  driver.seal();
}

/** Gives the driver the arguments. Throws, and has written nothing, if one cannot cross. */
export function handArguments(
  thread: Thread,
  { thread: { id } }: ActorAddress,
  args: readonly unknown[],
): void {
  const driver = thread.driverLink;
  if (driver === undefined || driver.isClosed) return;
  const out = driver.open(Frame.handArguments);
  out.u32(id);
  out.varint(args.length);
  thread.values.finish(driver, "args", args);
}

/** The driver: takes over an actor. */
export function takeOver(thread: Thread, link: PeerLink, reader: Reader): void {
  if (thread.isWorker) throw new CorruptFrameError("an actor to look after, which is for the driver");
  const place = readThread(reader);
  const fault = readFaultSettings(reader);
  const isSerial = reader.u8() === 1;
  const maxConcurrency = reader.u32();
  const maxPendingCalls = reader.f64();
  const demand = reader.u8() === 0 ? undefined : readDemand(reader.string());
  const module = reader.string();
  const shape = readShape(reader.string());
  const settings: ActorSettings = {
    className: shape.name,
    placement: "thread",
    maxConcurrency,
    isSerial,
    maxPendingCalls,
    isDetached: true,
    demand,
    fault: () => fault,
  };
  const address = { thread: place, local: PRIMARY, ownsThread: true, isSerial, maxPendingCalls, fault };
  const creation = { definition: { module, shape }, settings, isBridged: false };
  thread.restarts.own.adopt(address, { ...creation, kept: new KeptArguments() }, link.peer);
}

/** The driver: takes its arguments. */
export function takeArguments(
  thread: Thread,
  link: PeerLink,
  reader: Reader,
  items: readonly unknown[],
): void {
  const { definitions, restarts, values } = thread;
  const id = actorId(reader.u32(), PRIMARY);
  // Their classes need not be known here: they are only passed on.
  const before = definitions.passesOn;
  definitions.passesOn = true;
  try {
    const args = values.readArgs(link, reader, items);
    restarts.own.find(id)?.kept.come(args);
  } finally {
    definitions.passesOn = before;
  }
}
