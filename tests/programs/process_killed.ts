/** The driver is killed while its processes are busy and idle. */

import process from "node:process";
import { Apart } from "../conformance/process_actors.ts";

if (import.meta.main) {
  const [busy, idle] = [Apart.remote(), Apart.remote()];
  console.log(`pid ${await busy.pid.remote()}`);
  console.log(`pid ${await idle.pid.remote()}`);
  busy.spin.remote();
  process.kill(process.pid, "SIGKILL");
}
