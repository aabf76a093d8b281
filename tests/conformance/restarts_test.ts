import {
  ActorDiedError,
  type ActorHandle,
  ActorUnavailableError,
  cancel,
  getSync,
  GetTimeoutError,
  getWithTimeout,
  init,
  kill,
  PendingCallsLimitExceeded,
  put,
  shutdown,
  TaskCancelledError,
} from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho } from "./actors.ts";
import { countOf, type Fence, keep, newFence, reached, rejection, signal, within } from "./fence.ts";
import { type Place, PLACES, PLACES_APART } from "./places.ts";
import {
  BEGUN,
  Caller,
  CONSTRUCT,
  GO,
  killAndSee,
  MADE,
  Owner,
  Phoenix,
  type Rebirth,
  RUNS,
  SyncPhoenix,
} from "./restart_actors.ts";

/** What takes longer hangs: a process and its threads start slowly on a machine that is busy. */
const LIMIT = 60_000;

/** Actors of the pool have threads of their own here: who crashes takes nobody along. */
const begin = async (): Promise<void> => void await init({ poolThreads: 16 });

const makeAt = ({ placement }: Place) =>
(
  fence: Fence,
  maxRestarts: number,
  rebirth: Rebirth = "at once",
  maxTaskRetries = 0,
): ActorHandle<Phoenix> => Phoenix.options({ placement, maxRestarts, maxTaskRetries }).remote(fence, rebirth);

/** Crashes an actor; fulfilled once this thread knows of it. */
async function crash(phoenix: ActorHandle<Phoenix>): Promise<unknown> {
  return await within(LIMIT, "crash", rejection(phoenix.crash.options({ maxTaskRetries: 0 }).remote()));
}

