const { openActor } = await import(((globalThis as any).process?.env.XROOT ?? "/work/main") + "/bench/rows/manta.ts");
const args = (globalThis as any).Deno?.args ?? process.argv.slice(2);
const p = openActor(args[0]); 
const end = performance.now() + Number(args[1]) * 1000; let n = 0, best = 1e9;
await p.call(1);
while (performance.now() < end) { const t = performance.now(); for (let k = 0; k < 20; k++) { const refs: any[] = []; for (let i = 0; i < 1000; i++) refs.push(p.call(i)); for (let i = 0; i < 1000; i++) if (await refs[i] !== i) throw 1; } n += 20000; best = Math.min(best, (performance.now() - t) / 20); }
console.log(n, "mean", (Number(args[1]) * 1e6 / n).toFixed(3), "us best", best.toFixed(3));
(globalThis as any).process ? (globalThis as any).process.exit(0) : (globalThis as any).Deno.exit(0);
