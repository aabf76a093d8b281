import {
  type ActorState,
  cancel,
  events,
  type EventsOptions,
  get,
  getSync,
  kill,
  listActors,
  listTasks,
  type RayEvent,
  type RayEventType,
  shutdown,
  summarize,
} from "@manta/ray";
import { assert, assertEquals, assertLess, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho, Busy, Counter, Link, Log } from "./actors.ts";
import { keep, newFence, reached, rejection, signal, within } from "./fence.ts";
import { type Place, PLACES, PLACES_ALONE } from "./places.ts";
import { Boss, collect, SlowStarter, Unmakeable } from "./state_actors.ts";
import { add, after, dieLater, fail } from "./tasks.ts";

const LIMIT = 20_000;

/** Reads events in the background. */
class Seen {
  readonly all: RayEvent[] = [];
  isOver = false;
  constructor(options?: EventsOptions) {
    const stream = events(options);
    (async () => {
      for await (const event of stream) this.all.push(event);
      this.isOver = true;
    })();
  }
  /** The first event like this one, once it is there. */
  async event<T extends RayEventType>(type: T, like: object = {}): Promise<Extract<RayEvent, { type: T }>> {
    let found: RayEvent | undefined;
    await until(`${type} ${JSON.stringify(like)}`, () => {
      found = this.all.find((event) => event.type === type && matches(event, like));
      return found !== undefined;
    });
    return found as Extract<RayEvent, { type: T }>;
  }
  types(like: object): RayEventType[] {
    return this.all.filter((event) => matches(event, like)).map(({ type }) => type);
  }
}

function matches(event: object, like: object): boolean {
  return Object.entries(like).every(([name, value]) => Reflect.get(event, name) === value);
}

