/**
 * Actors of TypeScript on a real Ray cluster. It takes one start of a cluster; where there is none, all of it is skipped.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { readFileSync } from "node:fs";
import process from "node:process";
import {
  ActorDiedError,
  cancel,
  get,
  getSync,
  init,
  kill,
  listActors,
  listNamedActors,
  listTasks,
  put,
  remote,
  shutdown,
  TaskCancelledError,
  TaskError,
  WorkerCrashedError,
} from "../../mod.ts";
import { pythonFunction } from "../../ray.ts";
import { startCluster } from "./cluster.ts";
import { AsyncFar, Far, Point, Store, Teller } from "./actors.ts";
import * as functions from "./functions.ts";
import { gone, runElsewhere, runProgram } from "./processes.ts";

// Before the tests are told of, so that they can say that they are skipped.
const cluster = await startCluster();
const address = cluster?.address ?? "";

describe("TypeScript on a cluster", { ignore: cluster === undefined, timeout: 180_000 }, () => {
  beforeAll(async () => {
    await init({ address, runtimeEnv: { env_vars: { MANTA_TEST: "said" } } });
  });
  afterAll(async () => {
    await shutdown();
    await cluster?.stop();
  });

  it("an actor runs in a process of its own on a node, from a copy of the program", async () => {
    const [a, b] = [Far.remote("a"), Far.remote(put("b"))];
    const pids = await get([a.pid.remote(), b.pid.remote()]);
    assertEquals(new Set([...pids, process.pid]).size, 3);
    assertEquals([await a.given_.remote(), await b.given_.remote()], ["a", "b"]);
    const place = await a.place.remote();
    assert(
      place !== new URL("./actors.ts", import.meta.url).href && place.endsWith("/tests/cluster/actors.ts"),
    );
    assertEquals(await a.variable.remote("MANTA_TEST"), "said");
    // What says where it runs stays on this machine.
    assertEquals(await Store.options({ placement: "inline" }).remote().next.remote(), 0);
    assertEquals(await Far.options({ placement: "thread" }).remote().pid.remote(), process.pid);
  });

  it("what is listed is the program's: its actors, in processes, and their calls; none of the runtime's own", async () => {
    const before = (await listTasks()).length;
    const far = Far.remote();
    await far.pid.remote();
    assertEquals(await listNamedActors(), []);
    assertEquals((await listTasks()).slice(before).map(({ name }) => name), ["Far.pid"]);
    const listed = (await listActors({ filter: { state: "ALIVE" } })).at(-1)!;
    assertEquals([listed.actorId, listed.placement], [far.actorId, "process"]);
  });

  it("calls keep their order, and may block on each other's values", async () => {
    const far = Far.remote();
    const logs = await get(Array.from({ length: 300 }, (_, i) => far.append.remote(i)));
    assertEquals(logs.at(-1), Array.from({ length: 300 }, (_, i) => i));
    const chain = far.echo.remote(
      far.echo.remote(Store.options({ placement: "pool" }).remote().next.remote()),
    );
    assertEquals(getSync(chain), 0);
  });

  it("values keep their kinds and classes, large ones too", async () => {
    const far = Far.remote();
    const values = [
      1,
      2n ** 70n,
      "é😀",
      null,
      undefined,
      [1, [2]],
      new Map([[1, new Set([2])]]),
      new Date(5),
    ];
    assertEquals(await far.echo.remote(values), values);
    assertEquals(await far.sum.remote(new Point(1, 2)), 3);
    const doubled = await far.double.remote(new Point(1, 2));
    assertInstanceOf(doubled, Point);
    assertEquals(doubled.sum, 6);
    const large = new Uint8Array(8_000_000).map((_, i) => i % 251);
    assertEquals(await far.echo.remote(large), large);
    const { later, nested } = await far.refs.remote();
    assertEquals([await later, await nested[1]], ["later", 2]);
  });

  it("handles pass between actors, there and here; async calls interleave", async () => {
    const [far, store] = [Far.remote(), Store.remote()];
    assertEquals(await far.ask.remote(store, 5), [0, 1, 2, 3, 4]);
    assertEquals(await far.ask.remote(Store.options({ placement: "inline" }).remote(), 3), [0, 1, 2]);
    const other = AsyncFar.remote();
    const waiting = other.wait.remote();
    assertEquals((await other.asks.remote(store, 10)).sort((a, b) => a - b), [
      5,
      6,
      7,
      8,
      9,
      10,
      11,
      12,
      13,
      14,
    ]);
    other.open.remote("opened");
    assertEquals(await waiting, "opened");
  });

  it("what a method throws is a TaskError with the lines of both sides, and so is what a constructor does", async () => {
    const far = Far.remote();
    const error = await assertRejects(() => get(far.fail.remote("oh")), TaskError);
    assertInstanceOf(error, RangeError);
    assertEquals(error.message, '"Far.fail" threw RangeError: oh');
    assertStringIncludes(error.stack!, "tests/cluster/actors.ts");
    assertStringIncludes(error.stack!, "actors_test.ts");
    const broken = Far.remote("throw");
    const died = await assertRejects(() => get(broken.pid.remote()), ActorDiedError);
    assertStringIncludes(died.message, "its constructor threw RangeError: not like that");
    assertInstanceOf(died.cause, RangeError);
    assertInstanceOf((died.cause as Error).cause, TypeError);
  });

  it("streams come item by item, wait where they are not read, and may be left", async () => {
    const teller = Teller.remote();
    const items: number[] = [];
    for await (const ref of teller.count.remote(50)) items.push(await ref);
    assertEquals(items, Array.from({ length: 50 }, (_, i) => i));
    const held = teller.count.options({ generatorBackpressure: 2 }).remote(1_000);
    const first = await held.next();
    assertEquals(await first.value!, 0);
    await held.return();
    assert(await teller.told.remote() < 10);
  });

  it("cancel() reaches a call there; a call knows whose it is", async () => {
    const far = AsyncFar.options({ name: "far" }).remote();
    const cancelled = far.untilCancelled.remote();
    // It is behind that one: both have begun.
    const [id, ...rest] = await far.about.remote();
    assert(String(id).startsWith("actor-"));
    assertEquals(rest, ["far", "AsyncFar.about", false]);
    cancel(cancelled);
    await assertRejects(() => get(cancelled), TaskCancelledError);
    assert(await far.sawCancel.remote());
    const abort = new AbortController();
    const other = far.untilCancelled.options({ signal: abort.signal }).remote();
    abort.abort();
    await assertRejects(() => get(other), TaskCancelledError);
  });

  it("functions run on the nodes, as many at once as there is room for, and keep their values, errors and streams", async () => {
    const pids = await get(Array.from({ length: 20 }, () => functions.pid.remote()));
    assert(!pids.includes(process.pid) && new Set(pids).size <= 4, String(pids));
    const shifted = await functions.shifted.remote(new Point(1, 2), put(3));
    assertInstanceOf(shifted, Point);
    assertEquals(shifted.sum, 9);
    assertEquals(getSync(functions.named.remote()), "named");
    assertEquals(await functions.nested.remote(3), 6);
    const error = await assertRejects(() => get(functions.broken.remote("oh")), TaskError);
    assertInstanceOf(error, RangeError);
    assertEquals(error.message, '"broken" threw RangeError: oh');
    assertStringIncludes(error.stack!, "tests/cluster/functions.ts");
    const items: number[] = [];
    for await (const ref of functions.told.remote(5)) items.push(await ref);
    assertEquals(items, [0, 1, 2, 3, 4]);
    // From an actor of this machine, too.
    const near = Far.options({ placement: "thread" }).remote();
    assert(await near.run.remote() !== process.pid);
  });

  it("functions are cancelled there, and run again where their process dies, if they may", async () => {
    const [calm, forced] = [functions.untilCancelled.remote(), functions.untilCancelled.remote()];
    // It has begun, or never will.
    await functions.pid.remote();
    cancel(calm);
    cancel(forced, { force: true });
    await assertRejects(() => get(calm), TaskCancelledError);
    await assertRejects(() => get(forced), TaskCancelledError);
    const crashed = functions.crash.options({ maxRetries: 0 }).remote(undefined);
    await assertRejects(() => get(crashed), WorkerCrashedError, "its process was ended by signal 9");
    const crashes = Store.options({ placement: "inline" }).remote();
    assertEquals(await functions.crash.options({ maxRetries: 1 }).remote(crashes), "again");
  });

  it("functions do not keep their CPUs from actors", async () => {
    const pid = await functions.pid.remote();
    const all = Far.options({ numCpus: 4 }).remote();
    assert(getSync(all.pid.remote()) !== pid);
    await kill(all);
  });

  it("kill() ends the process on its node, busy or not; so does a process that ends itself", async () => {
    const [idle, busy, crashed] = [Far.remote(), Far.remote(), Far.remote()];
    const pids = await get([idle.pid.remote(), busy.pid.remote(), crashed.pid.remote()]);
    const spinning = busy.spin.remote();
    await Promise.all([kill(idle), kill(busy)]);
    await assertRejects(() => get(spinning), ActorDiedError, "it was killed");
    const error = await assertRejects(() => get(crashed.crash.remote()), ActorDiedError);
    assertStringIncludes(error.message, "its process was ended by signal 9");
    await gone(...pids);
  });

  it("mistakes are errors at the call", () => {
    assertThrows(() => Far.options({ maxConcurrency: 2, name: "two" }).remote(), TypeError, "is that of one");
    assertThrows(
      () => Far.options({ lifetime: "detached", maxRestarts: 1 }).remote(),
      RangeError,
      'use "maxRestarts" 0',
    );
    const elsewhere = remote(function elsewhere() {}, { module: "file:///elsewhere.ts" });
    assertThrows(() => elsewhere.remote(), RangeError, 'run function "elsewhere" on the Ray cluster at');
  });

  it("an actor whose process crashes starts again with its arguments, and its calls are made again", async () => {
    const far = Far.options({ maxRestarts: 1, maxTaskRetries: 1 }).remote("kept");
    const pid = await far.pid.remote();
    process.kill(pid, "SIGKILL");
    assertEquals(await far.given_.remote(), "kept");
    const next = await far.pid.remote();
    assert(next !== pid);
    process.kill(next, "SIGKILL");
    await assertRejects(() => get(far.pid.remote()), ActorDiedError);
    const error = await assertRejects(() => get(far.pid.remote()), ActorDiedError);
    assertStringIncludes(error.message, "its restarts are used up");
  });

  it("what keeps a process from being started is said: no runtime on the node, a module that is not there", async () => {
    const { out } = await program(["tests/programs/cluster_mistakes.ts", address]);
    assertStringIncludes(out, "its process could not be started: Error: the environment says MANTA_");
    assertStringIncludes(out, "and no program is there");
    assertStringIncludes(out, "its module could not be loaded: ");
    assertStringIncludes(out, "node_only.ts");
  });

  for (const name of ["sync_actor_blocks", "async_actor_yields", "threaded_actor_answers"]) {
    it(`examples/${name}.ts runs unchanged`, async () => {
      const { code, out } = await program([`examples/${name}.ts`], { RAY_ADDRESS: address });
      assertEquals(code, 0, out);
      assertStringIncludes(out, name.startsWith("sync") ? "GetTimeoutError" : "tasks done, answered in", out);
    });
  }

  it("the README's first program runs, from elsewhere", async () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, text] = /```ts\n(.*?)```/s.exec(readme)!;
    assertStringIncludes(text, "5_000");
    // On a busy machine two processes may take longer to begin than it waits.
    const patient = text.replace("5_000", "60_000");
    const { code, out } = await runElsewhere(patient, 120_000, { RAY_ADDRESS: address });
    assertEquals(code, 0, out);
    assertStringIncludes(out, "tasks so far", out);
  });

  it("shutdown() waits for no actor that is being made, and its calls reject", async () => {
    const { code, out } = await program(["tests/programs/cluster_early.ts", address]);
    assertEquals(code, 0, out);
    assertStringIncludes(out, "round 3", out);
    assertEquals(out.match(/actor-\S+ has died|: it has died, /g)?.length, 3, out);
  });

  it("no process stays on a node when the driver shuts down, or simply ends, or is killed", async () => {
    for (const way of ["shutdown", "end", "killed"]) {
      const { out } = await program(["tests/programs/cluster_end.ts", address, way]);
      const pids = out.trim().split(" ").map(Number);
      assertEquals(pids.length, 2, out);
      // For one that was killed the server waits half a minute.
      await gone(...pids);
    }
  });

  // ray: option-labels, option-runtime-env, scheduling
  it("options say on which node, and in which environment", async () => {
    const second = cluster!.addNode();
    const nodes = pythonFunction<() => { NodeID: string; Alive: boolean }[]>("ray", "nodes");
    await second;
    const ids = (await nodes.remote()).filter(({ Alive }) => Alive).map(({ NodeID }) => NodeID);
    assertEquals(ids.length, 2);
    const raylet = "RAY_RAYLET_PID";
    const raylets = await get(
      ids.map((nodeId) => Far.options({ schedulingStrategy: { nodeId } }).remote().variable.remote(raylet)),
    );
    assertEquals(new Set([...raylets, undefined]).size, 3);
    const runtimeEnv = { env_vars: { MANTA_OTHER: "too" } };
    const far = Far.options({ runtimeEnv, schedulingStrategy: "SPREAD" }).remote();
    assertEquals(await get(["MANTA_TEST", "MANTA_OTHER"].map((name) => far.variable.remote(name))), [
      "said",
      "too",
    ]);
    for (const [i, nodeId] of ids.entries()) {
      const there = functions.variables.options({ runtimeEnv, schedulingStrategy: { nodeId, soft: true } });
      assertEquals(await there.remote("MANTA_OTHER", raylet), ["too", raylets[i]]);
    }
    const nowhere = Far.options({ schedulingStrategy: { nodeId: "0".repeat(56) } }).remote();
    const error = await assertRejects(() => get(nowhere.pid.remote()), ActorDiedError);
    assertStringIncludes(error.message, "doesn't exist any more or is infeasible");
    const unsent = Far.options({ runtimeEnv: { working_dir: "./nowhere" } }).remote();
    const { message } = await assertRejects(() => get(unsent.pid.remote()), ActorDiedError);
    assertStringIncludes(message, 'Cannot send "./nowhere" to the cluster: there is no such folder here');
    await (await second).kill();
  });

  // Last: till the cluster has found out, it may choose that node for others.
  it("a node that is killed: its actors end, and say so, or start again on another one", async () => {
    const spare = { spare: 1 };
    const lost = await cluster!.addNode(spare);
    const options = { resources: { spare: 0.5 } };
    const [mortal, restarted] = [
      Far.options(options).remote(),
      Far.options({ ...options, maxRestarts: 1, maxTaskRetries: 1 }).remote("kept"),
    ];
    const pids = await get([mortal.pid.remote(), restarted.pid.remote()]);
    const spinning = mortal.spin.remote();
    const other = await cluster!.addNode(spare);
    await lost.kill();
    const error = await assertRejects(() => get(spinning), ActorDiedError);
    assertStringIncludes(error.message, "its process on the cluster has ended: ");
    assertEquals(await restarted.given_.remote(), "kept");
    await gone(...pids);
    assert(!pids.includes(await restarted.pid.remote()));
    await kill(restarted);
    await other.kill();
  });

  const program = (args: string[], env?: Record<string, string>) => runProgram(args, 150_000, env);
});
