/**
 * What can be seen of actors on several threads.
 *
 * @module
 */

import { type ActorState, events, kill, listActors, type RayEvent, shutdown, summarize } from "@manta/ray";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { newFence, reached, signal } from "./fence.ts";
import { Gang } from "./threaded_actors.ts";

const LIMIT = 30_000;

async function actorWhen(id: string, check: (actor: ActorState) => boolean): Promise<ActorState> {
  const end = performance.now() + LIMIT;
  for (;;) {
    const actor = (await listActors()).find(({ actorId }) => actorId === id);
    if (actor !== undefined && check(actor)) return actor;
    if (performance.now() > end) {
      throw new Error(`${id} did not come so far in ${LIMIT} ms: ${JSON.stringify(actor)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Reads events until `shutdown`. */
function readEvents(): RayEvent[] {
  const seen: RayEvent[] = [];
  const stream = events();
  (async () => {
    for await (const event of stream) seen.push(event);
  })();
  return seen;
}

describe("listActors() and events(), threaded", () => {
  afterEach(shutdown);

  // ray: place-state
  it("tell of a threaded actor as of one", async () => {
    const seen = readEvents();
    const gang = Gang.remote();
    const { actorId } = gang;
    await Promise.all(Array.from({ length: 4 }, () => gang.echo.remote(1)));
    const { state, running, queued } = await actorWhen(actorId, ({ state }) => state === "ALIVE");
    assertEquals([state, running, queued], ["ALIVE", 0, 0]);
    assertEquals(await summarize(), {
      actors: { Gang: { ALIVE: 1 } },
      tasks: { "Gang.echo": { FINISHED: 4 } },
    });
    await kill(gang);
    assertStringIncludes((await actorWhen(actorId, ({ state }) => state === "DEAD")).reason ?? "", "killed");
    assertEquals(
      seen.filter((event) => Reflect.get(event, "actorId") === actorId)
        .map(({ type }) => type).filter((type) => type.startsWith("actor-")),
      ["actor-created", "actor-alive", "actor-died"],
    );
    const ids = seen.filter(({ type }) => type === "task-started")
      .map((event) => Reflect.get(event, "actorId"));
    assertEquals(ids, [actorId, actorId, actorId, actorId]);
  });

  it("count the calls that its threads run, and those that wait for one", async () => {
    const gang = Gang.remote();
    const fence = newFence();
    const refs = [1, 2, 3].map((n) => gang.hold.remote(fence, n));
    await reached(fence, 0, 2);
    const { running, queued, isStale } = await actorWhen(gang.actorId, ({ queued }) => queued > 0);
    assertEquals([running, queued, isStale], [2, 1, true]);
    signal(fence, 1);
    assertEquals(await Promise.all(refs), [1, 2, 3]);
    const rest = await actorWhen(gang.actorId, ({ queued }) => queued === 0);
    assertEquals([rest.running, rest.isStale], [0, false]);
  });
});
