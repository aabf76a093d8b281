import {
  ActorDiedError,
  type ActorHandle,
  DeadlockError,
  get,
  GetTimeoutError,
  kill,
  listActors,
  type ObjectRef,
  shutdown,
  TaskError,
} from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { countOf, keep, reached, rejection, signal, ticks } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";
import { Band, Guest } from "./threaded_ends_actors.ts";
import { died, soon } from "./threaded_waits.ts";

/** Fulfilled when its threads have really ended. */
function gone(band: ActorHandle<Band>): Promise<void> {
  return soon("its end", band[Symbol.asyncDispose]());
}

for (const place of PLACES) {
  if (place.threads !== "all") continue;
  describe(`the end of a threaded actor, ${place.name}`, () => ends(place));
  describe(`a threaded actor that blocks on calls of its own, ${place.name}`, () => circles(place));
}

function ends({ placement, newFence }: Place): void {
  afterEach(shutdown);

  // ray: change-exit-threaded, exit-actor, shutdown-hook
  it("exitActor() lets what runs on its other threads finish, refuses what waits and comes, and then runs onShutdown once", async () => {
    for (const hook of ["sync", "async"] as const) {
      const [own, fence] = [newFence(), newFence()];
      const band = Band.options({ placement, maxConcurrency: 3 }).remote(own, hook);
      const [first, second] = [band.play.remote(fence, "first"), band.play.remote(fence, "second")];
      await reached(fence, 0, 2);
      const leaving = band.leave.remote(fence);
      await reached(fence, 2);
      const waiting = [band.play.remote(fence, "never"), band.echo.remote("never")];
      const guest = Guest.remote();
      await guest.play.remote([band], fence, 3);
      const blocked = Guest.remote().blockOn.remote([band], fence);
      await reached(fence, 4);
      signal(fence, 3);
      await died("exitActor()", [leaving, ...waiting]);
      for (const outcome of await soon("guest", guest.outcomes.remote())) {
        assertStringIncludes(outcome, "ActorDiedError");
        assertStringIncludes(outcome, "exitActor()");
      }
      const error = await soon("blocked", rejection(blocked));
      assertInstanceOf((error as Error).cause, ActorDiedError);
      await died("exitActor()", [band.echo.remote("later"), band.aside.remote("later")]);
      assertEquals(countOf(own, 6), 0);
      signal(fence, 1);
      assertEquals(await soon("running", get([first, second])), ["first", "second"]);
      await gone(band);
      assertEquals([countOf(own, 6), countOf(own, 5)], [1, 2]);
      await died("exitActor()", [band.echo.remote("last")]);
      assertEquals(countOf(fence, 0), 2);
      const [{ state, reason }] = (await listActors()).filter(({ actorId }) => actorId === band.actorId);
      assertEquals(state, "DEAD");
      assertStringIncludes(reason!, "exitActor()");
    }
  });

  // ray: change-exit-threaded
  it("exitActor() on all threads at once ends it once, and so does one that is caught", async () => {
    const [own, fence] = [newFence(), newFence()];
    const band = Band.options({ placement, maxConcurrency: 4 }).remote(own);
    const refs = Array.from({ length: 4 }, () => band.leave.remote(fence));
    await reached(fence, 2, 4);
    signal(fence, 3);
    await died("exitActor()", [...refs, band.echo.remote(1)]);
    await gone(band);
    assertEquals(countOf(own, 6), 1);
    const caught = newFence();
    const other = Band.options({ placement }).remote(caught);
    await died("exitActor()", [other.leaveAndCatch.remote()]);
    await gone(other);
    await died("exitActor()", [other.echo.remote(1)]);
    assertEquals(countOf(caught, 6), 1);
  });

  // A test each: 35 workers cost Deno 7 s of a core, and with little of the machine left that took the limit of one test.
  for (let round = 1; round <= 5; round++) {
    // ray: change-exit-threaded
    it(`exitActor() under many callers answers or refuses each of their calls, round ${round}`, async () => {
      const [own, fence] = [newFence(), newFence()];
      const band = Band.options({ placement, maxConcurrency: 3 }).remote(own);
      const leaving = band.leave.remote(fence, 2);
      const floods = [0, 1, 2].map(() => Guest.remote().flood.remote([band], fence));
      for (const [answered, error] of await soon("floods", get(floods))) {
        assert(answered >= 0);
        assertStringIncludes(error, "ActorDiedError");
        assertStringIncludes(error, "exitActor()");
      }
      await died("exitActor()", [leaving]);
      await gone(band);
      assertEquals(countOf(own, 6), 1);
    });
  }

  // ray: change-exit-threaded, exit-actor
  it("exitActor() is no crash: nothing starts again, though a thread crashes before all have finished", async () => {
    const [own, fence] = [newFence(), newFence()];
    const band = Band.options({ placement, maxRestarts: -1, maxTaskRetries: -1 }).remote(own);
    const playing = band.play.remote(fence, "played");
    await reached(fence);
    await reached(own, 7, 3);
    await died("exitActor()", [band.leaveAndCatch.remote()]);
    signal(fence, 1);
    assertEquals(await playing, "played");
    await died("exitActor()", [band.echo.remote(1)]);
    await gone(band);
    assertEquals([countOf(own, 6), countOf(own, 7)], [1, 3]);
    const [lasting, late] = [newFence(), newFence()];
    const other = Band.options({ placement, maxRestarts: -1 }).remote(lasting);
    const crashing = other.crash.remote(late);
    await reached(late);
    await reached(lasting, 7, 3);
    await died("exitActor()", [other.leaveAndCatch.remote()]);
    signal(late, 1);
    await died("out of the band", [crashing]);
    await died("exitActor()", [other.echo.remote(1)]);
    await gone(other);
    assertEquals([countOf(lasting, 6), countOf(lasting, 7)], [0, 3]);
  });

  // ray: graceful, builtin-terminate
  it("await using lets what others have running finish, and runs onShutdown once", async () => {
    const [own, fence] = [newFence(), newFence()];
    const guest = keep(Guest.remote());
    let ended: PromiseLike<void>;
    let outside: ActorHandle<Band>;
    let mine: ObjectRef<string>;
    {
      const band = outside = Band.options({ placement }).remote(own);
      await guest.play.remote([band], fence, 1);
      await reached(fence);
      mine = band.echo.remote("mine") as ObjectRef<string>;
      ended = band[Symbol.asyncDispose]();
    }
    assertEquals(await soon("mine", mine), "mine");
    await ticks(10);
    await died("disposed", [outside.echo.remote("later")]);
    assertEquals(countOf(own, 6), 0);
    signal(fence, 1);
    await soon("dispose", ended);
    assertEquals(await guest.outcomes.remote(), ["0"]);
    assertEquals([countOf(own, 6), countOf(own, 5)], [1, 1]);
    await soon("at once", Band.options({ placement }).remote(newFence())[Symbol.asyncDispose]());
  });

  it("kill() does not wait for what runs, also when it ends already", async () => {
    const [own, fence] = [newFence(), newFence()];
    const band = Band.options({ placement }).remote(own);
    const playing = band.play.remote(fence, "lost");
    await reached(fence);
    await died("exitActor()", [band.leaveAndCatch.remote()]);
    await soon("kill", kill(band));
    assertInstanceOf(await soon("playing", rejection(playing)), ActorDiedError);
    assertEquals(countOf(own, 6), 0);
    signal(fence, 1);
  });
}

