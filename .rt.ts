// p10/p50 of batches for: await round trip, getSync round trip, bare ring (await / sync)
const root = (globalThis as any).Deno?.env.get("ROOT") ?? (globalThis as any).process?.env.ROOT ?? "/work/main";
const manta = await import(root + "/bench/rows/manta.ts");
const ringM = await import(root + "/bench/rows/ring.ts");
const args = (globalThis as any).Deno?.args ?? process.argv.slice(2);
const ms = Number(args[1] ?? 2000);
const kind = args[0] ?? "all";
const q = (t: number[], p: number) => t.sort((a, b) => a - b)[Math.floor(t.length * p)];
async function time(name: string, run: (n: number) => Promise<void> | void) {
  const B = 200; const t: number[] = [];
  let w = performance.now() + 400; while (performance.now() < w) await run(B);
  const s = performance.now(); let b = s;
  do { await run(B); const n = performance.now(); t.push((n - b) * 1000 / B); b = n; } while (b - s < ms);
  return `${name}: p10 ${q(t, .1).toFixed(3)} p50 ${q(t, .5).toFixed(3)} min ${t[0].toFixed(3)}`;
}
const out: string[] = [];
for (const [name, open] of [["ring", () => ringM.openRing(1024)], ["thread", () => manta.openActor("thread")], ["inline", () => manta.openActor("inline")]] as any) {
  if (kind !== "all" && kind !== name) continue;
  const p = await open();
  let next = 0;
  out.push(await time(name + " await", async (n) => { for (; n > 0; n--) { const v = next++ & 0xffff; if (await p.call(v) !== v) throw 1; } }));
  if (name !== "inline") out.push(await time(name + " sync", (n) => { for (; n > 0; n--) { const v = next++ & 0xffff; if (p.callSync(v) !== v) throw 1; } }));
  if (name === "ring") await p.close();
}
console.log(out.join("\n"));
(globalThis as any).process ? (globalThis as any).process.exit(0) : (globalThis as any).Deno.exit(0);
