/**
 * What can be seen of actors that are more, or elsewhere, than a thread: in a process of their own, or on several threads.
 *
 * @module
 */

import {
  ActorDiedError,
  type ActorState,
  events,
  kill,
  listActors,
  listTasks,
  type RayEvent,
  shutdown,
  summarize,
} from "@manta/ray";
import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import process from "node:process";
import { fencesFor, newFence, reached, rejection, signal } from "./fence.ts";
import { Apart } from "./process_actors.ts";
import { SlowStarter } from "./state_actors.ts";
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

function typesOf(seen: readonly RayEvent[], key: "actorId" | "name", value: string): string[] {
  return seen.filter((event) => Reflect.get(event, key) === value).map(({ type }) => type);
}

describe("listActors() and events(), process", () => {
  afterEach(shutdown);

  // ray: place-state
  it("tell of an actor in a process from its making to its end", async () => {
    const seen = readEvents();
    const apart = Apart.remote();
    const { actorId } = apart;
    const alive = await actorWhen(actorId, ({ state }) => state === "ALIVE");
    assertEquals(
      [alive.className, alive.placement, alive.running, alive.queued, alive.isStale],
      ["Apart", "process", 0, 0, false],
    );
    process.kill(await apart.pid.remote(), "SIGKILL");
    const dead = await actorWhen(actorId, ({ state }) => state === "DEAD");
    assertStringIncludes(dead.reason ?? "", "its process");
    const ofActor = seen.filter((event) => Reflect.get(event, "actorId") === actorId);
    assertEquals(ofActor.map(({ type }) => type).filter((type) => type.startsWith("actor-")), [
      "actor-created",
      "actor-alive",
      "actor-died",
    ]);
  });

  it("tell that a constructor in a process has not ended", async () => {
    const fence = fencesFor("process")();
    const starter = SlowStarter.options({ placement: "process" }).remote(fence);
    await reached(fence, 0);
    const isStarter = ({ actorId }: ActorState): boolean => actorId === starter.actorId;
    assertEquals((await listActors()).find(isStarter)?.state, "PENDING_CREATION");
    signal(fence, 1);
    await actorWhen(starter.actorId, ({ state }) => state === "ALIVE");
  });

  it("tell why an actor in a process could not be made", async () => {
    const broken = Apart.remote("throw");
    const { reason } = await actorWhen(broken.actorId, ({ state }) => state === "DEAD");
    assertStringIncludes(reason ?? "", "RangeError: not like that");
    // Without a handle, garbage collection would be a reason too.
    assertInstanceOf(await rejection(broken.pid.remote()), ActorDiedError);
  });

  // ray: place-state
  it("tell of calls once, as they begin and end in the process, and of what fails there", async () => {
    const seen = readEvents();
    await listTasks();
    const apart = Apart.remote();
    assertEquals(await apart.echo.remote(1), 1);
    await rejection(Promise.resolve(apart.fail.remote()));
    await listTasks();
    assertEquals(typesOf(seen, "name", "Apart.echo"), ["task-submitted", "task-started", "task-finished"]);
    const tasks = await listTasks();
    assertEquals(tasks.map(({ name, state }) => [name, state]), [
      ["Apart.echo", "FINISHED"],
      ["Apart.fail", "FAILED"],
    ]);
  });
});

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
