// Rows of Ray's tables (.ci/parity.txt) that no other file of tests has a place for.
import { getActor, init, kill, shutdown, wait, waitSync } from "@manta/ray";
import { assertEquals, assertMatch } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho } from "./actors.ts";
import { newFence, reached, rejection, signal, within } from "./fence.ts";
import { PLACES_APART } from "./places.ts";
import { CONSTRUCT, MADE, Phoenix, RUNS } from "./restart_actors.ts";
import { Blocker, Heir, Meeter, Reborn } from "./rows_actors.ts";

const LIMIT = 20_000;

for (const { name, placement, newFence } of PLACES_APART) {
  describe(`rows of Ray's, ${name}`, () => {
    afterEach(shutdown);

    // ray: actor-parallel
    it("actors run at the same time: two that block until the other one has come both answer", async () => {
      await init({ poolThreads: 2 });
      const fence = newFence();
      const [a, b] = [Meeter, Meeter].map((Class) => Class.options({ placement }).remote());
      const both = Promise.all([a.meet.remote(fence, 0, 1), b.meet.remote(fence, 1, 0)]);
      assertEquals(await within(LIMIT, "both", both), [0, 1]);
    });
  });
}

describe("rows of Ray's", () => {
  afterEach(shutdown);

  // ray: async-actor, inheritance
  it("an async method of a base class makes an async actor of a child that has none", async () => {
    const fence = newFence();
    const heir = Heir.remote();
    const held = heir.after.remote(fence, "inherited");
    await reached(fence);
    assertEquals(await within(LIMIT, "pong", heir.pong.remote()), "pong");
    signal(fence, 1);
    assertEquals(await held, "inherited");
  });

  // ray: get-actor-retries
  it("a handle from getActor() makes calls again as the actor's maker said", async () => {
    const fence = newFence();
    const options = { name: "phoenix", maxRestarts: 1, maxTaskRetries: 1 };
    const made = Phoenix.options(options).remote(fence, "when told");
    const found = await getActor<Phoenix>("phoenix");
    const answer = found.crashUntil.remote(1);
    await reached(fence, MADE, 2);
    signal(fence, CONSTRUCT);
    assertEquals([await within(LIMIT, "answer", answer), Atomics.load(fence, RUNS)], [2, 2]);
    assertEquals(made.actorId, found.actorId);
  });

  // ray: context-restarted
  it("wasReconstructed is true in an actor that was started again, in its constructor too", async () => {
    const thread = Reborn.options({ maxRestarts: 1 }).remote();
    const inline = Reborn.options({ maxRestarts: 1, placement: "inline" }).remote();
    for (const actor of [thread, inline]) assertEquals(await actor.was.remote(), [false, false]);
    await rejection(thread.crash.remote());
    await kill(inline, { noRestart: false });
    for (const actor of [thread, inline]) {
      assertEquals(await actor.was.options({ maxTaskRetries: 1 }).remote(), [true, true]);
    }
  });

  // ray: doubt-get-async, pain-blocking-get
  it("getSync() in an async actor is allowed, and one warning says what to write", async () => {
    const warn = console.warn;
    const warnings: unknown[] = [];
    console.warn = (...words: unknown[]) => warnings.push(words.join(" "));
    try {
      assertEquals(await Blocker.remote().block.remote(3), 3);
      assertEquals(await Blocker.remote().block.remote(2), 2);
    } finally {
      console.warn = warn;
    }
    assertEquals(warnings.length, 1);
    assertMatch(String(warnings[0]), /"getSync" in an async actor .* use "await"/);
  });

  // ray: doubt-wait-forever, pain-wait
  it("wait() and waitSync() without a timeout, or with a very long one, wait until something is there", async () => {
    for (const timeout of [undefined, Infinity, 2 ** 31, 2 ** 40]) {
      const fence = newFence();
      const ref = AsyncEcho.remote().after.remote(fence, 1);
      const waited = wait([ref], { timeout });
      await reached(fence);
      signal(fence, 1);
      assertEquals((await waited)[0], [ref]);
      assertEquals(waitSync([ref], { timeout })[0], [ref]);
    }
  });
});
