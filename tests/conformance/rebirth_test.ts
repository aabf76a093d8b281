import {
  ActorAlreadyExistsError,
  ActorDiedError,
  type ActorHandle,
  ActorUnavailableError,
  getActor,
  init,
  kill,
  listActors,
  listNamedActors,
  shutdown,
  TaskError,
} from "@manta/ray";
import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import process from "node:process";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { rejection, within } from "./fence.ts";
import { type Place, PLACES_APART } from "./places.ts";
import { Again, GangAgain, Keeper, Ledger, type Return } from "./rebirth_actors.ts";
import type { Carrier } from "./unknown_module.ts";

const LIMIT = 25_000;
const RETRY = { maxTaskRetries: -1 };

/** The state of the only actor of that class. */
async function stateOf(className: string): Promise<[string, string | undefined]> {
  const [{ state, reason }] = await listActors({ filter: { className } });
  return [state, reason];
}

/** Not a part of what is tested: on a thread of the program. */
const BESIDE = { placement: "thread" } as const;

for (const place of PLACES_APART) {
  const { name, placement, told } = place;
  if (place.threads === "all") describe(`restarts of threaded actors, ${name}`, () => threaded(place));

  describe(`restarts, ${name}`, () => {
    let ledger: ActorHandle<Ledger>;
    beforeEach(async () => {
      await init({ poolThreads: 8 });
      ledger = newLedger();
    });
    afterEach(shutdown);

    const newLedger = (): ActorHandle<Ledger> => Ledger.options(BESIDE).remote();
    const make = (maxRestarts: number, way: Return = "at once", more: object = {}): ActorHandle<Again> =>
      Again.options({ placement, maxRestarts, ...more }).remote(ledger, way, "kept");
    const crash = async (actor: ActorHandle<Again>): Promise<unknown> =>
      await within(LIMIT, "crash", rejection(actor.leave.options({ maxTaskRetries: 0 }).remote(3)));
    const reached = (key: string, count = 1): Promise<void> =>
      within(LIMIT, `${key} ${count}`, ledger.reached.remote(key, count));

    // ray: max-restarts, context-restarted, place-process-ends, place-pool
    it("an actor starts again with its id, name, arguments and options, and new state", async () => {
      const actor = make(2, "at once", { name: "phoenix" });
      const { actorId } = actor;
      assertEquals([await actor.add.remote(), await actor.add.remote()], [1, 2]);
      assertEquals(await actor.who.remote(), [actorId, told, false, "kept"]);
      for (const run of [2, 3]) {
        assertInstanceOf(await crash(actor), ActorUnavailableError);
        assertEquals(await within(LIMIT, "run", actor.run.options(RETRY).remote()), run);
        assertEquals(await actor.add.remote(), 1);
        assertEquals(await actor.who.remote(), [actorId, told, true, "kept"]);
        const found = await getActor<Again>("phoenix");
        assertEquals([found.actorId, await found.run.remote()], [actorId, run]);
      }
      const last = await crash(actor);
      assertInstanceOf(last, ActorDiedError);
      const later = await rejection(actor.run.options(RETRY).remote());
      assertInstanceOf(later, ActorDiedError);
      assertStringIncludes(later.message, "used up");
      assertEquals(later.actorId, actorId);
    });

    // ray: sys-exit
    it("exit code 0 is the end that it wanted: it does not start again", async () => {
      const actor = make(-1);
      const error = await within(LIMIT, "exit", rejection(actor.leave.options(RETRY).remote(0)));
      assertInstanceOf(error, ActorDiedError);
      assertStringIncludes(error.message, "code 0");
      assertInstanceOf(await rejection(actor.run.options(RETRY).remote()), ActorDiedError);
      assertEquals(await ledger.count.remote("made"), 1);
    });

    // ray: max-task-retries, option-max-task-retries
    it("a crash just before the answer repeats the call, one just after does not", async () => {
      const before = make(1);
      assertEquals(await within(LIMIT, "before", before.crashBefore.options(RETRY).remote()), 2);
      assertEquals(await ledger.count.remote("ran"), 2);
      ledger = newLedger();
      const after = make(1);
      assertEquals(await within(LIMIT, "after", after.crashAfter.options(RETRY).remote()), 1);
      await reached("made", 2);
      assertEquals(await within(LIMIT, "run", after.run.options(RETRY).remote()), 2);
      assertEquals(await ledger.count.remote("ran"), 1);
    });

    // ray: init-crash, pain-retries
    it("two deaths in a row are two restarts, and what waits is answered by the third run", async () => {
      const actor = make(2, "crashes once");
      const waiting = actor.after.options(RETRY).remote("there");
      await reached("begun");
      await crash(actor);
      await reached("begun", 2);
      await ledger.note.remote("end");
      assertEquals(await within(LIMIT, "waiting", waiting), "there");
      assertEquals(await actor.run.remote(), 3);
      assertInstanceOf(await crash(actor), ActorDiedError);
    });

    // ray: named-restarting, state-actors, list-named
    it("its state is RESTARTING meanwhile, and its name stays taken", async () => {
      const actor = make(1, "when told", { name: "busy" });
      await actor.run.remote();
      assertEquals(await stateOf("Again"), ["ALIVE", undefined]);
      const other = await within(LIMIT, "other", getActor<Again>("busy"));
      await crash(actor);
      await reached("made", 2);
      const [state, reason] = await stateOf("Again");
      assertEquals(state, "RESTARTING");
      assertStringIncludes(reason!, "code 3");
      assertEquals(await listNamedActors(), ["busy"]);
      const taken = Again.options({ name: "busy" }).remote(ledger);
      assertInstanceOf(await rejection(taken.run.remote()), ActorAlreadyExistsError);
      const found = await within(LIMIT, "found", getActor<Again>("busy"));
      const calls = [actor, found, other].map((handle) => handle.run.options(RETRY).remote());
      await ledger.note.remote("go");
      assertEquals(await within(LIMIT, "calls", Promise.all(calls)), [2, 2, 2]);
      assertEquals(await stateOf("Again"), ["ALIVE", undefined]);
      assertInstanceOf(await crash(actor), ActorDiedError);
      assertEquals(await stateOf("Again").then(([state]) => state), "DEAD");
      const next = Again.options({ name: "busy" }).remote(ledger);
      await ledger.note.remote("go");
      assertEquals(await within(LIMIT, "next", next.run.remote()), 3);
    });

    // ray: owner-fate, pain-retries
    it("the owner's death during the restart ends it, and frees its name", async () => {
      const owner = Keeper.options(BESIDE).remote();
      const actor = await owner.make.remote(
        ledger,
        { placement, maxRestarts: -1, name: "owned" },
        "when told",
      );
      await within(LIMIT, "run", actor.run.remote());
      await crash(actor);
      await reached("made", 2);
      const waiting = actor.run.options(RETRY).remote();
      assertEquals(await listNamedActors(), ["owned"]);
      await within(LIMIT, "kill", kill(owner));
      const error = await within(LIMIT, "waiting", rejection(waiting));
      assertInstanceOf(error, ActorDiedError);
      assertStringIncludes(error.message, "made it");
      assertEquals(await listNamedActors(), []);
      await ledger.note.remote("go");
    });

    // ray: init-failure, name-reuse
    it("a constructor that throws later ends it, and frees its name", async () => {
      const actor = make(5, "throws", { name: "throws" });
      const waiting = actor.after.options(RETRY).remote(1);
      await reached("begun");
      await crash(actor);
      const error = await within(LIMIT, "waiting", rejection(waiting));
      assertInstanceOf(error, ActorDiedError);
      assertInstanceOf(error.cause, RangeError);
      assertEquals(await listNamedActors(), []);
      assertEquals(await ledger.count.remote("made"), 2);
    });

    // ray: unavailable, max-task-retries, get-actor-retries, place-process-handles
    it("callers in another process wait through the restart, which uses up no retry", async () => {
      const actor = make(2, "when told", { maxTaskRetries: 1 });
      const far = Keeper.options({ placement: "process" }).remote();
      const kept = far.afterOf.remote(actor);
      await reached("begun");
      await crash(actor);
      await reached("made", 2);
      assertEquals(await within(LIMIT, "refusal", far.refusalOf.remote(actor)), "ActorUnavailableError");
      const waiting = far.callOf.remote(actor, ledger);
      await reached("called");
      await ledger.note.remote("go");
      assertEquals(await within(LIMIT, "waiting", waiting), 2);
      await reached("begun", 2);
      await ledger.note.remote("end");
      assertEquals(await within(LIMIT, "kept", kept), "kept");
      assertEquals(await far.refusalOf.remote(actor), 2);
    });
  });
}

