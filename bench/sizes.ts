/**
 * The sizes of bytes that are sent.
 *
 * @module
 */

import { timeBatches } from "./batches.ts";
import { soFar } from "./workload.ts";

const sizes = [
  { name: "8 B", bytes: 8, batch: 100 },
  { name: "1 KB", bytes: 1 << 10, batch: 100 },
  { name: "64 KB", bytes: 1 << 16, batch: 20 },
  { name: "1 MB", bytes: 1 << 20, batch: 4 },
  { name: "10 MB", bytes: 10 << 20, batch: 1 },
];

const MILLISECONDS = 250;

/** Microseconds a trip for each size from the smallest asked for. `trip` marks the bytes and returns those to send next. */
export async function timeSizes(
  smallest: number,
  trip: (bytes: Uint8Array, mark: number) => Promise<Uint8Array>,
): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const size of sizes) {
    if (size.bytes < smallest) continue;
    let sent: Uint8Array = new Uint8Array(size.bytes).fill(7);
    let mark = 0;
    const { p50 } = await timeBatches(
      async (calls) => {
        for (let left = calls; left > 0; left--) {
          mark = (mark + 1) & 0xff;
          sent = await trip(sent, mark);
        }
      },
      size.batch,
      MILLISECONDS,
    );
    times[size.name] = p50;
    soFar(times);
  }
  return times;
}
