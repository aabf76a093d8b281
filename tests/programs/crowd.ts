/**
 * Very many actors alive at once, each called once.
 *
 *     deno run --allow-read --v8-flags=--expose-gc tests/programs/crowd.ts pool 100000
 *     bun run tests/programs/crowd.ts inline 1000000
 */

import process from "node:process";
import { Actor, type ActorHandle, init, kill, type ObjectRef, remote, shutdown } from "@manta/ray";

@remote
class One extends Actor {
  readonly #number: number;
  constructor(number: number) {
    super();
    this.#number = number;
  }
  number(): number {
    return this.#number;
  }
}

const gc = (globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } }).gc ??
  (() => (globalThis as { Bun?: { gc(force: boolean): void } }).Bun?.gc(true));

/** Resident memory in MiB. */
function memory(): number {
  gc();
  return process.memoryUsage().rss / 2 ** 20;
}

if (import.meta.main) {
  const placement = (process.argv[2] ?? "pool") as "pool" | "inline";
  const count = Number(process.argv[3] ?? 100_000);
  await init();
  await One.options({ placement }).remote(0).number.remote();
  const before = memory();
  const start = performance.now();
  const actors: ActorHandle<One>[] = [];
  for (let i = 0; i < count; i++) actors.push(One.options({ placement }).remote(i));
  const refs: ObjectRef<number>[] = actors.map((actor) => actor.number.remote());
  let wrong = 0;
  for (let i = 0; i < count; i++) if (await refs[i] !== i) wrong++;
  const made = performance.now() - start;
  refs.length = 0;
  const grown = memory() - before;
  let again = 0;
  for (const actor of actors.slice(0, 1_000)) again += await actor.number.remote();
  await Promise.all(actors.map((actor) => kill(actor)));
  console.log(
    `${count} actors, ${wrong} wrong, ${again === 499_500 || count < 1_000 ? "alive" : "not alive"}`,
  );
  console.error(
    `${placement}: ${(made / 1_000).toFixed(2)} s, ${Math.round(made / count * 1e6)} ns each; ` +
      `${Math.round(grown)} MiB, ${Math.round(grown / count * 2 ** 20)} bytes each; ` +
      `killed in ${((performance.now() - start - made) / 1_000).toFixed(2)} s`,
  );
  await shutdown();
}
