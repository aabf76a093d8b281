/** Each way in which a worker can end itself; says what the driver heard. No test runner takes a part in it. */

import { ActorDiedError, shutdown } from "@manta/ray";
import { Mortal, WAY_NAMES } from "../fault_actors.ts";

if (import.meta.main) {
  for (const way of WAY_NAMES) {
    try {
      await Mortal.remote().die.remote(way);
      console.log(`${way} => nothing`);
    } catch (error) {
      const said = error instanceof ActorDiedError ? error.message : `not an ActorDiedError: ${error}`;
      console.log(`${way} => ${said}`);
    }
  }
  await shutdown();
  console.log("ended");
}
