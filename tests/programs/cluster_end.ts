// Has two actors on a cluster, says their processes, and ends: `cluster_end.ts <address> shutdown|end|killed`.
import { get, init, shutdown } from "@manta/ray";
import { writeSync } from "node:fs";
import process from "node:process";
import { Far } from "../cluster/actors.ts";

if (import.meta.main) {
  const [address, way] = process.argv.slice(2);
  await init({ address });
  const actors = [Far.remote(), Far.remote()];
  // One that is killed would have said nothing yet.
  writeSync(1, (await get(actors.map((actor) => actor.pid.remote()))).join(" "));
  if (way === "shutdown") await shutdown();
  if (way === "killed") process.kill(process.pid, "SIGKILL");
}
