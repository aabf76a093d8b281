// one row for the profiler: kind seconds
const root = "/work/main";
const { openActor } = await import((globalThis as any).process?.env.XROOT ?? root + "/bench/rows/manta.ts");
const args = (globalThis as any).Deno?.args ?? process.argv.slice(2);
const p = openActor(args[0]); const sync = args[2] === "sync";
const end = performance.now() + Number(args[1]) * 1000; let n = 0;
if (sync) while (performance.now() < end) for (let i = 0; i < 500; i++) { p.callSync(n & 0xffff); n++; }
else while (performance.now() < end) for (let i = 0; i < 500; i++) { await p.call(n & 0xffff); n++; }
console.log(n, (Number(args[1]) * 1e6 / n).toFixed(3), "us");
(globalThis as any).process ? (globalThis as any).process.exit(0) : (globalThis as any).Deno.exit(0);
