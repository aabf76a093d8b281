/**
 * A thread's death in each way: whoever waits for it, in whichever way, hears of it within a second, and why.
 *
 * @module
 */

import { ActorDiedError, getSync, kill, shutdown, TaskError } from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertLess, assertStringIncludes } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { newFence, reached, rejection, signal, within } from "./conformance/fence.ts";
import { BlockedWaiter, DiesAtBirth, Mortal, REASONS, Waiter, type Way } from "./fault_actors.ts";

/** The contract says a second; a busy machine may take longer to run the test itself. */
const LIMIT = 10_000;

function assertDied(error: unknown, reason: string, what: string): void {
  assertInstanceOf(error, ActorDiedError, `${what}: ${error}`);
  assertStringIncludes(error.message, reason, what);
}

for (const [name, reason] of Object.entries(REASONS)) {
  const way = name as Way;
  describe(`a worker that ends by ${way}`, () => {
    afterEach(shutdown);

    // ray: sys-exit, actor-errors
    it("rejects pending and later calls with ActorDiedError, saying why, within a second", async () => {
      const mortal = Mortal.remote();
      const fence = newFence();
      const pending = mortal.hang.remote(fence);
      await reached(fence, 0);
      const started = performance.now();
      const dying = mortal.die.remote(way);
      const queued = mortal.ping.remote();
      assertDied(await within(LIMIT, "pending", rejection(pending)), reason, "pending");
      const elapsed = performance.now() - started;
      assertDied(await within(LIMIT, "dying", rejection(dying)), reason, "dying");
      const answer = await within(LIMIT, "queued", queued.then((value) => value, (error) => error));
      if (answer !== "pong") assertDied(answer, reason, "queued");
      assertDied(await within(LIMIT, "later", rejection(mortal.ping.remote())), reason, "later");
      assertLess(elapsed, 5_000);
      await within(LIMIT, "kill of the dead", kill(mortal));
    });

    it("ends a getSync() that blocks the driver at that moment", () => {
      const mortal = Mortal.remote();
      const error = thrownBy(() => getSync(mortal.die.remote(way), { timeout: LIMIT }));
      assertDied(error, reason, "blocked");
      assertDied(thrownBy(() => getSync(mortal.ping.remote(), { timeout: LIMIT })), reason, "later");
    });

    it("ends the wait of another actor, awaiting or blocked", async () => {
      for (const Kind of [Waiter, BlockedWaiter]) {
        const mortal = Mortal.remote();
        const fence = newFence();
        const waiting = Kind.remote().waitFor.remote(mortal, fence);
        // Whichever comes first: an error before the call has begun is to be seen as what it is.
        await Promise.race([reached(fence, 0), waiting]);
        mortal.die.remote(way);
        const error = await within(LIMIT, "waiting", rejection(waiting));
        assertInstanceOf(error, TaskError);
        assertDied(error.cause, reason, "waiting");
      }
    });

    // ray: owner-fate
    it("ends the actors that the dead one made", async () => {
      const mortal = Mortal.remote();
      const [child, inline] = [await mortal.child.remote(), await mortal.inlineChild.remote()];
      const fence = newFence();
      const pending = [child.hang.remote(fence), inline.hang.remote(fence)];
      await reached(fence, 0, 2);
      mortal.die.remote(way);
      assertDied(await within(LIMIT, "child", rejection(pending[0])), "made it", "child");
      assertInstanceOf(await within(LIMIT, "inline", rejection(pending[1])), ActorDiedError);
      assertDied(await within(LIMIT, "child later", rejection(child.ping.remote())), "made it", "later");
      assertInstanceOf(await within(LIMIT, "inline later", rejection(inline.ping.remote())), ActorDiedError);
    });

    it("does not touch its neighbours", async () => {
      const [mortal, other] = [Mortal.remote(), Mortal.remote()];
      await other.ping.remote();
      await within(LIMIT, "dying", rejection(mortal.die.remote(way)));
      assertEquals(await within(LIMIT, "other", other.ping.remote()), "pong");
    });
  });
}

