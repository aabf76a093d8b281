import { ActorDiedError, type ActorHandle, exitActor, kill, runtimeContext, shutdown } from "@manta/ray";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho } from "./actors.ts";
import { Disposer, Leaver, SyncLeaver } from "./ending_actors.ts";
import { countOf, type Fence, reached, rejection, signal, within } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";

for (const place of PLACES) describe(`graceful ends, ${place.name}`, () => ending(place));

function ending({ placement, told, newFence }: Place): void {
  afterEach(shutdown);
  const make = (fence: Fence, maxConcurrency = 1_000): ActorHandle<Leaver> =>
    Leaver.options({ placement, maxConcurrency }).remote(fence);
  const died = async (what: string, promise: PromiseLike<unknown>, reason: string): Promise<void> => {
    const error = await within(20_000, what, rejection(promise));
    assertInstanceOf(error, ActorDiedError, `${what}: ${error}`);
    assertStringIncludes(error.message, reason, what);
  };

  // ray: exit-actor, doubt-exit-queued, change-exit-async, pain-exit, shutdown-hook
  it("exitActor() ends the call, those that wait and later ones; those that have begun end first; then onShutdown", async () => {
    const fence = newFence();
    const actor = make(fence, 2);
    const working = actor.work.remote("done");
    await reached(fence, 0);
    const leaving = actor.leave.remote();
    const waiting = actor.work.remote("never");
    const queued = actor.work.remote("never");
    await died("leaving", leaving, "exitActor()");
    await died("waiting", waiting, "exitActor()");
    await died("queued", queued, "exitActor()");
    assertEquals(countOf(fence, 7), 0);
    signal(fence, 1);
    assertEquals(await working, "done");
    await reached(fence, 6);
    await died("later", actor.add.remote(1, 2), "exitActor()");
    assertEquals(countOf(fence, 0), 1);
  });

  // ray: exit-actor, pain-exit
  it("what catches exitActor() changes nothing, in an async method and in a sync one", async () => {
    await died("async", make(newFence()).leaveAndCatch.remote(), "exitActor()");
    const fence = newFence();
    const actor = SyncLeaver.options({ placement }).remote(fence);
    const before = actor.add.remote();
    const leaving = actor.leave.remote();
    const behind = actor.add.remote();
    assertEquals(await before, 1);
    await died("leaving", leaving, "exitActor()");
    await died("behind", behind, "exitActor()");
    await reached(fence, 7);
  });

  // ray: shutdown-hook, kill
  it("an onShutdown that throws changes nothing; kill() does not run it", async () => {
    const fence = newFence();
    await died(
      "leaving",
      Leaver.options({ placement }).remote(fence, "throws").leave.remote(),
      "exitActor()",
    );
    await reached(fence, 7);
    const killed = newFence();
    const actor = make(killed);
    assertEquals(await actor.add.remote(1, 2), 3);
    await kill(actor);
    assertEquals(countOf(killed, 7), 0);
  });

  // ray: shutdown-hook
  it("a sync onShutdown that throws gives the thread back", async () => {
    const fence = newFence();
    const actor = SyncLeaver.options({ placement }).remote(fence, "throws");
    await died("leaving", actor.leave.remote(), "exitActor()");
    await reached(fence, 7);
    // Inline, that is this thread.
    assertEquals(runtimeContext().actorId, undefined);
  });

  // ray: builtin-terminate, graceful
  it("await using ends the actor after the calls that were made, and their arguments", async () => {
    const [fence, late] = [newFence(), newFence()];
    const gate = AsyncEcho.options({ placement: "inline" }).remote();
    let refs: PromiseLike<unknown>[] = [];
    let outside: ActorHandle<Leaver>;
    const ended = (async () => {
      await using actor = make(fence, 1);
      outside = actor;
      refs = [actor.work.remote("first"), actor.add.remote(gate.after.remote(late, 1) as never, 2)];
    })();
    await reached(fence, 0);
    signal(fence, 1);
    assertEquals(await refs[0], "first");
    signal(late, 1);
    assertEquals(await refs[1], 3);
    await within(20_000, "dispose", ended);
    assertEquals(countOf(fence, 6), 1);
    await died("later", outside!.add.remote(1, 2), "disposed");
  });

  // ray: graceful
  it("await using in another thread, of a handle that was passed on; twice; of a dead actor", async () => {
    const fence = newFence();
    const actor = make(fence);
    const disposer = Disposer.remote();
    assertEquals(await within(20_000, "dispose", disposer.dispose.remote(actor)), 3);
    assertEquals(countOf(fence, 6), 1);
    await died("later", actor.add.remote(1, 2), "disposed");
    await within(20_000, "again", actor[Symbol.asyncDispose]());
    const dead = make(fence);
    await kill(dead);
    await within(20_000, "dead", dead[Symbol.asyncDispose]());
  });

  // ray: graceful
  it("an actor that is idle, or has not been made yet, ends at once", async () => {
    const fence = newFence();
    const idle = make(fence);
    assertEquals(await idle.add.remote(1, 2), 3);
    await within(20_000, "idle", idle[Symbol.asyncDispose]());
    assertEquals(countOf(fence, 6), 1);
    await within(20_000, "at once", make(newFence())[Symbol.asyncDispose]());
  });

  // ray: context, exit-background
  it("runtimeContext() tells the actor and the call; outside of any it tells nothing", async () => {
    const actor = make(newFence());
    assertEquals(await actor.context.options({ name: "mine" }).remote(), {
      actorId: actor.actorId,
      placement: told,
      task: "mine",
    });
    const self = await actor.self.remote();
    assertEquals(self?.actorId, actor.actorId);
    assertEquals(await self!.add.remote(1, 2), 3);
    const outside = runtimeContext();
    assertEquals([outside.actorId, outside.taskId, outside.taskName, outside.currentActor], [
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    assertFalse(outside.signal.aborted);
    assertThrows(() => exitActor(), TypeError, "no method");
    assert(!("onShutdown" in (actor as object)));
  });
}
