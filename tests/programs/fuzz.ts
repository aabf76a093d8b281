/**
 * Damaged input for all that reads what another thread or process wrote: each must end in a value or in a `CorruptFrameError`,
 * soon, and change nothing but its own message.
 *
 *     deno run --allow-read --allow-env tests/programs/fuzz.ts --inputs=1000000 --seed=1
 *     bun run tests/programs/fuzz.ts --inputs=1000000
 *
 * The last line is JSON: of each reader how many inputs were read, and how many refused.
 *
 * @module
 */

import { checkNotes, type EventNote } from "../../lib/observe/event_note.ts";
import { readShape as readNamedClass } from "../../lib/registry/shape_directory.ts";
import { readShape } from "../../lib/runtime/beyond.ts";
import { readCrewPlan, writeCrewPlan } from "../../lib/runtime/crew_plan.ts";
import { Board } from "../../lib/transport/board.ts";
import { StreamSource } from "../../lib/transport/byte_stream.ts";
import type { Carrier, WordSource } from "../../lib/transport/carrier.ts";
import { type FrameSink, Link } from "../../lib/transport/link.ts";
import { RING_BYTES, RING_WORDS, RingReader, RingWriter } from "../../lib/transport/ring.ts";
import { type CallSettings, readCallSettings, writeCallSettings } from "../../lib/wire/call_settings.ts";
import { CorruptFrameError } from "../../lib/wire/corrupt_frame_error.ts";
import { readFaultSettings, writeFaultSettings } from "../../lib/wire/fault_settings.ts";
import { Frame, LAST_FRAME } from "../../lib/wire/frames.ts";
import { Reader } from "../../lib/wire/reader.ts";
import { Writer } from "../../lib/wire/writer.ts";
import { mutate } from "../wire/mutate.ts";
import { randomValue, seeded } from "../wire/random_value.ts";
import { Codec } from "../wire/round_trip.ts";
import { option } from "./program_options.ts";

/** What a reader has made of its inputs. */
export interface FuzzTally {
  readonly read: number;
  readonly refused: number;
}

type Random = () => number;
/** Makes one input, and reads it. Throws what the reader throws. */
type Attempt = (random: Random, seed: number) => void;

/** No input may take longer than this, in milliseconds; a busy machine takes a part of it. */
const SLOWEST = 2_000;
/** Messages larger than this would only cost time. */
const LARGEST = 2_000;

const refuseKinds = {
  decode(kind: number): never {
    throw new CorruptFrameError(`there is no kind ${kind}`);
  },
};

