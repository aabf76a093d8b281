/**
 * Collects garbage all the time, to be loaded before tests: what they need and nobody holds goes at once, not once in a month.
 *
 *     deno test -A --v8-flags=--expose-gc --preload=tests/programs/collect_garbage.ts tests/conformance/names_test.ts
 *     bun test --timeout 60000 --preload ./tests/programs/collect_garbage.ts ./tests/conformance/names_test.ts
 *
 * @module
 */

/** Milliseconds between two collections. */
const PAUSE = 8;

const { gc, Bun } = globalThis as unknown as { gc?: () => void; Bun?: { gc(full: boolean): void } };
const collect = Bun === undefined ? gc : () => Bun.gc(true);
if (collect === undefined) {
  throw new Error("Cannot collect garbage: no gc() was found, run Deno with --v8-flags=--expose-gc");
}
const timer: unknown = setInterval(collect, PAUSE);
if (typeof timer === "object") (timer as { unref(): void }).unref();
else (globalThis as unknown as { Deno: { unrefTimer(id: unknown): void } }).Deno.unrefTimer(timer);