function threaded({ placement }: Place): void {
  let ledger: ActorHandle<Ledger>;
  beforeEach(async () => {
    await init();
    ledger = Ledger.remote();
  });
  afterEach(shutdown);

  const make = (maxRestarts: number, way: Return = "at once"): ActorHandle<GangAgain> =>
    GangAgain.options({ placement, maxRestarts }).remote(ledger, way);
  const crash = (gang: ActorHandle<GangAgain>): Promise<unknown> =>
    within(LIMIT, "crash", rejection(gang.leave.options({ maxTaskRetries: 0 }).remote(3)));
  const reached = (key: string, count = 1): Promise<void> =>
    within(LIMIT, `${key} ${count}`, ledger.reached.remote(key, count));

  // ray: max-restarts, max-task-retries, threaded-death
  it("all threads start again together, with their id and new state, and calls of all run again", async () => {
    const gang = make(2);
    const { actorId } = gang;
    await reached("made", 3);
    assertEquals([await gang.add.remote(), await gang.add.remote()], [1, 2]);
    for (const run of [2, 3]) {
      const kept = gang.after.options(RETRY).remote("kept");
      const lost = gang.after.remote("lost");
      await reached("begun", 2);
      assertInstanceOf(await crash(gang), ActorUnavailableError);
      assertInstanceOf(await within(LIMIT, "lost", rejection(lost)), ActorUnavailableError);
      await reached("made", run * 3);
      await reached("begun", 3);
      assertEquals(await within(LIMIT, "add", gang.add.options(RETRY).remote()), 1);
      assertEquals(await gang.who.remote(), [actorId, true]);
      const threads = Array.from({ length: 2 }, (_, i) => gang.after.remote(i));
      await reached("begun", 5);
      await ledger.note.remote("end");
      assertEquals(await within(LIMIT, "kept", kept), "kept");
      assertEquals(await within(LIMIT, "threads", Promise.all(threads)), [0, 1]);
      await ledger.reset.remote();
    }
    const last = await crash(gang);
    assertInstanceOf(last, ActorDiedError);
    assertInstanceOf(await rejection(gang.add.options(RETRY).remote()), ActorDiedError);
  });

  // ray: unavailable
  it("calls during the restart fail at once or wait, in each thread; kill() ends it for good", async () => {
    const gang = make(-1, "when told");
    const keeper = Keeper.remote();
    const far = Keeper.options({ placement: "process" }).remote();
    assertEquals(await keeper.gangOf.remote(gang), 1);
    await reached("made", 3);
    assertEquals(await within(LIMIT, "far", far.gangOf.remote(gang)), 2);
    await crash(gang);
    await reached("made", 6);
    assertInstanceOf(await within(LIMIT, "fast", rejection(gang.add.remote())), ActorUnavailableError);
    const waiting = [keeper.gangOf.remote(gang), far.gangOf.remote(gang), gang.add.options(RETRY).remote()];
    await ledger.note.remote("go");
    const sums = await within(LIMIT, "waiting", Promise.all(waiting));
    assertEquals(sums.sort(), [1, 2, 3]);
    await within(LIMIT, "kill", kill(gang, { noRestart: false }));
    assertEquals(await within(LIMIT, "again", gang.add.options(RETRY).remote()), 1);
    await within(LIMIT, "kill", kill(gang));
    assertInstanceOf(await rejection(gang.add.options(RETRY).remote()), ActorDiedError);
    assertInstanceOf(
      await within(LIMIT, "keeper", rejection(keeper.gangOf.remote(gang))),
      TaskError,
    );
  });

  // ray: init-crash, init-failure
  it("a crash in a later constructor is one more, and what one throws is the end", async () => {
    const crashing = make(2, "crashes once");
    await crashing.add.remote();
    await reached("made", 3);
    await crash(crashing);
    // Another thread of the second run may take calls before one of them crashes.
    await reached("made", 8);
    assertEquals(await within(LIMIT, "add", crashing.add.options(RETRY).remote()), 1);
    assertInstanceOf(await crash(crashing), ActorDiedError);
    ledger = Ledger.remote();
    const throwing = make(-1, "throws");
    await throwing.add.remote();
    await reached("made", 3);
    const waiting = throwing.add.options(RETRY);
    await crash(throwing);
    const error = await within(LIMIT, "throws", rejection(waiting.remote()));
    assertInstanceOf(error, ActorDiedError);
    assertInstanceOf(error.cause, RangeError);
  });

  // ray: owner-fate
  it("the end of its maker is the end", async () => {
    const owner = Keeper.remote();
    const made = await within(LIMIT, "made", owner.makeGang.remote(ledger, { maxRestarts: -1 }));
    assertEquals(await made.add.remote(), 1);
    await kill(owner);
    assertInstanceOf(
      await within(LIMIT, "later", rejection(made.add.options(RETRY).remote())),
      ActorDiedError,
    );
  });
}

