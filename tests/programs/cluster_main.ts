// Waits for a cluster in a function that its module does not wait for, and has nothing else to do: `cluster_main.ts <address>`.
import { init, kill, listNamedActors, shutdown } from "@manta/ray";
import { pythonActor } from "@manta/ray/ray";
import process from "node:process";

const Counter = pythonActor<{ total(): number }>("collections", "Counter", { numCpus: 0 });

async function main(): Promise<void> {
  await init({ address: process.argv[2] });
  console.log(await listNamedActors());
  await kill(Counter.remote());
  console.log("killed");
  await shutdown();
  console.log("shut down");
}

if (import.meta.main) void main();