for (const place of PLACES_APART) {
  const { name, placement, isCheap, newFence } = place;
  describe(`restarts of actors, ${name}`, () => {
    beforeEach(begin);
    afterEach(shutdown);
    const make = makeAt(place);

    // ray: exit-actor
    it("an actor that ends itself does not start again, though one of its last calls crashes its thread", async () => {
      const fence = newFence();
      const phoenix = make(fence, -1);
      const last = phoenix.after.remote("lost");
      const crashing = phoenix.crashAfter.remote(fence);
      await reached(fence, BEGUN, 2);
      const left = await within(LIMIT, "leave", rejection(phoenix.leave.remote()));
      assertStringIncludes((left as Error).message, "exitActor()");
      signal(fence, CONSTRUCT);
      for (const ref of [last, crashing, phoenix.run.remote()]) {
        const error = await within(LIMIT, "call", rejection(ref));
        assertInstanceOf(error, ActorDiedError, String(error));
      }
      assertEquals(countOf(fence, MADE), 1);
    });

    // ray: max-restarts, option-max-restarts
    it("a crashed actor starts again with the same arguments and options, and new state", async () => {
      const fence = newFence();
      const label = { text: "made" };
      const phoenix = Phoenix.options({ placement, maxRestarts: 1, maxPendingCalls: 2 }).remote(
        fence,
        "at once",
        label,
      );
      label.text = "changed by the caller";
      const { actorId } = phoenix;
      assertEquals([await phoenix.add.remote(), await phoenix.add.remote()], [1, 2]);
      assertEquals(await phoenix.label.remote("changed by the first run"), "made");
      const error = await crash(phoenix);
      assertInstanceOf(error, ActorUnavailableError);
      assertEquals(error.actorId, actorId);
      for (const part of ["code 3", "may or may not have been executed"]) {
        assertStringIncludes(error.message, part);
      }
      assertEquals(await within(LIMIT, "run", phoenix.run.options({ maxTaskRetries: 1 }).remote()), 2);
      assertEquals(await phoenix.add.remote(), 1);
      assertEquals(await phoenix.label.remote(), "made");
      assertEquals(phoenix.actorId, actorId);
      const limited = [phoenix.after.remote(1), phoenix.after.remote(2)];
      assertThrows(() => phoenix.add.remote(), PendingCallsLimitExceeded);
      signal(fence, GO);
      assertEquals([await limited[0], await limited[1]], [1, 2]);
    });

    it("a task's error after a restart names the actor by its id", async () => {
      const phoenix = make(newFence(), 1);
      await crash(phoenix);
      await phoenix.run.options({ maxTaskRetries: 1 }).remote();
      const last = await crash(phoenix);
      assertInstanceOf(last, ActorDiedError);
      assertEquals(last.actorId, phoenix.actorId);
    });

    // ray: max-restarts, actor-errors
    it("maxRestarts is used up: ActorDiedError for all", async () => {
      const fence = newFence();
      const phoenix = make(fence, 2, "at once", -1);
      for (let run = 1; run <= 2; run++) {
        assertInstanceOf(await crash(phoenix), ActorUnavailableError);
        assertEquals(await within(LIMIT, "run", phoenix.run.remote()), run + 1);
      }
      const pending = phoenix.after.remote(1);
      await reached(fence, BEGUN);
      assertInstanceOf(await crash(phoenix), ActorDiedError);
      assertInstanceOf(await within(LIMIT, "pending", rejection(pending)), ActorDiedError);
      const later = await within(LIMIT, "later", rejection(phoenix.run.remote()));
      assertInstanceOf(later, ActorDiedError);
      assertStringIncludes(later.message, "used up");
      assertEquals(countOf(fence, MADE), 3);
    });

    // ray: at-most-once, option-max-restarts
    it("maxRestarts 0 is the default", async () => {
      const phoenix = Phoenix.options({ placement }).remote(newFence());
      assertInstanceOf(await crash(phoenix), ActorDiedError);
    });

    // ray: option-max-restarts
    it("maxRestarts -1 is without end", async () => {
      const phoenix = make(newFence(), -1, "at once", -1);
      const crashes = isCheap ? 6 : 3;
      assertEquals(await within(LIMIT, "last run", phoenix.crashUntil.remote(crashes)), crashes + 1);
      assertEquals(await phoenix.add.remote(), 1);
    });

    it("an error out of a timer is a crash", async () => {
      const phoenix = make(newFence(), 1, "at once", 1);
      const error = await within(
        LIMIT,
        "crash",
        rejection(phoenix.crashInTimer.options({ maxTaskRetries: 0 }).remote()),
      );
      assertInstanceOf(error, ActorUnavailableError);
      assertEquals(await within(LIMIT, "run", phoenix.run.remote()), 2);
    });

    // ray: max-task-retries, option-max-task-retries, doubt-retry-order
    it("maxTaskRetries: calls in flight run again, and completed ones do not", async () => {
      const fence = newFence();
      const phoenix = make(fence, 1);
      assertEquals(await phoenix.add.remote(), 1);
      const kept = [1, 2, 3].map((value) => phoenix.after.options({ maxTaskRetries: 1 }).remote(value));
      const lost = phoenix.after.remote("lost");
      await reached(fence, BEGUN, 4);
      await crash(phoenix);
      assertInstanceOf(await within(LIMIT, "lost", rejection(lost)), ActorUnavailableError);
      await within(LIMIT, "second runs", reached(fence, BEGUN, 7));
      signal(fence, GO);
      assertEquals(await within(LIMIT, "kept", Promise.all(kept)), [1, 2, 3]);
      assertEquals(await phoenix.add.remote(), 1);
      assertEquals(countOf(fence, RUNS), 7);
    });

    // ray: option-max-task-retries
    it("maxTaskRetries is counted: one more crash rejects, at -1 none does", async () => {
      const fence = newFence();
      const phoenix = make(fence, 3);
      const twice = phoenix.crashUntil.options({ maxTaskRetries: 1 }).remote(9);
      assertInstanceOf(await within(LIMIT, "twice", rejection(twice)), ActorUnavailableError);
      assertEquals(countOf(fence, RUNS), 2);
      const always = phoenix.crashUntil.options({ maxTaskRetries: -1 }).remote(3);
      assertEquals(await within(LIMIT, "always", always), 4);
    });

    // ray: retry-precedence, option-max-task-retries
    it("maxTaskRetries of the call goes before the method's, that before the actor's, that before the class's", async () => {
      const fence = newFence();
      const phoenix = SyncPhoenix.options({ placement }).remote(fence);
      const fragile = await within(LIMIT, "method", rejection(phoenix.crashFragile.remote()));
      assertInstanceOf(fragile, ActorUnavailableError);
      const other = newFence();
      assertEquals(
        await within(LIMIT, "class", SyncPhoenix.options({ placement }).remote(other).crashOnce.remote()),
        2,
      );
      const none = SyncPhoenix.options({ placement, maxTaskRetries: 0 }).remote(newFence());
      assertInstanceOf(
        await within(LIMIT, "actor", rejection(none.crashOnce.remote())),
        ActorUnavailableError,
      );
      const call = SyncPhoenix.options({ placement, maxTaskRetries: 0 }).remote(newFence());
      const said = call.crashOnce.options({ maxTaskRetries: 1 }).remote();
      assertEquals(await within(LIMIT, "call", said), 2);
    });

    // ray: unavailable, actor-errors, error-actor, max-task-retries, pain-retries
    it("a call during the restart fails at once, one with retries waits", async () => {
      const fence = newFence();
      const phoenix = make(fence, 1, "when told");
      await crash(phoenix);
      await reached(fence, MADE, 2);
      const error = await within(LIMIT, "fast", rejection(phoenix.run.remote()));
      assertInstanceOf(error, ActorUnavailableError);
      assertStringIncludes(error.message, "starting again");
      const waiting = phoenix.run.options({ maxTaskRetries: 1 }).remote();
      const timeout = await rejection(getWithTimeout(waiting, 1));
      assertInstanceOf(timeout, GetTimeoutError);
      assertStringIncludes(timeout.message, "is starting again");
      assertEquals(timeout.activity?.isRestarting, true);
      signal(fence, CONSTRUCT);
      assertEquals(await within(LIMIT, "waiting", waiting), 2);
      assertEquals(await phoenix.run.remote(), 2);
    });

    // ray: unavailable
    it("a call that was never sent waits for the next run, without retries", async () => {
      const fence = newFence();
      const held = newFence();
      const phoenix = make(fence, 1, "when told");
      const late = AsyncEcho.options({ placement: "inline" }).remote().after.remote(held, "late");
      const call = phoenix.after.remote(late);
      await crash(phoenix);
      await reached(fence, MADE, 2);
      signal(held, 1);
      assertEquals(await late, "late");
      signal(fence, GO);
      signal(fence, CONSTRUCT);
      assertEquals(await within(LIMIT, "call", call), "late");
      assertEquals(countOf(fence, RUNS), 1);
    });

    // ray: doubt-retry-order
    it("waiting calls of a sync actor keep their order", async () => {
      const fence = newFence();
      const phoenix = SyncPhoenix.options({ placement }).remote(fence);
      const first = phoenix.crashOnce.remote();
      await within(LIMIT, "crash", first);
      const calls = Array.from({ length: 20 }, (_, i) => phoenix.see.remote(i));
      assertEquals(await calls[19], Array.from({ length: 20 }, (_, i) => i));
    });

    // ray: init-crash
    it("a constructor that crashes uses up restarts", async () => {
      const fence = newFence();
      const phoenix = make(fence, 3, "crashes");
      await phoenix.run.remote();
      const waiting = phoenix.after.options({ maxTaskRetries: -1 }).remote(1);
      await crash(phoenix);
      assertInstanceOf(await within(LIMIT, "waiting", rejection(waiting)), ActorDiedError);
      assertEquals(countOf(fence, MADE), 4);
    });

    // ray: max-restarts
    it("constructor arguments that are refs are kept too", async () => {
      const fence = newFence();
      const phoenix = Phoenix.options({ placement, maxRestarts: 1, maxTaskRetries: 1 })
        .remote(fence, "at once", put({ text: "from a ref" }));
      await crash(phoenix);
      assertEquals(await within(LIMIT, "label", phoenix.label.remote()), "from a ref");
    });

    it("maxPendingCalls counts a repeated call once", async () => {
      const fence = newFence();
      const phoenix = Phoenix.options({ placement, maxRestarts: 1, maxTaskRetries: 1, maxPendingCalls: 2 })
        .remote(
          fence,
          "when told",
        );
      const call = phoenix.after.remote("kept");
      await reached(fence, BEGUN);
      await crash(phoenix);
      const second = phoenix.run.remote();
      assertThrows(() => phoenix.run.remote(), PendingCallsLimitExceeded);
      signal(fence, GO);
      signal(fence, CONSTRUCT);
      assertEquals(await within(LIMIT, "calls", Promise.all([call, second])), ["kept", 2]);
      assertEquals(await phoenix.run.remote(), 2);
    });

    it("the owner may be blocked in getSync() meanwhile", () => {
      const fence = newFence();
      const phoenix = make(fence, 2, "at once", 2);
      assertEquals(getSync(phoenix.crashUntil.remote(2), { timeout: LIMIT }), 3);
    });

    it("an actor that is the owner may be blocked in getSync() meanwhile", async () => {
      assertEquals(await within(LIMIT, "blocked", Owner.remote().blockOn.remote(newFence(), placement)), 2);
    });

    it("kill() ends it for good, in each state", async () => {
      const fence = newFence();
      const running = make(fence, -1, "at once", -1);
      const call = running.after.remote(1);
      await reached(fence, BEGUN);
      await within(LIMIT, "kill", kill(running));
      assertInstanceOf(await within(LIMIT, "call", rejection(call)), ActorDiedError);
      await within(LIMIT, "twice", kill(running));

      const other = newFence();
      const restarting = make(other, -1, "when told", -1);
      const waiting = restarting.after.remote(1);
      await reached(other, BEGUN);
      await crash(restarting);
      await reached(other, MADE, 2);
      await within(LIMIT, "kill during the restart", kill(restarting));
      const error = await within(LIMIT, "waiting", rejection(waiting));
      assertInstanceOf(error, ActorDiedError);
      assertStringIncludes(error.message, "killed");
      signal(other, CONSTRUCT);
      assertInstanceOf(await within(LIMIT, "later", rejection(restarting.run.remote())), ActorDiedError);
    });

    // ray: kill-restart
    it("kill() with noRestart: false uses up one restart", async () => {
      const fence = newFence();
      const phoenix = make(fence, 1, "at once", 2);
      const kept = phoenix.after.remote("kept");
      const lost = phoenix.after.options({ maxTaskRetries: 0 }).remote("lost");
      await reached(fence, BEGUN, 2);
      await within(LIMIT, "kill", kill(phoenix, { noRestart: false }));
      assertInstanceOf(await within(LIMIT, "lost", rejection(lost)), ActorUnavailableError);
      signal(fence, GO);
      assertEquals(await within(LIMIT, "kept", kept), "kept");
      assertEquals(await phoenix.run.remote(), 2);
      await within(LIMIT, "second kill", kill(phoenix, { noRestart: false }));
      assertInstanceOf(await within(LIMIT, "later", rejection(phoenix.run.remote())), ActorDiedError);
      const plain = Phoenix.options({ placement }).remote(newFence());
      await plain.run.remote();
      await within(LIMIT, "kill without restarts", kill(plain, { noRestart: false }));
      assertInstanceOf(await within(LIMIT, "plain", rejection(plain.run.remote())), ActorDiedError);
    });

    it("shutdown() ends a restart, and what waits for it", async () => {
      const fence = newFence();
      const phoenix = make(fence, -1, "when told", -1);
      const waiting = phoenix.after.remote(1);
      await reached(fence, BEGUN);
      await crash(phoenix);
      await reached(fence, MADE, 2);
      await within(LIMIT, "shutdown", shutdown());
      assertInstanceOf(await within(LIMIT, "waiting", rejection(waiting)), ActorDiedError);
      assertInstanceOf(await rejection(phoenix.run.remote()), ActorDiedError);
    });

    it("shutdown() ends an actor that crashes again and again", async () => {
      const fence = newFence();
      const phoenix = make(fence, -1, "crashes", -1);
      const waiting = phoenix.after.remote(1);
      await reached(fence, BEGUN);
      await crash(phoenix);
      await reached(fence, MADE, 4);
      await within(LIMIT, "shutdown", shutdown());
      assertInstanceOf(await within(LIMIT, "waiting", rejection(waiting)), ActorDiedError);
    });

    // ray: cancel
    it("a cancelled call is not made again", async () => {
      const fence = newFence();
      const phoenix = make(fence, 1, "when told", -1);
      const running = phoenix.after.remote(1);
      await reached(fence, BEGUN);
      cancel(running);
      await crash(phoenix);
      assertInstanceOf(await within(LIMIT, "running", rejection(running)), ActorUnavailableError);
      await reached(fence, MADE, 2);
      const waiting = phoenix.after.remote(2);
      cancel(waiting);
      assertInstanceOf(await within(LIMIT, "waiting", rejection(waiting)), TaskCancelledError);
      signal(fence, CONSTRUCT);
      assertEquals(await within(LIMIT, "run", phoenix.run.remote()), 2);
      assertEquals(countOf(fence, RUNS), 1);
    });

    it("await using ends it for good", async () => {
      const fence = newFence();
      const phoenix = make(fence, -1);
      {
        await using used = phoenix;
        await used.run.remote();
      }
      assertInstanceOf(await within(LIMIT, "later", rejection(phoenix.run.remote())), ActorDiedError);
      assertEquals(countOf(fence, MADE), 1);
    });

    it("a restarted actor hands on its own handle, which is the same actor's", async () => {
      const phoenix = make(newFence(), 2, "at once", 1);
      await crash(phoenix);
      assertEquals(await within(LIMIT, "id", phoenix.ownId.remote()), phoenix.actorId);
      assert(await phoenix.own.remote() === phoenix);
      await crash(phoenix);
      assert(await within(LIMIT, "own", phoenix.own.remote()) === phoenix);
    });

    it("refuses wrong options", () => {
      for (const name of ["maxRestarts", "maxTaskRetries"]) {
        for (const value of [-2, 1.5, NaN, Infinity]) {
          assertThrows(() => Phoenix.options({ placement, [name]: value }), RangeError, name);
        }
        assertThrows(() => Phoenix.options({ placement, [name]: "1" } as never), TypeError, name);
      }
      const phoenix = Phoenix.options({ placement: "inline" }).remote(newFence());
      assertThrows(() => phoenix.run.options({ maxTaskRetries: -2 }), RangeError, "maxTaskRetries");
      assertThrows(() => phoenix.run.options({ maxRestarts: 1 } as never), TypeError, "maxRestarts");
      assertThrows(() => kill(phoenix, { restart: true } as never), TypeError, "restart");
      assertThrows(() => kill(phoenix, { noRestart: 1 } as never), TypeError, "noRestart");
      assert(kill(phoenix) instanceof Promise);
    });
  });

  describe(`restarts, seen from other threads, ${name}`, () => {
    beforeEach(begin);
    afterEach(shutdown);
    const make = makeAt(place);

    it("handles everywhere keep working", async () => {
      const fence = newFence();
      const phoenix = make(fence, 2);
      const [a, b] = [keep(Caller.remote()), keep(Caller.remote())];
      assertEquals(await Promise.all([a.run.remote(phoenix), b.run.remote(phoenix)]), [1, 1]);
      for (const run of [2, 3]) {
        await crash(phoenix);
        assertEquals(
          await within(LIMIT, "runs", Promise.all([a, b].map((c) => c.runWhenever.remote(phoenix)))),
          [
            run,
            run,
          ],
        );
      }
      assertEquals(await a.id.remote(phoenix), phoenix.actorId);
      assert(await a.back.remote(phoenix) === phoenix);
      assertEquals(await Caller.remote().run.remote(phoenix), 3);
      await crash(phoenix);
      for (const caller of [a, b]) {
        const error = await within(LIMIT, "end", rejection(caller.runWhenever.remote(phoenix)));
        assertInstanceOf((error as Error).cause, ActorDiedError);
      }
    });

    it("calls in flight of another thread run again, or reject with ActorUnavailableError", async () => {
      const fence = newFence();
      const phoenix = make(fence, 1, "when told");
      const [kept, lost] = [
        Caller.remote().after.remote(phoenix, 1),
        Caller.remote().after.remote(phoenix, 0),
      ];
      await reached(fence, BEGUN, 2);
      await crash(phoenix);
      const error = await within(LIMIT, "lost", rejection(lost));
      assertInstanceOf((error as Error).cause, ActorUnavailableError);
      signal(fence, GO);
      signal(fence, CONSTRUCT);
      assertEquals(await within(LIMIT, "kept", kept), "done");
      assertEquals(countOf(fence, RUNS), 3);
    });

    it("an actor that another actor made is restarted by that one", async () => {
      const fence = newFence();
      const owner = keep(Owner.remote());
      const phoenix = await owner.make.remote(fence, 1, "at once", placement);
      assertEquals(await phoenix.run.remote(), 1);
      assertInstanceOf(await crash(phoenix), ActorUnavailableError);
      const again = phoenix.run.options({ maxTaskRetries: 1 }).remote();
      assertEquals(await within(LIMIT, "run", again), 2);
      assertEquals(await Caller.remote().run.remote(phoenix), 2);
      assertInstanceOf(await crash(phoenix), ActorDiedError);
      // Out of reach it would end, and its actors with it.
      await kill(owner);
    });

    it("who has a handle from nobody but the actor itself waits through its restart", async () => {
      const phoenix = make(newFence(), 1);
      const caller = Caller.remote();
      await phoenix.introduce.remote(caller);
      assertEquals(await caller.runKept.remote(), 1);
      await crash(phoenix);
      assertEquals(await within(LIMIT, "run", caller.runKept.remote()), 2);
    });

    it("a handle that comes after a crash finds the actor", async () => {
      const fence = newFence();
      const owner = keep(Owner.remote());
      const phoenix = await owner.make.remote(fence, 3, "at once", placement);
      assertEquals(
        await within(LIMIT, "runs", phoenix.crashUntil.options({ maxTaskRetries: 3 }).remote(3)),
        4,
      );
      assertEquals(await within(LIMIT, "late", Caller.remote().run.remote(phoenix)), 4);
      // Out of reach it would end, and its actors with it.
      await kill(owner);
    });

    // ray: owner-fate
    it("the owner's crash ends the actor, which is not restarted", async () => {
      const fence = newFence();
      const owner = keep(Owner.remote());
      const phoenix = await owner.make.remote(fence, -1, "at once", placement);
      const pending = phoenix.after.options({ maxTaskRetries: -1 }).remote(1);
      await reached(fence, BEGUN);
      owner.exit.remote();
      assertInstanceOf(await within(LIMIT, "pending", rejection(pending)), ActorDiedError);
      assertEquals(countOf(fence, MADE), 1);
    });

    it("kill() from another thread ends it for good, also while it restarts", async () => {
      const fence = newFence();
      const owner = keep(Owner.remote());
      const phoenix = await owner.make.remote(fence, -1, "when told", placement);
      await phoenix.run.remote();
      const waiting = phoenix.run.options({ maxTaskRetries: -1 });
      await crash(phoenix);
      await reached(fence, MADE, 2);
      const call = waiting.remote();
      await within(LIMIT, "kill", kill(phoenix));
      assertInstanceOf(await within(LIMIT, "call", rejection(call)), ActorDiedError);
      signal(fence, CONSTRUCT);
      // Out of reach it would end, and its actors with it.
      await kill(owner);
    });

    it("kill() by another thread than its maker's ends it for good, or starts it again", async () => {
      const other = make(newFence(), -1);
      await within(LIMIT, "kill by another", Caller.remote().kill.remote(other, true));
      assertInstanceOf(await within(LIMIT, "killed", rejection(other.run.remote())), ActorDiedError);
      const again = make(newFence(), 1, "at once", 1);
      await again.run.remote();
      await within(LIMIT, "restart by another", Caller.remote().kill.remote(again, false));
      assertEquals(await within(LIMIT, "run", again.run.remote()), 2);
    });

    // ray: kill-restart
    it("kill() by an actor in another process starts it again, or ends it for good", async () => {
      const far = Caller.options({ placement: "process" }).remote();
      const again = make(newFence(), 1, "at once", 1);
      await again.run.remote();
      await within(LIMIT, "restart by a process", far.kill.remote(again, false));
      assertEquals(await within(LIMIT, "run", again.run.remote()), 2);
      await within(LIMIT, "kill by a process", far.kill.remote(again, true));
      assertInstanceOf(await within(LIMIT, "killed", rejection(again.run.remote())), ActorDiedError);
    });

    it("a constructor that throws in a later run is everybody's cause", async () => {
      const fence = newFence();
      const phoenix = make(fence, 1, "throws");
      const calling = Caller.remote().after.remote(phoenix, 1);
      await reached(fence, BEGUN);
      await crash(phoenix);
      const error = await within(LIMIT, "calling", rejection(calling)) as { cause: Error };
      assertInstanceOf(error.cause, ActorDiedError);
      assertInstanceOf(error.cause.cause, RangeError);
    });
  });
}