function int(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** The bytes that `write` writes. */
function bytesOf(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  write(writer);
  return writer.bytes.slice(0, writer.pos);
}

function readerOf(bytes: Uint8Array): Reader {
  const reader = new Reader();
  reader.reset(bytes);
  return reader;
}

/** Keeps each message for some inputs, since making one costs more than reading it. */
function kept<T>(make: (seed: number) => T, inputs = 50): (seed: number) => T {
  let at = -1;
  let value: T;
  return (seed) => {
    const next = Math.floor(seed / inputs);
    if (next !== at) {
      value = make(next);
      at = next;
    }
    return value;
  };
}

function values(): Attempt {
  const codec = new Codec(undefined, refuseKinds);
  const message = kept((seed) => {
    const bytes = codec.encode([randomValue(seeded(seed))]);
    return bytes.length > LARGEST ? codec.encode([seed]) : bytes;
  });
  return (random, seed) => void codec.decode(mutate(message(seed), random), 1);
}

/** An error of some depth, as tasks throw them. */
function randomError(random: Random, depth = 0): unknown {
  if (depth > 3 || int(random, 8) === 0) return randomValue(random);
  const cause = randomError(random, depth + 1);
  switch (int(random, 4)) {
    case 0:
      return new RangeError("out of range", { cause });
    case 1:
      return new AggregateError([cause, new TypeError("wrong")], "several");
    case 2:
      return Object.assign(new Error("failed", { cause }), { code: "E", detail: randomValue(random) });
    default:
      return new DOMException("aborted", "AbortError");
  }
}

function errors(): Attempt {
  const codec = new Codec(undefined, refuseKinds);
  const message = kept((seed) => {
    const { encoder, writer } = codec;
    writer.truncate(0);
    encoder.begin(writer, "error");
    encoder.encodeThrown(randomError(seeded(seed)));
    encoder.end();
    return writer.bytes.slice(0, Math.min(writer.pos, LARGEST));
  });
  return (random, seed) => void codec.decode(mutate(message(seed), random), 1);
}

function callSettings(): Attempt {
  const settings: CallSettings = { group: "io", name: "a name", stream: 3, taskId: "task-1-1" };
  const message = bytesOf((writer) => writeCallSettings(writer, settings));
  return (random) => void readCallSettings(readerOf(mutate(message, random)));
}

function faultSettings(): Attempt {
  const retries = { maxRetries: 3, exceptions: ["RangeError", "file:///a.ts#Flaky"] };
  const settings = { maxRestarts: 2, restarts: 1, origin: 7, number: 9, owner: { id: 1, slot: 2 }, retries };
  const message = bytesOf((writer) => writeFaultSettings(writer, settings));
  return (random) => void readFaultSettings(readerOf(mutate(message, random)));
}

function crewPlans(): Attempt {
  const message = bytesOf((writer) => writeCrewPlan(writer, { count: 7, starts: [0, 4, 6], fields: 2 }));
  return (random) => void readCrewPlan(readerOf(mutate(message, random)));
}

function notes(): Attempt {
  const codec = new Codec(undefined, refuseKinds);
  const base = { time: 1, thread: 2, taskId: "", name: "Counter", text: "thread" };
  const made: EventNote = {
    ...base,
    type: "actor-created",
    actorId: "actor-2-1",
    actor: { thread: 2, name: "", supervisor: undefined },
  };
  const message = codec.encode([[made, {
    ...base,
    type: "task-submitted",
    actorId: "",
    taskId: "task-1-1",
  }]]);
  return (random) => void checkNotes(codec.decode(mutate(message, random), 1)[0]);
}

function shapes(): Attempt {
  const shape = { key: "file:///a.ts#A", name: "A", methods: [{ name: "run" }], groups: ["io"] };
  const texts = [JSON.stringify(shape), JSON.stringify({ shape })].map((text) =>
    new TextEncoder().encode(text)
  );
  const decoder = new TextDecoder();
  return (random) => {
    const which = int(random, 2);
    const text = decoder.decode(mutate(texts[which], random));
    void (which === 0 ? readShape(text) : readNamedClass(text));
  };
}

/** Takes each frame as far as its body has something that all readers read. */
class Taker implements FrameSink {
  frame(_: Link, kind: number, aux: number, reader: Reader): void {
    if (kind < 1 || kind > LAST_FRAME || aux > 0xffff) throw new Error(`a frame of kind ${kind}, ${aux}`);
    reader.string();
  }
  dirty(): void {}
}

const board = new Board();
const peer = board.claim(undefined);

function receiver(source: WordSource): Link {
  const nobody = { write: () => 0, askForSpace: () => true };
  const carrier: Carrier = { number: 1, peer, source, writer: nobody };
  return new Link(board, carrier, new Taker());
}

/** Some frames as they stand in a ring or a stream. */
function framesOf(seed: number): Uint8Array {
  const random = seeded(seed);
  let words = new Uint8Array(0);
  const writer = {
    write(source: Int32Array, start: number, end: number): number {
      const bytes = new Uint8Array(source.buffer, source.byteOffset + start * 4, (end - start) * 4);
      words = Uint8Array.of(...words, ...bytes);
      return end - start;
    },
    askForSpace: () => false,
  };
  const source = { hasSome: () => false, available: () => 0, read: () => false };
  const link = new Link(board, { number: 1, peer, source, writer }, new Taker());
  for (let count = 1 + int(random, 4); count > 0; count--) {
    link.open([Frame.call, Frame.result, Frame.create][int(random, 3)], int(random, 0xffff))
      .string("x".repeat(int(random, 60)));
    link.seal();
  }
  link.flush();
  return words;
}

/** The stream between two processes, cut anywhere. */
function stream(): Attempt {
  const message = kept(framesOf);
  return (random, seed) => {
    const source = new StreamSource();
    const link = receiver(source);
    const bytes = mutate(message(seed), random);
    for (let at = 0; at < bytes.length;) {
      const end = at + 1 + int(random, 40);
      source.push(bytes.subarray(at, end));
      at = end;
      link.drain();
    }
  };
}

/** A ring whose words, and whose counts of words, are damaged. */
function ring(): Attempt {
  const message = kept(framesOf);
  const memory = new SharedArrayBuffer(RING_BYTES);
  const words = new Int32Array(memory);
  const first = words.length - RING_WORDS;
  return (random, seed) => {
    const bytes = mutate(message(seed), random);
    words.fill(0, 0, first + 4_096);
    const body = new Int32Array(Math.ceil(bytes.length / 4));
    new Uint8Array(body.buffer).set(bytes);
    new RingWriter(memory, 0).write(body, 0, body.length);
    if (int(random, 2) === 0) {
      words[first] = int(random, 2) === 0 ? -1 - int(random, 99) : int(random, 2 ** 31);
    }
    receiver(new RingReader(memory, 0)).drain();
  };
}

/** All readers, by name. */
export const readers: Readonly<Record<string, () => Attempt>> = {
  values,
  errors,
  "call settings": callSettings,
  "fault settings": faultSettings,
  "crew plans": crewPlans,
  notes,
  shapes,
  "process stream": stream,
  ring,
};

/** Gives a reader so many inputs. Throws at the first that ends otherwise, naming it. */
export function fuzz(name: string, inputs: number, firstSeed: number): FuzzTally {
  const attempt = readers[name]();
  let refused = 0;
  /** Reads one input, and says how long that took. */
  const time = (i: number): number => {
    const begun = performance.now();
    try {
      attempt(seeded(firstSeed + i), i);
    } catch (error) {
      if (!(error instanceof CorruptFrameError)) {
        throw new Error(`${name}: input ${i} of seed ${firstSeed}`, { cause: error });
      }
      refused++;
    }
    return performance.now() - begun;
  };
  for (let i = 0; i < inputs; i++) {
    if (time(i) <= SLOWEST) continue;
    // The machine may have stood still meanwhile.
    const before = refused;
    const again = time(i);
    refused = before;
    if (again > SLOWEST) throw new Error(`${name}: input ${i} of seed ${firstSeed} took ${again} ms`);
  }
  for (const name of ["a", "b", "id"]) {
    if (name in {}) throw new Error(`every object has "${name}" now`);
  }
  return { read: inputs - refused, refused };
}

if (import.meta.main) {
  const [inputs, seed] = [option("inputs", 1_000_000), option("seed", 1)];
  const tallies: Record<string, FuzzTally> = {};
  for (const name of Object.keys(readers)) {
    const begun = performance.now();
    tallies[name] = fuzz(name, inputs, seed);
    console.log(name, tallies[name], `${((performance.now() - begun) / 1_000).toFixed(1)} s`);
  }
  console.log(JSON.stringify(tallies));
}
