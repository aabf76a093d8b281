/**
 * An actor's address as bytes: a part of its handles.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import { readCrew, writeCrew } from "../transport/crew_memory.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { Decoding, Encoding } from "../wire/coding.ts";
import { readFaultSettings, writeFaultSettings } from "../wire/fault_settings.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";

// What is true of an actor, and what follows because it is not as with most.
const OWNS_THREAD = 1;
const SERIAL = 2;
const ID = 4;
const CREW = 8;
const OWNER = 16;
const FAULT = 32;

/** Writes an address. */
export function writeAddress(encoder: Encoding, address: ActorAddress): void {
  const { writer } = encoder;
  const { thread, local, ownsThread, isSerial, maxPendingCalls, id, crew, owner, fault } = address;
  writeThread(writer, thread);
  writer.u32(local);
  writer.u8(
    (ownsThread ? OWNS_THREAD : 0) | (isSerial ? SERIAL : 0) | (id === undefined ? 0 : ID) |
      (crew === undefined ? 0 : CREW) | (owner === undefined ? 0 : OWNER) |
      (fault === undefined ? 0 : FAULT),
  );
  writer.f64(maxPendingCalls);
  if (id !== undefined) writer.string(id);
  if (crew !== undefined) writeCrew(writer, crew, encoder.aside(crew.memory));
  if (owner !== undefined) writeThread(writer, owner);
  if (fault !== undefined) writeFaultSettings(writer, fault);
}

/** Reads an address. */
export function readAddress(decoder: Decoding): ActorAddress {
  const { reader } = decoder;
  const thread = readThread(reader);
  const local = reader.u32();
  const flags = reader.u8();
  const has = (flag: number): boolean => (flags & flag) !== 0;
  return {
    thread,
    local,
    ownsThread: has(OWNS_THREAD),
    isSerial: has(SERIAL),
    maxPendingCalls: reader.f64(),
    id: has(ID) ? reader.string() as ActorId : undefined,
    crew: has(CREW) ? readCrew(reader, (at) => decoder.aside(at)) : undefined,
    owner: has(OWNER) ? readThread(reader) : undefined,
    fault: has(FAULT) ? readFaultSettings(reader) : undefined,
  };
}

function writeThread(writer: Writer, { id, slot }: ThreadAddress): void {
  writer.u32(id);
  writer.u32(slot);
}

function readThread(reader: Reader): ThreadAddress {
  return { id: reader.u32(), slot: reader.u32() };
}
