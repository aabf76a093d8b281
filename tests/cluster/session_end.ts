// Makes an actor, calls it, and simply ends: `session_end.ts <address> <namespace>`.
import { init } from "../../mod.ts";
import { pythonActor } from "../../ray.ts";

interface Counter {
  add(amount: number): number;
}

const [address, namespace] = process.argv.slice(2);
await init({ address, namespace });
const Counter = pythonActor<Counter>("manta_fixtures", "Counter");
const counter = Counter.options({ name: "ends", numCpus: 0 }).remote();
Counter.options({ name: "stays", lifetime: "detached", numCpus: 0 }).remote(41);
console.log(await counter.add.remote(2));
