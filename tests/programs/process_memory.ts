/** An actor in a process uses all the memory it can get. The limit is the system's, so that the machine is not harmed. */

import { execFileSync } from "node:child_process";
import { Apart } from "../conformance/process_actors.ts";

if (import.meta.main) {
  const [apart, other] = [Apart.remote(), Apart.remote()];
  const pid = await apart.pid.remote();
  execFileSync("prlimit", [`--pid=${pid}`, `--data=${900_000_000}`]);
  try {
    await apart.exhaust.remote();
  } catch (error) {
    console.log(String(error));
  }
  console.log("the driver lives", await other.echo.remote(1));
}