describe("restarts of detached actors", () => {
  let ledger: ActorHandle<Ledger>;
  beforeEach(async () => {
    await init();
    ledger = Ledger.remote();
  });
  afterEach(shutdown);

  const options = { lifetime: "detached", maxRestarts: 2, name: "lasting" } as const;
  const crash = (actor: ActorHandle<Again>): Promise<unknown> =>
    within(LIMIT, "crash", rejection(actor.leave.options({ maxTaskRetries: 0 }).remote(3)));

  /** It has its first run. */
  async function outlives(actor: ActorHandle<Again>, label: string): Promise<void> {
    const { actorId } = actor;
    for (const run of [2, 3]) {
      assertInstanceOf(await crash(actor), ActorUnavailableError);
      assertEquals(await within(LIMIT, "run", actor.run.options(RETRY).remote()), run);
      assertEquals(await actor.who.remote(), [actorId, "thread", true, label]);
      const found = await getActor<Again>("lasting");
      assertEquals([found.actorId, await found.run.remote()], [actorId, run]);
      assertEquals(await stateOf("Again").then(([state]) => state), "ALIVE");
    }
    assertInstanceOf(await crash(actor), ActorDiedError);
    assertEquals(await listNamedActors(), []);
    assertEquals(await stateOf("Again").then(([state]) => state), "DEAD");
  }

  // ray: detached, option-lifetime, max-restarts
  it("one of the driver's starts again", async () => {
    const actor = Again.options(options).remote(ledger, "at once", "kept");
    assertEquals(await actor.run.remote(), 1);
    await outlives(actor, "kept");
  });

  // ray: detached, max-restarts
  it("one of an actor that is dead starts again", async () => {
    const maker = Keeper.remote();
    const actor = await maker.make.remote(ledger, options, "at once");
    assertEquals(await actor.run.remote(), 1);
    await kill(maker);
    await outlives(actor, "kept");
  });

  // ray: detached
  it("one whose arguments came late starts again", async () => {
    const maker = Keeper.remote();
    const label = ledger.word.remote("late");
    const actor = await maker.makeLate.remote(ledger, options, { label });
    await ledger.note.remote("late");
    assertEquals(await within(LIMIT, "run", actor.run.remote()), 1);
    await kill(maker);
    await outlives(actor, "late");
  });

  it("one whose arguments never come ends with its maker", async () => {
    const maker = Keeper.remote();
    const label = ledger.word.remote("never");
    const actor = await maker.makeLate.remote(ledger, options, { label });
    const waiting = actor.run.options(RETRY).remote();
    assertEquals(await listNamedActors(), ["lasting"]);
    await kill(maker);
    assertInstanceOf(await within(LIMIT, "waiting", rejection(waiting)), ActorDiedError);
    assertEquals(await listNamedActors(), []);
    await ledger.note.remote("never");
    assertEquals(await label, "never");
    assertEquals(await ledger.count.remote("made"), 0);
  });

  it("the driver need not know its class, nor those of its arguments", async () => {
    const maker = Keeper.remote();
    await within(LIMIT, "carry", maker.carry.remote(options));
    await kill(maker);
    const carrier = await getActor<Carrier>("lasting");
    assertEquals(await carrier.weigh.remote(), 6);
    await rejection(carrier.leave.remote());
    assertEquals(await within(LIMIT, "weigh", carrier.weigh.options(RETRY).remote()), 6);
  });

  // ray: detached, kill-restart
  it("kill() ends it for good, also while it restarts", async () => {
    const maker = Keeper.remote();
    const actor = await maker.make.remote(ledger, options, "when told");
    assertEquals(await actor.run.remote(), 1);
    await kill(maker);
    await within(LIMIT, "restart", kill(actor, { noRestart: false }));
    await within(LIMIT, "made", ledger.reached.remote("made", 2));
    const waiting = actor.run.options(RETRY).remote();
    assertEquals(await listNamedActors(), ["lasting"]);
    await within(LIMIT, "kill", kill(actor));
    assertInstanceOf(await within(LIMIT, "waiting", rejection(waiting)), ActorDiedError);
    assertEquals(await listNamedActors(), []);
    await ledger.note.remote("go");
  });
});

describe("restarts of processes", () => {
  beforeEach(async () => void await init());
  afterEach(shutdown);

  // ray: max-task-retries, pain-retries
  it("calls in flight run again, also if their caller hears late of the crash", async () => {
    const ledger = Ledger.remote();
    const actor = Again.options({ placement: "process", maxRestarts: 1 }).remote(ledger);
    const pid = await actor.pid.remote();
    const kept = actor.after.options(RETRY).remote("kept");
    await within(LIMIT, "begun", ledger.reached.remote("begun"));
    const crash = rejection(actor.leave.remote(3));
    // The call leaves with this turn; then this thread hears nothing until the process has ended, or is a zombie.
    await null;
    const end = performance.now() + 1_000;
    while (performance.now() < end && isAlive(pid));
    assertInstanceOf(await within(LIMIT, "crash", crash), ActorUnavailableError);
    await within(LIMIT, "begun again", ledger.reached.remote("begun", 2));
    await ledger.note.remote("end");
    assertEquals(await within(LIMIT, "kept", kept), "kept");
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
