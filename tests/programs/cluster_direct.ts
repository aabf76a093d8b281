// Makes two actors on a cluster, of which one calls the other: `cluster_direct.ts <address> counted`, on nodes that have "one" and
// "other", with many bytes, while this program blocks; `cluster_direct.ts <address> <caller's name> <callee's name>`, detached and on and
// on, says their processes, and is killed.
import { getSync, init, shutdown } from "@manta/ray";
import { writeSync } from "node:fs";
import process from "node:process";
import { Callee, Caller } from "../cluster/direct_actors.ts";

if (import.meta.main) {
  const [address, name, other] = process.argv.slice(2);
  await init({ address, namespace: "app" });
  if (name === "counted") {
    const callee = Callee.options({ resources: { one: 1 } }).remote();
    const caller = Caller.options({ resources: { other: 1 } }).remote(callee);
    getSync(caller.allAtOnce.remote(5_000));
    const sum = [1, 2, 3, 4, 5].reduce((sum) => sum + getSync(caller.bytes.remote(8_000_000)), 0);
    console.log(sum, getSync(caller.know.remote(callee)) === getSync(callee.pid.remote()));
    await shutdown();
  } else {
    const callee = Callee.options({ name: other, lifetime: "detached" }).remote();
    const caller = Caller.options({ name, lifetime: "detached" }).remote(callee);
    await caller.play.remote();
    writeSync(1, `${await caller.pid.remote()} ${await callee.pid.remote()}`);
    process.kill(process.pid, "SIGKILL");
  }
}
