import { CorruptFrameError } from "../../lib/wire/corrupt_frame_error.ts";
import { type FaultSettings, readFaultSettings, writeFaultSettings } from "../../lib/wire/fault_settings.ts";
import { Reader } from "../../lib/wire/reader.ts";
import { Writer } from "../../lib/wire/writer.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const settings = (retries: FaultSettings["retries"], maxRestarts = -1): FaultSettings => ({
  maxRestarts,
  restarts: 3,
  origin: 7,
  number: 9,
  owner: { id: 1, slot: 2 },
  retries,
});

function bytesOf(value: FaultSettings): Uint8Array {
  const writer = new Writer();
  writeFaultSettings(writer, value);
  return writer.bytes.slice(0, writer.pos);
}

function read(bytes: Uint8Array): FaultSettings {
  const reader = new Reader();
  reader.reset(bytes);
  return readFaultSettings(reader);
}

describe("fault settings", () => {
  it("are read as they were written", () => {
    const wishes = [
      { maxRetries: undefined, exceptions: undefined },
      { maxRetries: 0, exceptions: false },
      { maxRetries: -1, exceptions: true },
      { maxRetries: 5, exceptions: ["RangeError", "file:///a.ts#Flaky"] },
    ];
    for (const wish of wishes) assertEquals(read(bytesOf(settings(wish))), settings(wish));
    assertEquals(read(bytesOf(settings(undefined))), settings(wishes[0]));
  });

  it("that nobody wrote are a CorruptFrameError", () => {
    for (const count of [NaN, 1.5, -2, Infinity]) {
      assertThrows(() => read(bytesOf(settings(undefined, count))), CorruptFrameError);
    }
    const bytes = bytesOf(settings({ maxRetries: 1, exceptions: ["Error"] }));
    for (let length = 0; length < bytes.length; length++) {
      assertThrows(() => read(bytes.slice(0, length)), CorruptFrameError);
    }
    // Where the kind of the exceptions stands.
    assertEquals(bytes[36], 3);
    bytes[36] = 9;
    assertThrows(() => read(bytes), CorruptFrameError);
  });
});
