/** An actor in a process prints, and is idle: the program ends. */

import { Apart } from "../conformance/process_actors.ts";

if (import.meta.main) {
  const apart = Apart.remote();
  await apart.print.remote();
  console.log(`pid ${await apart.pid.remote()}`);
}