function circles({ placement, newFence }: Place): void {
  afterEach(shutdown);

  /** One of the calls at least is refused, with a reason; the others have their values. */
  async function refusesOne(refs: PromiseLike<unknown>[]): Promise<unknown[]> {
    const ends = await soon("calls", Promise.allSettled(refs));
    const errors = ends.filter((end) => end.status === "rejected").map(({ reason }) => reason);
    assert(errors.length > 0, "nobody was refused");
    for (const error of errors) {
      assertInstanceOf(error, TaskError, String(error));
      assertInstanceOf(error.cause, DeadlockError, String(error));
      assertStringIncludes(error.message, "maxConcurrency");
    }
    return ends.filter((end) => end.status === "fulfilled").map(({ value }) => value);
  }

  for (const how of ["echo", "several", "any", "stream"] as const) {
    // ray: threaded-getsync
    it(`is refused with a DeadlockError when all of its threads do: ${how}`, async () => {
      for (const threads of [2, 3]) {
        const band = Band.options({ placement, maxConcurrency: threads }).remote(newFence());
        const fence = newFence();
        await refusesOne(Array.from({ length: threads }, () => band.ask.remote(how, fence, threads)));
        // All of its threads are free again.
        const after = newFence();
        const playing = Array.from({ length: threads }, (_, i) => band.play.remote(after, i));
        await reached(after, 0, threads);
        signal(after, 1);
        await soon("after", get(playing));
      }
    });
  }

  // ray: threaded-getsync
  it("is refused over several groups, and not while a group can go on", async () => {
    const band = Band.options({ placement }).remote(newFence());
    const alone = newFence();
    await refusesOne([band.askAside.remote("aside", alone, 1)]);
    const free = newFence();
    const asks = [band.ask.remote("aside", free, 2), band.ask.remote("aside", free, 2)];
    assertEquals(await soon("a free group", get(asks)), ["aside", "aside"]);
    const circle = newFence();
    await refusesOne([
      band.ask.remote("aside", circle, 3),
      band.ask.remote("echo", circle, 3),
      band.askAside.remote("echo", circle, 3),
    ]);
  });

  // ray: threaded-getsync
  it("waits while one of its threads is held by something else, or gives up by itself", async () => {
    const band = Band.options({ placement }).remote(newFence());
    const [held, asked] = [newFence(), newFence()];
    const playing = band.play.remote(held, "played");
    await reached(held);
    const ask = band.ask.remote("echo", asked, 1);
    await reached(asked);
    await ticks(20);
    signal(held, 1);
    assertEquals(await soon("ask", get([playing, ask])), ["played", "echo"]);
    const both = newFence();
    const waits = band.ask.remote("echo", both, 2);
    const givesUp = band.askFor.remote(200, both, 2);
    const error = await soon("gives up", rejection(givesUp));
    assertInstanceOf((error as TaskError).cause, GetTimeoutError, String(error));
    assertEquals(await soon("waits", waits), "echo");
  });
}
