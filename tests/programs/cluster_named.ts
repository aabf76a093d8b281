// Makes a named actor on a cluster, says its process, and ends, or stays until its input ends: `cluster_named.ts <address> <name>
// shutdown|end|killed|detached|shared|common`. With `shared` the actor is not detached, with `common` it may be there already.
import { init, put, shutdown } from "@manta/ray";
import { writeSync } from "node:fs";
import process from "node:process";
import { Counter } from "../cluster/named_actors.ts";

if (import.meta.main) {
  const [address, name, way] = process.argv.slice(2);
  await init({ address, namespace: "app" });
  const more = { getIfExists: way === "common", ...(way !== "shared" && { lifetime: "detached" as const }) };
  const counter = Counter.options({ name, ...more }).remote();
  counter.keep.remote([put("its maker's")]);
  const pid = await counter.pid.remote();
  // One that is killed would have said nothing yet.
  writeSync(1, String(pid));
  if (way === "detached" || way === "shared") {
    await new Promise((resolve) => process.stdin.resume().on("end", resolve));
  }
  if (way === "shutdown" || way === "shared") await shutdown();
  if (way === "killed") process.kill(process.pid, "SIGKILL");
}
