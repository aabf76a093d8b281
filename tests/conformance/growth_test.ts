import { kill, shutdown } from "@manta/ray";
import { assertEquals } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { within } from "./fence.ts";
import { Passer, Short, strangers } from "./growth_actors.ts";

const LIMIT = 25_000;

describe("a thread of a program that makes and ends actors without end", () => {
  afterEach(shutdown);

  it("keeps nothing of the threads that have ended, whoever passed on their actors", async () => {
    const passers = [Passer.remote(), Passer.remote()];
    for (let round = 0; round < 2; round++) {
      const shorts = [Short.remote(), Short.remote()];
      await within(LIMIT, "calls", passers[0].call.remote(shorts, [passers[1]]));
      // All hear of these ends before they read a later call.
      await within(LIMIT, "kill", Promise.all(shorts.map((short) => kill(short))));
    }
    const others = passers.map((passer) => passer.strangers.remote());
    assertEquals([strangers(), await others[0], await others[1]], [0, 0, 0]);
  });

  it("waits once for an actor's end, however often that starts again", async () => {
    const passer = Passer.remote();
    const short = Short.options({ maxRestarts: -1 }).remote();
    assertEquals(await within(LIMIT, "crash", passer.crash.remote([short], 3)), 1);
  });
});
