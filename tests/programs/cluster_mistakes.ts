// Actors on a cluster that cannot begin, and what their calls say: `cluster_mistakes.ts <address>`.
import { get, init, remote, shutdown } from "@manta/ray";
import process from "node:process";
import { Far } from "../cluster/actors.ts";

class Elsewhere {
  ping(): void {}
}

if (import.meta.main) {
  const nowhere = { MANTA_DENO: "/nowhere", MANTA_BUN: "/nowhere" };
  await init({ address: process.argv[2], runtimeEnv: { env_vars: nowhere } });
  const said = (error: Error): void => console.log(error.message);
  await get(Far.remote().pid.remote()).catch(said);
  await shutdown();
  await init({ address: process.argv[2] });
  const module = new URL("./node_only.ts", import.meta.url).href;
  await get(remote(Elsewhere, { module }).remote().ping.remote()).catch(said);
  await shutdown();
}