for (const place of PLACES) {
  killNotAwaited(place, 1);
  if (place.threads === "all") killNotAwaited(place, 2);
}

function killNotAwaited(
  { name, placement, isAlone, isCheap, newFence }: Place,
  maxConcurrency: number,
): void {
  describe(`kill() of an actor that may restart, ${name}${maxConcurrency > 1 ? ", threaded" : ""}`, () => {
    beforeEach(begin);
    afterEach(shutdown);
    const rounds = isCheap ? 6 : 2;
    const options = { placement, ...(maxConcurrency > 1 && { maxConcurrency }) };
    /** One that has answered. */
    const make = async (): Promise<ActorHandle<SyncPhoenix>> => {
      const phoenix = SyncPhoenix.options({ ...options, maxRestarts: 1 }).remote(newFence());
      assertEquals(await phoenix.see.remote("before"), ["before"]);
      return phoenix;
    };

    // ray: kill, kill-restart
    it("that is not awaited: a call that follows at once is not answered by the run that was killed", async () => {
      // Beside others it is renewed in place, and calls come after that.
      const isRenewed = !isAlone;
      const caller = keep(Caller.remote());
      for (let round = 0; round < rounds; round++) {
        for (const noRestart of [true, false]) {
          const ref = killAndSee(await make(), noRestart);
          if (isRenewed && !noRestart) assertEquals(await within(LIMIT, "renewed", ref), ["after"]);
          else {
            const error = await within(LIMIT, `call, noRestart ${noRestart}`, rejection(ref));
            assertInstanceOf(error, noRestart ? ActorDiedError : ActorUnavailableError, String(error));
          }
        }
        const far = caller.killAndSee.remote(await make(), true);
        const { cause } = await within(LIMIT, "call of another thread", rejection(far)) as Error;
        assertInstanceOf(cause, ActorDiedError, String(cause));
      }
    });
  });
}