async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT;
  while (!await check()) {
    if (performance.now() > end) throw new Error(`${what}: not in ${LIMIT} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** The actor, once it is as it should be. */
async function actorWhen(id: string, check: (actor: ActorState) => boolean): Promise<ActorState> {
  let actor: ActorState | undefined;
  await until(`actor ${id}`, async () => {
    actor = (await listActors()).find(({ actorId }) => actorId === id);
    return actor !== undefined && check(actor);
  });
  return actor!;
}

for (const place of PLACES) describe(`events, ${place.name}`, () => eventsOf(place));

function eventsOf({ placement, told, isApart, newFence }: Place): void {
  afterEach(shutdown);

  it("events() tells how an actor is made, lives and is killed", async () => {
    const seen = new Seen();
    const before = Date.now() - 1_000;
    const counter = Counter.options({ placement }).remote();
    const { actorId } = counter;
    const alive = await seen.event("actor-alive", { actorId });
    assertEquals(alive.className, "Counter");
    assertEquals(alive.placement, told);
    assertEquals(alive.name, undefined);
    assertEquals(alive.thread === 1, !isApart);
    assert(alive.time > before && alive.time < Date.now() + 1_000, String(alive.time));
    const other = Counter.options({ placement }).remote();
    await kill(other);
    const died = await seen.event("actor-died", { actorId: other.actorId });
    assertStringIncludes(died.reason, "killed");
    assertEquals(seen.types({ actorId }), ["actor-created", "actor-alive"]);
    assertEquals(await counter.add.remote(), 1);
  });

  it("events() tells why an actor could not be made", async () => {
    const seen = new Seen();
    // Kept to the end: one that nobody has a handle of is not made at all.
    const actor = Unmakeable.options({ placement }).remote();
    const { actorId } = actor;
    const died = await seen.event("actor-died", { actorId });
    assertEquals(actor.actorId, died.actorId);
    assertStringIncludes(died.reason, "RangeError: never");
    assertEquals(died.className, "Unmakeable");
    assertEquals(seen.types({ actorId }), ["actor-created", "actor-died"]);
  });

  // ray: task-events
  it("events() tells of a call's way, and how long it ran", async () => {
    const seen = new Seen();
    const busy = Busy.options({ placement }).remote();
    const fence = newFence();
    const ref = busy.enter.remote(fence);
    await reached(fence, 0);
    const started = await seen.event("task-started", { name: "Busy.enter" });
    assertEquals([started.actorId, started.attempt], [busy.actorId, 0]);
    assertEquals(started.thread === 1, !isApart);
    const { taskId } = started;
    assert(/^task-([0-9a-f]+\.)?1-[0-9a-f]+$/.test(taskId), taskId);
    signal(fence, 1);
    await ref;
    const { duration, time } = await seen.event("task-finished", { taskId });
    assertEquals(duration, time - started.time);
    assertEquals((await seen.event("task-submitted", { taskId })).isWaiting, false);
    assertEquals(seen.types({ taskId }), ["task-submitted", "task-started", "task-finished"]);
  });

  // ray: task-events
  it("events() tells of a call's failure, by its own name", async () => {
    const seen = new Seen();
    const log = Log.options({ placement }).remote();
    await rejection(log.fail.options({ name: "doomed" }).remote());
    const failed = await seen.event("task-failed", { name: "doomed" });
    assertEquals(failed.error, "RangeError: failed on purpose");
    assertEquals(failed.actorId, log.actorId);
    const { taskId } = failed;
    assertEquals(seen.types({ taskId }), ["task-submitted", "task-started", "task-failed"]);
  });

  // ray: task-events
  it("events() tells of a call that waits for its argument, and of one whose argument fails", async () => {
    const seen = new Seen();
    const log = Log.options({ placement }).remote();
    const echo = AsyncEcho.options({ placement: "inline" }).remote();
    const fence = newFence();
    const good = log.append.options({ name: "good" }).remote(echo.after.remote(fence, 1));
    const { taskId, isWaiting } = await seen.event("task-submitted", { name: "good" });
    assertEquals(isWaiting, true);
    assertEquals(seen.types({ taskId }), ["task-submitted"]);
    assertEquals((await listTasks({ filter: { name: "good" } }))[0].state, "PENDING_ARGS_AVAIL");
    signal(fence, 1);
    await good;
    await seen.event("task-finished", { taskId });
    assertEquals(seen.types({ taskId }), ["task-submitted", "task-ready", "task-started", "task-finished"]);
    const late = newFence();
    const bad = log.append.options({ name: "bad" }).remote(echo.failAfter.remote(late, "no argument"));
    signal(late, 1);
    await rejection(bad);
    const failed = await seen.event("task-failed", { name: "bad" });
    assertStringIncludes(failed.error, "no argument");
    assertEquals(failed.duration, 0);
    const again = log.append.options({ name: "at once" }).remote(bad);
    await rejection(again);
    const atOnce = await seen.event("task-failed", { name: "at once" });
    assertEquals(seen.types({ taskId: failed.taskId }), ["task-submitted", "task-failed"]);
    assertEquals(seen.types({ taskId: atOnce.taskId }), ["task-submitted", "task-failed"]);
  });

  // ray: task-events
  it("events() tells of the calls that end with their actor, running, queued and later", async () => {
    const seen = new Seen();
    const busy = Busy.options({ placement, maxConcurrency: 1 }).remote();
    const fence = newFence();
    const refs = ["running", "queued"].map((name) => busy.enter.options({ name }).remote(fence));
    await reached(fence, 0);
    await kill(busy);
    refs.push(busy.enter.options({ name: "later" }).remote(fence));
    for (const ref of refs) await rejection(ref);
    for (const name of ["running", "queued", "later"]) {
      const { error, actorId } = await seen.event("task-failed", { name });
      assertStringIncludes(error, "killed", name);
      assertEquals(actorId, busy.actorId);
    }
    // Each has one end, whoever tells of it.
    await listTasks();
    for (const name of ["running", "queued", "later"]) {
      assertEquals(seen.types({ name }).filter((type) => type === "task-failed").length, 1, name);
    }
    assertEquals(seen.types({ name: "queued" }), ["task-submitted", "task-failed"]);
  });

  // ray: task-events
  it("events() tells of a call that is cancelled, running or queued", async () => {
    const seen = new Seen();
    const busy = Busy.options({ placement, maxConcurrency: 1 }).remote();
    const fence = newFence();
    const refs = ["running", "queued"].map((name) => busy.enter.options({ name }).remote(fence));
    await reached(fence, 0);
    for (const ref of refs.reverse()) cancel(ref);
    // Behind the cancels: they have come when it answers.
    const open = newFence();
    signal(open, 1);
    await busy.enterIo.remote(open);
    signal(fence, 1);
    for (const ref of refs) await rejection(ref);
    for (const name of ["running", "queued"]) {
      const { error, taskId } = await seen.event("task-failed", { name });
      assertStringIncludes(error, "TaskCancelledError");
      assertEquals(seen.types({ taskId }).includes("task-started"), name === "running");
    }
  });

  it("a method's runtimeContext() has the task id that events() tells of", async () => {
    const seen = new Seen();
    const id = await Boss.options({ placement }).remote().taskId.remote();
    assertEquals((await seen.event("task-finished", { name: "Boss.taskId" })).taskId, id);
  });

  it("events() tells of actors that an actor makes, and of its calls", async () => {
    const seen = new Seen();
    const boss = keep(Boss.options({ placement: "thread" }).remote());
    const { actorId } = await boss.make.remote(placement);
    await boss.append.remote("entry");
    const created = await seen.event("actor-created", { actorId });
    const alive = await seen.event("actor-alive", { actorId });
    // Where nothing is said, what an actor makes has a thread beside it.
    assertEquals([created.className, created.placement], ["Log", placement ?? "thread"]);
    const finished = await seen.event("task-finished", { name: "Log.append" });
    const submitted = await seen.event("task-submitted", { taskId: finished.taskId });
    assertEquals([submitted.actorId, submitted.thread], [actorId, created.thread]);
    assertEquals([finished.thread, finished.thread === created.thread], [
      alive.thread,
      !isApart,
    ]);
    await kill(boss);
    const died = await seen.event("actor-died", { actorId });
    assert(died.reason.length > 0);
  });

  // ray: unhandled-errors
  it("a failed call is told of once as unread, if its ref was collected and nobody had read it", async () => {
    const seen = new Seen({ kinds: ["task-error-unread"] });
    const log = Log.options({ placement }).remote();
    const read = async (name: string, how: (ref: ReturnType<typeof log.fail.remote>) => unknown) => {
      try {
        await how(log.fail.options({ name }).remote());
      } catch { /* as it should */ }
    };
    await read("awaited", (ref) => ref);
    await read("got", (ref) => get(ref));
    await read("passed on", (ref) => log.append.options({ name: "dependent" }).remote(ref));
    if (isApart) await read("got at once", (ref) => getSync(ref));
    const { actorId, appendAll } = log;
    log.fail.options({ name: "unread" }).remote();
    await appendAll.remote(1);
    await until("unread", () => (collect(), seen.all.length > 0));
    const unread = await seen.event("task-error-unread", { name: "unread" });
    assertEquals([unread.actorId, unread.error], [actorId, "RangeError: failed on purpose"]);
    for (let i = 0; i < 20; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assertEquals(seen.all.map((event) => "name" in event && event.name), ["unread"]);
  });

  // ray: unhandled-errors
  it("a failed call that an actor made and forgot is told of as unread", async () => {
    const seen = new Seen({ kinds: ["task-error-unread"] });
    const boss = keep(Boss.options({ placement: "thread" }).remote());
    await boss.make.remote(placement);
    await boss.dropFailure.remote();
    await until("unread", async () => (await boss.collect.remote(), seen.all.length > 0));
    const unread = await seen.event("task-error-unread");
    assertEquals([unread.name, unread.error], ["Log.fail", "RangeError: failed on purpose"]);
  });

  // ray: state-actors, place-state
  it("listActors() tells the state of an actor from its making to its end", async () => {
    const fence = newFence();
    signal(fence, 1);
    const starter = SlowStarter.options({ placement }).remote(fence);
    const { actorId } = starter;
    const [pending] = await listActors();
    assertEquals([pending.actorId, pending.className, pending.placement], [
      actorId,
      "SlowStarter",
      told,
    ]);
    await starter.ping.remote();
    const [alive] = await listActors();
    assertEquals([alive.state, alive.reason, alive.name], ["ALIVE", undefined, undefined]);
    assertEquals(alive.thread === 1, !isApart);
    await kill(starter);
    const [dead] = await listActors();
    assertEquals([dead.state, dead.running, dead.queued, dead.isStale], ["DEAD", 0, 0, false]);
    assertStringIncludes(dead.reason!, "killed");
  });

  // ray: state-actors
  it("listActors() counts the calls that run and wait", async () => {
    const [one, two] = [1, 2].map((maxConcurrency) => Busy.options({ placement, maxConcurrency }).remote());
    const fence = newFence();
    const refs = [one, two].flatMap((busy) => [1, 2, 3].map((name) => busy.enter.remote(fence, name)));
    await reached(fence, 0, 3);
    await actorWhen(one.actorId, ({ running, queued, isStale }) => running === 1 && queued === 2 && !isStale);
    await actorWhen(two.actorId, ({ running, queued, isStale }) => running === 2 && queued === 1 && !isStale);
    signal(fence, 1);
    await get(refs);
    await actorWhen(one.actorId, ({ running, queued }) => running === 0 && queued === 0);
  });

  // ray: state-actors
  it("listActors() picks by state, class and number", async () => {
    const counters = [0, 1, 2].map(() => Counter.options({ placement }).remote());
    const log = Log.options({ placement }).remote();
    for (const counter of counters) await counter.add.remote();
    await log.append.remote(1);
    await kill(counters[0]);
    const ids = async (options: Parameters<typeof listActors>[0]) =>
      (await listActors(options)).map(({ actorId }) => actorId);
    const [dead, ...living] = counters.map(({ actorId }) => actorId);
    assertEquals(await ids({ filter: { className: "Counter", state: "ALIVE" } }), living);
    assertEquals(await ids({ filter: { state: "DEAD" } }), [dead]);
    assertEquals(await ids({ filter: { className: "Counter" }, limit: 1 }), [living[1]]);
    assertEquals(await ids({ filter: { name: "nobody" } }), []);
    assertEquals((await ids({})).length, 4);
  });

  // ray: state-tasks
  it("listTasks() and summarize() tell what calls have come to", async () => {
    assertEquals(await listTasks(), []);
    const log = Log.options({ placement }).remote();
    const busy = Busy.options({ placement, maxConcurrency: 1 }).remote();
    const fence = newFence();
    const refs = [busy.enter.remote(fence), busy.enter.remote(fence)];
    await log.append.remote(1);
    await rejection(log.fail.remote());
    await reached(fence, 0);
    const states = async (name: string) =>
      (await listTasks({ filter: { name } })).map(({ state, isStale }) => isStale ? "stale" : state);
    assertEquals(await states("Log.append"), ["FINISHED"]);
    assertEquals(await states("Log.fail"), ["FAILED"]);
    assertEquals(await states("Busy.enter"), ["RUNNING", "SUBMITTED_TO_WORKER"]);
    assertEquals(await summarize(), {
      actors: { Log: { ALIVE: 1 }, Busy: { ALIVE: 1 } },
      tasks: {
        "Log.append": { FINISHED: 1 },
        "Log.fail": { FAILED: 1 },
        "Busy.enter": { RUNNING: 1, SUBMITTED_TO_WORKER: 1 },
      },
    });
    const [failed] = await listTasks({ filter: { state: "FAILED", actorId: log.actorId } });
    assertEquals([failed.error, failed.attempt], ["RangeError: failed on purpose", 0]);
    assert(failed.submitted! <= failed.ended! + 5 && failed.started! <= failed.ended!);
    assertEquals((await listTasks({ limit: 2 })).length, 2);
    signal(fence, 1);
    await get(refs);
  });

  // ray: task-events, state-tasks
  it("nothing is recorded while nobody looks", async () => {
    const counter = Counter.options({ placement }).remote();
    await counter.add.remote();
    const stream = events();
    await counter.add.options({ name: "looked at" }).remote();
    await stream.return!();
    await counter.add.options({ name: "not looked at" }).remote();
    const names = (await listTasks()).map(({ name }) => name);
    assertEquals(names, ["looked at"]);
  });
}

/** The driver's own actors are recorded when somebody looks, or late, when they have ended. */
describe("actors of the driver, inline, that nobody has looked at", () => {
  afterEach(shutdown);

  const make = (placement: "inline" | "thread" = "inline") => Counter.options({ placement }).remote();
  const ids = async (): Promise<string[]> => (await listActors()).map(({ actorId }) => actorId);

  it("are listed among the others by age, whether they live or have ended", async () => {
    const counters = [make(), make("thread"), make(), make(), make("thread")];
    await get(counters.map((counter) => counter.add.remote()));
    await kill(counters[2]);
    await kill(counters[1]);
    await kill(counters[0]);
    const expected = counters.map(({ actorId }) => actorId);
    assertEquals(await ids(), expected);
    counters.push(make(), make("thread"), make());
    assertEquals(await ids(), counters.map(({ actorId }) => actorId));
    const states = (await listActors()).map(({ state }) => state).slice(0, 5);
    assertEquals(states, ["DEAD", "DEAD", "DEAD", "ALIVE", "ALIVE"]);
    await get(counters.slice(5).map((counter) => counter.add.remote()));
    keep(counters);
  });

  it("are named, and pending until they are constructed", async () => {
    const named = Counter.options({ placement: "inline", name: "late" }).remote();
    const [pending] = await listActors();
    assertEquals([pending.name, pending.className], ["late", "Counter"]);
    await named.add.remote();
    assertEquals((await listActors()).map(({ name, state }) => [name, state]), [["late", "ALIVE"]]);
    await kill(named);
    const [dead] = await listActors();
    assertEquals([dead.name, dead.state], ["late", "DEAD"]);
    const other = Counter.options({ placement: "inline", name: "late" }).remote();
    await other.add.remote();
    await kill(other);
    assertEquals((await listActors()).map(({ name, state }) => [name, state]), [
      ["late", "DEAD"],
      ["late", "DEAD"],
    ]);
  });

  it("are no news to who reads events() from now on, and their ends are", async () => {
    const [before, ended] = [make(), make()];
    await before.add.remote();
    await kill(ended);
    const seen = new Seen({ kinds: ["actor-created", "actor-alive", "actor-died"] });
    const after = make();
    await after.add.remote();
    await kill(before);
    await seen.event("actor-died", { actorId: before.actorId });
    assertEquals(seen.types({ actorId: before.actorId }), ["actor-died"]);
    assertEquals(seen.types({ actorId: ended.actorId }), []);
    assertEquals(seen.types({ actorId: after.actorId }), ["actor-created", "actor-alive"]);
    keep(after);
  });

  it("are remembered when they have ended, the last 1,000", async () => {
    const counters = Array.from({ length: 1_003 }, () => make());
    await get(counters.map((counter) => counter.add.remote()));
    const living = counters.pop()!;
    for (const counter of counters) await kill(counter);
    assertEquals(await ids(), [...counters.slice(2), living].map(({ actorId }) => actorId));
    assertEquals(await summarize(), { actors: { Counter: { ALIVE: 1, DEAD: 1_000 } }, tasks: {} });
    keep(living);
  });
});

describe("events() as an iterator", () => {
  afterEach(shutdown);

  it("gives every reader all events from its call on", async () => {
    const counter = Counter.remote();
    await counter.add.remote();
    const [first, second] = [new Seen(), new Seen()];
    await counter.add.options({ name: "both" }).remote();
    const third = new Seen();
    await counter.add.options({ name: "all" }).remote();
    for (const seen of [first, second, third]) await seen.event("task-finished", { name: "all" });
    assertEquals(second.all, first.all);
    assertEquals(third.types({ name: "both", type: "task-submitted" }), []);
    assertEquals(first.types({ name: "both", type: "task-submitted" }).length, 1);
  });

  it("gives only the kinds asked for", async () => {
    const seen = new Seen({ kinds: ["task-finished", "actor-died"] });
    const log = Log.options({ placement: "inline" }).remote();
    await log.append.remote(1);
    await kill(log);
    await seen.event("actor-died");
    assertEquals(seen.all.map(({ type }) => type), ["task-finished", "actor-died"]);
  });

  it("ends with break, with the signal, and with shutdown()", async () => {
    const stream = events();
    const log = Log.options({ placement: "inline" }).remote();
    for await (const { type } of stream) {
      assertEquals(type, "actor-created");
      break;
    }
    assertEquals(await stream.next(), { done: true, value: undefined });
    const controller = new AbortController();
    const aborted = new Seen({ signal: controller.signal });
    const ended = new Seen();
    controller.abort();
    await until("abort", () => aborted.isOver);
    assertEquals(await events({ signal: controller.signal }).next(), { done: true, value: undefined });
    await log.append.remote(1);
    const unread = events();
    await log.append.options({ name: "last" }).remote(2);
    await shutdown();
    await until("shutdown", () => ended.isOver);
    // What had happened before can be read.
    const types: RayEventType[] = [];
    for await (const { type } of unread) types.push(type);
    assertEquals(types, ["task-submitted", "task-started", "task-finished"]);
    assertEquals(aborted.all, []);
  });

  it("drops the oldest events of a reader that falls behind, and says how many", async () => {
    const stream = events();
    const counter = Counter.options({ placement: "inline" }).remote();
    const calls = 4_000;
    await get(Array.from({ length: calls }, () => counter.add.remote()));
    const total = 2 + 3 * calls;
    const first = (await stream.next()).value as RayEvent;
    assertEquals([first.type, "count" in first && first.count], ["events-dropped", total - 10_000]);
    let read = 0;
    await shutdown();
    for await (const _ of stream) read++;
    assertEquals(read, 10_000);
  });

  // ray: task-events
  it("tells of remote functions, their failures, and the end of their worker", async () => {
    const seen = new Seen();
    assertEquals(await add.remote(1, 2), 3);
    const finished = await seen.event("task-finished", { name: "add" });
    assertEquals(finished.actorId, undefined);
    const { taskId } = finished;
    assertEquals(seen.types({ taskId }).filter((type) => type !== "task-ready"), [
      "task-submitted",
      "task-started",
      "task-finished",
    ]);
    await rejection(fail.remote("no"));
    assertEquals((await seen.event("task-failed", { name: "fail" })).error, "RangeError: no");
    const fence = newFence();
    await rejection(dieLater.remote(fence));
    const died = await seen.event("task-failed", { name: "dieLater" });
    assertStringIncludes(died.error, "out of a timer");
    const late = newFence();
    const waiting = after.remote(late, 1);
    await reached(late, 0);
    assertEquals((await listTasks({ filter: { name: "after" } })).map(({ state }) => state), ["RUNNING"]);
    signal(late, 1);
    await waiting;
  });
});

for (const place of PLACES_ALONE) {
  describe(`listActors() and a thread that is blocked, ${place.name}`, () => blocked(place));
}

function blocked({ placement, newFence }: Place): void {
  afterEach(shutdown);

  // ray: state-actors
  it("tells what can be seen from outside, and that it is stale", async () => {
    await listTasks();
    const [blocked, free] = [Link.options({ placement }).remote(), Link.options({ placement }).remote()];
    const fence = newFence();
    const refs = [blocked.hold.remote(fence), blocked.idle.remote(), blocked.idle.remote()];
    await free.idle.remote();
    await reached(fence, 0);
    const started = performance.now();
    const list = await within(LIMIT, "listActors", listActors());
    assertLess(performance.now() - started, 10_000);
    const { state, running, queued, isStale } = list.find(({ actorId }) => actorId === blocked.actorId)!;
    assertEquals({ state, running, queued, isStale }, {
      state: "ALIVE",
      running: 1,
      queued: 2,
      isStale: true,
    });
    // The method that blocks was told of before it ran.
    const tasks = await within(LIMIT, "listTasks", listTasks({ filter: { actorId: blocked.actorId } }));
    assertEquals(tasks.map(({ name, state }) => [name, state]), [
      ["Link.hold", "RUNNING"],
      ["Link.idle", "SUBMITTED_TO_WORKER"],
      ["Link.idle", "SUBMITTED_TO_WORKER"],
    ]);
    assertEquals(tasks.map(({ isStale }) => isStale), [true, true, true]);
    signal(fence, 1);
    await get(refs);
    await actorWhen(blocked.actorId, ({ isStale, running }) => !isStale && running === 0);
  });

  it("tells the same of one that was started again", async () => {
    const link = Link.options({ placement, maxRestarts: 1, maxTaskRetries: -1 }).remote();
    await link.idle.remote();
    await kill(link, { noRestart: false });
    assertEquals(await link.idle.remote(), 7);
    const fence = newFence();
    const refs = [link.hold.remote(fence), link.idle.remote()];
    await reached(fence, 0);
    const [{ state, running, queued }] = await within(LIMIT, "listActors", listActors());
    assertEquals([state, running, queued], ["ALIVE", 1, 1]);
    signal(fence, 1);
    await get(refs);
  });

  // ray: state-actors, place-state
  it("sees a constructor that blocks as PENDING_CREATION", async () => {
    const fence = newFence();
    const starter = SlowStarter.options({ placement }).remote(fence);
    await reached(fence, 0);
    const [actor] = await within(LIMIT, "listActors", listActors());
    assertEquals([actor.state, actor.isStale], ["PENDING_CREATION", true]);
    signal(fence, 1);
    assertEquals(await starter.ping.remote(), "pong");
    await actorWhen(starter.actorId, ({ state, isStale }) => state === "ALIVE" && !isStale);
  });

  it("answers when that thread is killed, or all is shut down, meanwhile", async () => {
    const actors = [Link.options({ placement }).remote(), Link.options({ placement }).remote()];
    const fence = newFence();
    const refs = actors.map((actor) => rejection(actor.hold.remote(fence)));
    await reached(fence, 0, 2);
    const asked = listActors();
    await kill(actors[0]);
    await within(LIMIT, "kill", asked);
    assertEquals((await listActors({ filter: { state: "DEAD" } })).map(({ actorId }) => actorId), [
      actors[0].actorId,
    ]);
    const last = listActors();
    await shutdown();
    await within(LIMIT, "shutdown", last);
    await Promise.all(refs);
  });

  it("counts a thread that blocks in getSync() as one that answers", async () => {
    const inner = Link.options({ placement }).remote();
    const outer = Link.options({ placement }).remote(inner);
    const fence = newFence();
    const held = inner.hold.remote(fence);
    await reached(fence, 0);
    const ref = outer.depth.remote();
    await actorWhen(outer.actorId, ({ running, isStale }) => running === 1 && !isStale);
    signal(fence, 1);
    await held;
    assertEquals(await ref, 2);
  });
}

describe("what the state functions refuse", () => {
  afterEach(shutdown);

  it("calls in an actor, which say that the driver has it", async () => {
    for (const message of await Boss.remote().refused.remote()) {
      assertStringIncludes(message, "the driver has this");
    }
  });

  // ray: error-state
  it("unknown options and wrong values, naming them", () => {
    const loose = { events, listActors, listTasks } as unknown as Record<
      string,
      (options: unknown) => unknown
    >;
    const cases: [string, unknown, typeof TypeError, string][] = [
      ["events", 5, TypeError, "5"],
      ["events", { kind: [] }, TypeError, '"kind"'],
      ["events", { kinds: "task-failed" }, TypeError, "an array"],
      ["events", { kinds: [] }, RangeError, "at least one"],
      ["events", { kinds: ["task-failed", "x"] }, RangeError, '"x"'],
      ["events", { signal: {} }, TypeError, '"signal"'],
      ["listActors", null, TypeError, "null"],
      ["listActors", { filters: {} }, TypeError, '"filters"'],
      ["listActors", { filter: { class: "x" } }, TypeError, '"class"'],
      ["listActors", { filter: 1 }, TypeError, "1"],
      ["listActors", { filter: { state: "alive" } }, RangeError, '"ALIVE"'],
      ["listActors", { filter: { className: 1 } }, TypeError, '"className"'],
      ["listActors", { limit: "1" }, TypeError, '"limit"'],
      ["listActors", { limit: 0 }, RangeError, '"limit"'],
      ["listActors", { limit: 1.5 }, RangeError, '"limit"'],
      ["listTasks", { filter: { state: "DEAD" } }, RangeError, '"FINISHED"'],
      ["listTasks", { filter: { className: "x" } }, TypeError, '"className"'],
    ];
    for (const [name, options, kind, part] of cases) {
      assertThrows(() => loose[name](options), kind, part, `${name} ${JSON.stringify(options)}`);
    }
  });
});
