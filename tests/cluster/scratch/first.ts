import { Actor, type ActorHandle, init, remote, shutdown } from "../../../mod.ts";
@remote
class Counter extends Actor {
  #n: number;
  constructor(n: number) {
    super();
    this.#n = n;
  }
  add(k: number): number {
    return this.#n += k;
  }
  fail(): void {
    throw new RangeError("bad");
  }
  where(): string {
    return process.cwd();
  }
}
@remote
class Caller extends Actor {
  constructor(readonly c: ActorHandle<Counter>) {
    super();
  }
  async go(n: number): Promise<number> {
    let x = 0;
    for (let i = 0; i < n; i++) x = await this.c.add.remote(1);
    return x;
  }
  async make(): Promise<ActorHandle<Counter>> {
    const c = Counter.remote(1000);
    await c.add.remote(1);
    return c;
  }
}
if (import.meta.main) {
  const t0 = performance.now();
  const t = () => (performance.now() - t0).toFixed(0) + " ms";
  await init({ address: process.argv[2] });
  console.log("ready", t());
  const c = Counter.remote(10);
  console.log(await c.add.remote(5), t());
  console.log(await c.where.remote(), t());
  let s = performance.now();
  for (let i = 0; i < 20; i++) await c.add.remote(1);
  console.log("one at a time", (performance.now() - s) / 20);
  s = performance.now();
  await Promise.all(Array.from({ length: 1000 }, () => c.add.remote(1)));
  console.log("1000", performance.now() - s);
  try {
    await c.fail.remote();
  } catch (e) {
    console.log(e instanceof RangeError, String(e));
  }
  const d = Caller.remote(c);
  console.log(await d.go.remote(10), t());
  s = performance.now();
  console.log(await d.go.remote(100), (performance.now() - s) / 100);
  const made = await d.make.remote();
  console.log(await made.add.remote(1), t());
  await shutdown();
  console.log("down", t());
}