describe("restarts of inline actors", () => {
  afterEach(shutdown);

  // ray: kill-restart
  it("kill() with noRestart: false puts a new instance in place of the old", async () => {
    const fence = newFence();
    const options = { placement: "inline", maxRestarts: 1 } as const;
    const phoenix = Phoenix.options(options).remote(fence, "at once", { text: "made" });
    assertEquals([await phoenix.add.remote(), await phoenix.add.remote()], [1, 2]);
    await phoenix.label.remote("changed");
    const kept = phoenix.after.options({ maxTaskRetries: 1 }).remote("kept");
    const lost = phoenix.after.remote("lost");
    await reached(fence, BEGUN, 2);
    await within(LIMIT, "kill", kill(phoenix, { noRestart: false }));
    assertInstanceOf(await within(LIMIT, "lost", rejection(lost)), ActorUnavailableError);
    signal(fence, GO);
    assertEquals(await within(LIMIT, "kept", kept), "kept");
    assertEquals([await phoenix.run.remote(), await phoenix.add.remote()], [2, 1]);
    assertEquals(await phoenix.label.remote(), "made");
    await within(LIMIT, "second", kill(phoenix, { noRestart: false }));
    assertInstanceOf(await rejection(phoenix.run.remote()), ActorDiedError);
    assertEquals(countOf(fence, MADE), 2);
  });

  it("another thread may do it, and its handles keep working", async () => {
    const fence = newFence();
    const phoenix = Phoenix.options({ placement: "inline", maxRestarts: 2 }).remote(fence);
    const caller = keep(Caller.remote());
    assertEquals(await caller.add.remote(phoenix), 1);
    const kept = caller.after.remote(phoenix, 1);
    await reached(fence, BEGUN);
    await within(LIMIT, "kill", caller.kill.remote(phoenix, false));
    assertEquals(await within(LIMIT, "again", caller.add.remote(phoenix)), 1);
    signal(fence, GO);
    assertEquals(await within(LIMIT, "kept", kept), "done");
    await within(LIMIT, "kill for good", caller.kill.remote(phoenix, true));
    assertInstanceOf(await rejection(phoenix.run.remote()), ActorDiedError);
  });

  it("a constructor that throws in a later run ends it", async () => {
    const fence = newFence();
    const phoenix = Phoenix.options({ placement: "inline", maxRestarts: 2 }).remote(fence, "throws");
    await phoenix.run.remote();
    await kill(phoenix, { noRestart: false });
    const error = await rejection(phoenix.run.remote());
    assertInstanceOf(error, ActorDiedError);
    assertInstanceOf(error.cause, RangeError);
  });
});
