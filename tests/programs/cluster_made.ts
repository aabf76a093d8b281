// Makes an actor on a cluster that makes another one, says both processes, and ends: `cluster_made.ts <address> <name> shutdown|end|killed`;
// it is detached if it has a name.
import { init, shutdown } from "@manta/ray";
import { writeSync } from "node:fs";
import process from "node:process";
import { Maker } from "../cluster/made_actors.ts";

if (import.meta.main) {
  const [address, name, way] = process.argv.slice(2);
  await init({ address, namespace: "app" });
  const maker = Maker.options(name === "" ? {} : { name, lifetime: "detached" }).remote();
  const [made] = await maker.pids.remote(1);
  // One that is killed would have said nothing yet.
  writeSync(1, `${await maker.pid.remote()} ${made}`);
  if (way === "shutdown") await shutdown();
  if (way === "killed") process.kill(process.pid, "SIGKILL");
}
