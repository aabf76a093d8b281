/** Very many calls with payloads of all sizes: shared by the test and by programs/million.ts. */

import { Actor, type ObjectRef, remote, shutdown } from "@manta/ray";
import process from "node:process";

const KiB = 1_024;
const MiB = 1_024 * KiB;

/** Checks that calls come in the order made, each once, with the bytes that they were sent with. */
@remote
export class Sink extends Actor {
  #expected = 0;
  #bytes = 0;
  take(sequence: number, payload: Uint8Array | undefined): number {
    if (sequence !== this.#expected) throw new Error(`Call ${sequence} came in place of ${this.#expected}`);
    this.#expected++;
    if (payload === undefined) return sequence;
    const { length } = payload;
    const right = length === 0 || (payload[0] === (sequence & 255) && payload[length - 1] === (length & 255));
    if (!right || length !== sizeOf(sequence)) throw new Error(`Call ${sequence} has a wrong payload`);
    this.#bytes += length;
    return sequence;
  }
  seen(): [calls: number, bytes: number] {
    return [this.#expected, this.#bytes];
  }
}

/** Nothing for the most part, some KiB often, and 8 MiB now and then. */
function sizeOf(sequence: number): number {
  if (sequence % 12_500 === 12_499) return 8 * MiB;
  if (sequence % 1_250 === 1_249) return 300 * KiB;
  if (sequence % 125 === 124) return 20 * KiB + (sequence % 7);
  if (sequence % 10 === 9) return 2 + (sequence % 1_021);
  return 0;
}

function payloadOf(sequence: number): Uint8Array | undefined {
  const size = sizeOf(sequence);
  if (size === 0) return sequence % 3 === 0 ? new Uint8Array(0) : undefined;
  const payload = new Uint8Array(size);
  payload[0] = sequence & 255;
  payload[size - 1] = size & 255;
  return payload;
}

export interface StressReport {
  /** Answers that were wrong: each call answers with its own number. */
  wrong: number;
  /** Calls and bytes that each actor has seen, and should have. */
  seen: [calls: number, bytes: number][];
  expected: [calls: number, bytes: number];
  /** By how many MiB memory grew from after the warm-up to the end, the actors alive. */
  heapGrowth: number;
  rssGrowth: number;
  milliseconds: number;
}

/** Makes `calls` calls of `actors` actors, at most `window` unanswered at a time, after a warm-up of one tenth. */
export async function stress(calls: number, actors = 4, window = 2_000): Promise<StressReport> {
  const sinks = Array.from({ length: actors }, () => Sink.remote());
  const each = Math.floor(calls / actors);
  const warm = Math.floor(each / 10);
  const started = performance.now();
  let wrong = 0;
  const run = async (from: number, to: number): Promise<void> => {
    let flying: [number, ObjectRef<number>][] = [];
    const land = async (): Promise<void> => {
      for (const [sequence, ref] of flying) if (await ref !== sequence) wrong++;
      flying = [];
    };
    for (let sequence = from; sequence < to; sequence++) {
      for (const sink of sinks) flying.push([sequence, sink.take.remote(sequence, payloadOf(sequence))]);
      if (flying.length >= window) await land();
    }
    await land();
  };
  await run(0, warm);
  const before = await settledMemory();
  await run(warm, each);
  const milliseconds = performance.now() - started;
  const seen = [];
  for (const sink of sinks) seen.push(await sink.seen.remote());
  const after = await settledMemory();
  await shutdown();
  let bytes = 0;
  for (let sequence = 0; sequence < each; sequence++) bytes += sizeOf(sequence);
  return {
    wrong,
    seen,
    expected: [each, bytes],
    heapGrowth: (after.heap - before.heap) / MiB,
    rssGrowth: (after.rss - before.rss) / MiB,
    milliseconds,
  };
}

/** Memory once collectors have had the occasion to run, again and again until it does not shrink any more. */
async function settledMemory(): Promise<{ heap: number; rss: number }> {
  const collect = globalThis as { Bun?: { gc(force: boolean): void }; gc?: () => void };
  let best = { heap: Infinity, rss: Infinity };
  for (let round = 0; round < 5; round++) {
    if (collect.Bun !== undefined) collect.Bun.gc(true);
    else if (collect.gc !== undefined) collect.gc();
    // Without a way to ask for it: garbage in such amounts that the collector comes by itself.
    else for (let i = 0; i < 20; i++) new Uint8Array(4 * MiB).fill(i);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { heapUsed, external, rss } = process.memoryUsage();
    best = { heap: Math.min(best.heap, heapUsed + external), rss: Math.min(best.rss, rss) };
  }
  return best;
}
