// Shuts down while an actor on a cluster is being made, three times: `cluster_early.ts <address>`.
import { init, shutdown } from "@manta/ray";
import process from "node:process";
import { Far } from "../cluster/actors.ts";

if (import.meta.main) {
  for (let round = 1; round <= 3; round++) {
    await init({ address: process.argv[2] });
    await Far.remote().pid.remote();
    Far.remote().echo.remote("early").catch((error) => console.log((error as Error).message));
    await shutdown();
    console.log(`round ${round}`);
  }
}
