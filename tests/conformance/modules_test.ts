import { ActorDiedError, init, kill, RuntimeEnvSetupError, shutdown } from "@manta/ray";
import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { Endless, EndlessTwins } from "./endless_module.ts";
import { Unmade, unmadeStream, unmadeTask } from "./failing_module.ts";
import { rejection, within } from "./fence.ts";
import * as tasks from "./tasks.ts";
import { died } from "./threaded_waits.ts";

const LIMIT = 20_000;

// Inline actors need no module.
for (const placement of ["thread", "pool", "process"] as const) {
  describe(`modules that cannot be loaded, ${placement}`, () => {
    afterEach(shutdown);

    // ray: graceful
    it("await using of an actor whose module never loads ends it, also if it may restart", async () => {
      for (const maxRestarts of [0, 2]) {
        const endless = Endless.options({ placement, maxRestarts }).remote();
        await within(LIMIT, "dispose", endless[Symbol.asyncDispose]());
        await died("disposed", [endless.ping.remote()]);
      }
    });

    it("kill() ends one whose module never loads, and its calls", async () => {
      const endless = Endless.options({ placement }).remote();
      const call = endless.ping.remote();
      await within(LIMIT, "kill", kill(endless));
      await died("killed", [call]);
    });

    // ray: init-failure
    it("an actor whose module throws has died of that", async () => {
      for (let round = 0; round < 2; round++) {
        const error = await within(
          LIMIT,
          "call",
          rejection(Unmade.options({ placement }).remote().ping.remote()),
        );
        assertInstanceOf(error, ActorDiedError);
        assertStringIncludes(error.message, "its module could not be loaded: RangeError: not in a worker");
        assertInstanceOf(error.cause, RangeError);
      }
    });
  });
}

describe("modules that cannot be loaded", () => {
  afterEach(shutdown);

  it("await using of a threaded actor whose module never loads ends it", async () => {
    const twins = EndlessTwins.remote();
    await within(LIMIT, "dispose", twins[Symbol.asyncDispose]());
    await died("disposed", [twins.ping.remote()]);
  });

  // ray: error-runtime-env
  it("a function whose module throws is a RuntimeEnvSetupError each time, with what that threw as cause", async () => {
    // All on one worker, where what stands before the error has been declared.
    await init({ numCpus: 1 });
    const refs = [unmadeTask.remote(), unmadeTask.remote(), unmadeStream.remote().completed()];
    for (const ref of refs) {
      const error = await within(LIMIT, "function", rejection(ref));
      assertInstanceOf(error, RuntimeEnvSetupError, String(error));
      assertStringIncludes(error.message, "its module could not be loaded: RangeError: not in a worker");
      assertInstanceOf(error.cause, RangeError);
    }
    assertEquals(await tasks.add.remote(1, 2), 3);
  });
});