describe("a worker that ends while it is being made", () => {
  afterEach(shutdown);

  it("rejects calls when its constructor ends the thread", async () => {
    const mortal = DiesAtBirth.remote("process.exit(3)");
    assertInstanceOf(await within(LIMIT, "call", rejection(mortal.ping.remote())), ActorDiedError);
    assertInstanceOf(await within(LIMIT, "later", rejection(mortal.ping.remote())), ActorDiedError);
  });

  it("ends a getSync() that blocks the driver meanwhile", () => {
    const mortal = DiesAtBirth.remote("process.exit(3)");
    assertInstanceOf(
      thrownBy(() => getSync(mortal.ping.remote(), { timeout: LIMIT })),
      ActorDiedError,
    );
  });
});

describe("a worker that is ended from outside", () => {
  afterEach(shutdown);

  it("rejects all that waits, wherever it waits, when it is killed", async () => {
    const mortal = Mortal.remote();
    const fence = newFence();
    const calls = [mortal.hang.remote(fence), Waiter.remote().waitFor.remote(mortal, fence)];
    const blocked = BlockedWaiter.remote().waitFor.remote(mortal, fence);
    await reached(fence, 0, 3);
    await within(LIMIT, "kill", kill(mortal));
    assertDied(await within(LIMIT, "driver's", rejection(calls[0])), "killed", "driver's");
    for (const call of [calls[1], blocked]) {
      const error = await within(LIMIT, "actor's", rejection(call));
      assertInstanceOf(error, TaskError);
      assertDied(error.cause, "killed", "actor's");
    }
  });

  it("ends although its thread is blocked", async () => {
    const mortal = Mortal.remote();
    const fence = newFence();
    const blocked = mortal.dieWhenTold.remote("process.exit(3)", fence);
    await reached(fence, 2);
    await within(LIMIT, "kill", kill(mortal));
    assertDied(await within(LIMIT, "blocked", rejection(blocked)), "killed", "blocked");
    signal(fence, 1);
  });

  it("ends although it loops without end, at shutdown too", async () => {
    const fence = newFence();
    const waiter = BlockedWaiter.remote();
    const mortal = Mortal.remote();
    const waiting = waiter.waitFor.remote(mortal, fence);
    await reached(fence, 0);
    await within(LIMIT, "shutdown", shutdown());
    assertDied(await within(LIMIT, "waiting", rejection(waiting)), "shut down", "waiting");
  });
});

describe("a worker that dies while the driver does something else", () => {
  afterEach(shutdown);

  it("is heard of after the driver was busy for a while", async () => {
    const mortal = Mortal.remote();
    const fence = newFence();
    const pending = mortal.hang.remote(fence);
    mortal.dieWhenTold.remote("process.exit(3)", fence);
    await reached(fence, 2);
    signal(fence, 1);
    const end = performance.now() + 200;
    while (performance.now() < end); // busy on purpose
    assertDied(await within(LIMIT, "pending", rejection(pending)), "3", "pending");
  });

  it("answers given before the death count", async () => {
    const mortal = Mortal.remote();
    const answers = Array.from({ length: 100 }, () => mortal.pong.remote());
    const dying = mortal.die.remote("process.exit(3)");
    assertDied(await within(LIMIT, "dying", rejection(dying)), "3", "dying");
    for (const answer of answers) assertEquals(await within(LIMIT, "answer", answer), "pong");
  });

  it("ten deaths in a row leave nothing behind that waits", async () => {
    for (let round = 0; round < 10; round++) {
      const mortal = Mortal.remote();
      const calls = [mortal.ping.remote(), mortal.die.remote("process.exit(3)"), mortal.ping.remote()];
      const ends = await within(LIMIT, `round ${round}`, Promise.allSettled(calls));
      assert(ends[1].status === "rejected");
      assertDied(ends[1].reason, "3", `round ${round}`);
    }
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
