/**
 * A million calls over four threads, with payloads from nothing to 8 MiB.
 *
 *     deno run --allow-read --v8-flags=--expose-gc tests/programs/million.ts [calls]
 *     bun run tests/programs/million.ts [calls]
 */

import process from "node:process";
import { stress } from "../stress.ts";

if (import.meta.main) {
  const calls = Number(process.argv[2] ?? 1_000_000);
  const { wrong, seen, expected, heapGrowth, rssGrowth, milliseconds } = await stress(calls);
  const rate = Math.round(calls / milliseconds * 1_000);
  console.log(`${calls} calls in ${(milliseconds / 1_000).toFixed(1)} s, ${rate} a second`);
  console.log(`heap grew by ${heapGrowth.toFixed(1)} MiB, rss by ${rssGrowth.toFixed(1)} MiB`);
  const isRight = wrong === 0 && seen.every(([n, bytes]) => n === expected[0] && bytes === expected[1]);
  console.log(isRight ? "none lost, doubled or reordered" : `wrong: ${wrong}, ${JSON.stringify(seen)}`);
  if (!isRight) process.exitCode = 1;
}
