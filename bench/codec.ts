// The codec there and back, next to what else could carry a value. Rows of packages that are not installed are left out.
//
//   deno run -A bench/codec.ts [directory with node_modules]     bun bench/codec.ts [directory with node_modules]
import { Decoder } from "../lib/wire/decoder.ts";
import { Encoder } from "../lib/wire/encoder.ts";
import { Reader } from "../lib/wire/reader.ts";
import { Writer } from "../lib/wire/writer.ts";

/** A way there and back. */
type Trip = (value: unknown) => unknown;

const SAMPLES: Record<string, unknown> = {
  "sample": [1, 3, [42, "hello", { a: 1, b: "x" }]],
  "integer": 42,
  "1 KB string": "x".repeat(1024),
  "1 KB Uint8Array": new Uint8Array(1024).fill(7),
  "1000 ints": Array.from({ length: 1000 }, (_, i) => i),
  "10 fields": Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`field${i}`, i % 2 ? i : `v${i}`])),
};

function ours(): Trip {
  const encoder = new Encoder({ encode: () => false });
  const decoder = new Decoder({ decode: () => undefined });
  const writer = new Writer();
  const reader = new Reader();
  return (value) => {
    writer.pos = 0;
    encoder.begin(writer, "args");
    encoder.value(value);
    encoder.end();
    reader.reset(writer.bytes, 0, writer.pos);
    decoder.begin(reader, encoder.items);
    const result = decoder.value();
    decoder.end();
    return result;
  };
}

interface MsgpackrModule {
  Packr: new (options: object) => { pack(value: unknown): Uint8Array };
  Unpackr: new (options: object) => { unpack(bytes: Uint8Array): unknown };
}
interface MsgpackModule {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

async function find<T>(path: string): Promise<T | undefined> {
  const directory = globalThis.process?.argv[2];
  if (directory === undefined) return undefined;
  try {
    return await import(new URL(`${directory}/node_modules/${path}`, `file://${process.cwd()}/`).href);
  } catch {
    return undefined;
  }
}

const rows: [name: string, trip: Trip][] = [
  ["manta", ours()],
  ["JSON", (value) => JSON.parse(JSON.stringify(value))],
  ["structuredClone", (value) => structuredClone(value)],
];
const pack = await find<MsgpackrModule>("msgpackr/pack.js");
const unpack = await find<MsgpackrModule>("msgpackr/unpack.js");
if (pack !== undefined && unpack !== undefined) {
  for (
    const [name, options] of [["plain", { useRecords: false }], ["clone", {
      structuredClone: true,
      moreTypes: true,
    }]] as const
  ) {
    const packr = new pack.Packr(options);
    const unpackr = new unpack.Unpackr(options);
    rows.push([`msgpackr ${name}`, (value) => unpackr.unpack(packr.pack(value))]);
  }
}
const msgpack = await find<MsgpackModule>("@msgpack/msgpack/dist.esm/index.mjs");
if (msgpack !== undefined) rows.push(["@msgpack/msgpack", (value) => msgpack.decode(msgpack.encode(value))]);

/** Nanoseconds a trip: the best of many short turns, since others use the machine too. */
function measure(trip: Trip, value: unknown): number {
  let best = Infinity;
  let count = 100;
  for (let turn = 0; turn < 60; turn++) {
    const start = performance.now();
    for (let i = 0; i < count; i++) trip(value);
    const elapsed = performance.now() - start;
    // The first turns find out how many trips take five milliseconds.
    if (turn < 10) count = Math.min(200_000, Math.max(100, Math.ceil(count * 5 / Math.max(elapsed, 0.01))));
    else best = Math.min(best, elapsed / count * 1e6);
  }
  return best;
}

const results = new Map(rows.map(([name]) => [name, [] as number[]]));
// All kinds of value before any is measured, as in a program: no row may profit from having seen only one.
for (const [, trip] of rows) {
  for (let i = 0; i < 2000; i++) {
    for (const value of Object.values(SAMPLES)) {
      try {
        trip(value);
      } catch {
        break;
      }
    }
  }
}
for (const value of Object.values(SAMPLES)) {
  for (const [name, trip] of rows) {
    const list = results.get(name)!;
    list.push(name === "JSON" && ArrayBuffer.isView(value) ? NaN : measure(trip, value));
  }
}
const runtime = "Deno" in globalThis ? "Deno" : "Bun";
console.log(
  `ns there and back, ${runtime}`.padEnd(28),
  Object.keys(SAMPLES).map((name) => name.padStart(16)).join(""),
);
for (const [name, list] of results) {
  console.log(
    name.padEnd(28),
    list.map((ns) => (Number.isNaN(ns) ? "-" : ns.toFixed(0)).padStart(16)).join(""),
  );
}
