// Says which packages of a cluster's are loaded, when a program uses actors and none; then, with "load", when it does.
import { createRequire } from "node:module";
import { Actor, put, remote, shutdown } from "../../mod.ts";
import { loadPackage } from "../../lib/transport/ray/load_package.ts";

@remote
class Idler extends Actor {
  ping(): string {
    return "pong";
  }
}

if (import.meta.main) {
  await Idler.remote().ping.remote();
  await Idler.options({ placement: "inline" }).remote().ping.remote();
  await put(1);
  if (process.argv.includes("load")) {
    for (const name of ["@grpc/grpc-js", "fflate", "ignore"] as const) await loadPackage(name);
  }
  const { cache } = createRequire(import.meta.url);
  const loaded = ["@grpc/grpc-js", "fflate", "ignore"].filter((name) =>
    Object.keys(cache).some((path) => path.includes(`/${name}/`))
  );
  console.log(loaded.join(" ") || "none");
  await shutdown();
}
