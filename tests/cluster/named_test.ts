/**
 * Actors of TypeScript that have names on a real Ray cluster: found by other programs, by Python's too, and there after the end of
 * the program that made them. It takes one start of a cluster; where there is none, all of it is skipped.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  ActorAlreadyExistsError,
  ActorDiedError,
  ActorNotFoundError,
  cancel,
  get,
  getActor,
  init,
  kill,
  listNamedActors,
  ObjectLostError,
  put,
  shutdown,
  TaskCancelledError,
  TaskError,
} from "../../mod.ts";
import { startCluster } from "./cluster.ts";
import { Far } from "./actors.ts";
import { Counter } from "./named_actors.ts";
import { gone, lives, RUN } from "./processes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const env = { ...process.env, NO_COLOR: "1" };

// Before the tests are told of, so that they can say that they are skipped.
const cluster = await startCluster();
const address = cluster?.address ?? "";

describe(
  "names of TypeScript's actors on a cluster",
  { ignore: cluster === undefined, timeout: 180_000 },
  () => {
    const others: ChildProcess[] = [];
    beforeAll(async () => {
      await init({ address, namespace: "app" });
    });
    afterAll(async () => {
      for (const other of others) other.kill("SIGKILL");
      await shutdown();
      await cluster?.stop();
    });

    it("a name is one on Ray, taken while its actor lives, and free again", async () => {
      const counter = Counter.options({ name: "mine" }).remote();
      const far = Far.options({ name: "far", namespace: "elsewhere" }).remote("given");
      assertEquals(await counter.name.remote(), "mine");
      assertEquals(await far.given_.remote(), "given");
      assertEquals(await python("ray.util.list_named_actors(all_namespaces=True)"), [
        { name: "far", namespace: "elsewhere" },
        { name: "mine", namespace: "app" },
      ]);
      assertEquals(await listNamedActors(), ["mine"]);
      assert(await getActor("mine") === counter);

      await kill(far);
      assertEquals(await listNamedActors({ allNamespaces: true }), [{ name: "mine", namespace: "app" }]);
      const again = Far.options({ name: "far", namespace: "elsewhere" }).remote("again");
      assertEquals(await again.given_.remote(), "again");
      counter.exit.remote();
      await assertRejects(() => get(counter.add.remote(1)), ActorDiedError);
      // It refuses calls before it has ended.
      await until(async () => !(await listNamedActors()).includes("mine"));
      await assertRejects(() => getActor("mine"), ActorNotFoundError);
      const next = Counter.options({ name: "mine" }).remote();
      assertEquals(await next.add.remote(1), 1);
      await Promise.all([kill(next), kill(again)]);
    });

    it("a named actor that starts again keeps its name", async () => {
      const counter = Counter.options({ name: "tough", maxRestarts: 1, maxTaskRetries: 1 }).remote();
      const pid = await counter.pid.remote();
      process.kill(pid, "SIGKILL");
      assert(await counter.pid.remote() !== pid);
      assertEquals(await python("[ray.get(ray.get_actor('tough').add.remote(5))]"), [5]);
      await kill(counter);
    });

    it("another program finds an actor, and cannot take its name; it ends with the program that made it", async () => {
      const [pid, maker] = await started("theirs", "shared");
      const counter = await getActor<Counter>("theirs");
      assertEquals(await counter.pid.remote(), pid);
      assert(await getActor("theirs") === counter);
      const refused = await assertRejects(
        () => get(Far.options({ name: "theirs" }).remote().pid.remote()),
        ActorAlreadyExistsError,
      );
      assertStringIncludes(refused.message, "another actor that lives has this name");
      assert(Counter.options({ name: "theirs", getIfExists: true }).remote() as unknown === counter);
      const waiting = counter.wait.remote();
      await counter.add.remote(1);
      maker.stdin!.end();
      await assertRejects(() => get(waiting), ActorDiedError);
      await gone(pid);
      await assertRejects(() => getActor("theirs"), ActorNotFoundError);
    });

    it("programs that want the same actor at once have the same one", async () => {
      const args = [...RUN, "tests/programs/cluster_named.ts", address, "common", "common"];
      const theirs = Array.from({ length: 3 }, () => ran(process.execPath, args));
      const counter = Counter.options({ name: "common", lifetime: "detached", getIfExists: true }).remote();
      const pids = await Promise.all([...theirs, counter.pid.remote().then(String)]);
      assertEquals(new Set(pids).size, 1);
      await kill(counter);
    });

    for (const way of ["shutdown", "end", "killed"]) {
      it(`a detached actor is there after its maker's end: ${way}`, async () => {
        const name = `after ${way}`;
        const pid = Number(
          await ran(process.execPath, [...RUN, "tests/programs/cluster_named.ts", address, name, way]),
        );
        const counter = Counter.options({ name, getIfExists: true }).remote();
        assertEquals(await counter.pid.remote(), pid);
        assertEquals(await counter.add.remote(2), 2);
        // Of one that was killed, its host learns by its silence.
        const lost = await assertRejects(() => get(counter.kept.remote()), TaskError);
        assertInstanceOf(lost.cause, ObjectLostError);
        await kill(counter);
        await gone(pid);
        await assertRejects(() => getActor(name), ActorNotFoundError);
      });
    }

    it("a found actor does all that one does: values, handles, refs, streams, errors, cancel", async () => {
      const [pid, maker] = await started("whole", "detached");
      const counter = await getActor<Counter>("whole");
      const values = [1, 2n ** 70n, "é😀", undefined, new Map([[1, new Set([2])]]), new Date(5)];
      assertEquals(await counter.echo.remote(values), values);
      const large = new Uint8Array(3_000_000).map((_, i) => i % 251);
      assertEquals(await counter.echo.remote(put(large)), large);
      const own = Counter.options({ placement: "thread" }).remote();
      assertEquals(await counter.ask.remote(own, 7), 7);
      assertEquals(await counter.ask.remote(Counter.remote(), 8), 8);
      const seen: number[] = [];
      for await (const ref of counter.count.remote(20)) seen.push(await ref);
      assertEquals(seen, Array.from({ length: 20 }, (_, i) => i));
      const error = await assertRejects(() => get(counter.fail.remote("oh")), TaskError);
      assertInstanceOf(error, RangeError);
      assertStringIncludes(error.stack!, "tests/cluster/named_actors.ts");
      assertStringIncludes(error.stack!, "named_test.ts");
      const waiting = counter.wait.remote();
      await counter.add.remote(1);
      cancel(waiting);
      await assertRejects(() => get(waiting), TaskCancelledError);
      assert(await counter.cancelled.remote());

      // Its maker goes, with what it had under way; this program's calls go on.
      const calls = Array.from({ length: 50 }, () => counter.add.remote(1));
      maker.kill("SIGKILL");
      assertEquals(await get(calls), Array.from({ length: 50 }, (_, i) => i + 2));
      assert(lives(pid));
      counter.exit.remote();
      await assertRejects(() => get(counter.add.remote(1)), ActorDiedError);
      await gone(pid);
      await until(async () => !(await listNamedActors()).includes("whole"));
    });

    it("a detached actor that crashes has ended, for all, and its name is free", async () => {
      const [pid] = await started("mortal", "detached");
      const counter = await getActor<Counter>("mortal");
      const error = await assertRejects(() => get(counter.crash.remote()), ActorDiedError);
      assertStringIncludes(error.message, "its process was ended by signal 9");
      await gone(pid);
      await until(async () => !(await listNamedActors()).includes("mortal"));
      const next = Counter.options({ name: "mortal" }).remote();
      assertEquals(await next.add.remote(1), 1);
      await kill(next);
    });

    for (const how of ["a driver", "a client"]) {
      it(`Python calls a named actor by its methods: ${how}`, async () => {
        const counter = Counter.options({ name: how, lifetime: "detached" }).remote();
        await counter.add.remote(0);
        const script = "tests/cluster/python/call_named.py";
        const out = await ran(cluster!.python, [script, how === "a driver" ? cluster!.gcs : address, how]);
        assertEquals(out.trim(), "called");
        assertEquals(await counter.add.remote(0), 122);
        await kill(counter);
      });
    }

    /** Starts a program that makes a named actor, and stays; the number of the actor's process. */
    async function started(
      name: string,
      lifetime: "detached" | "shared",
    ): Promise<[pid: number, maker: ChildProcess]> {
      const args = [...RUN, "tests/programs/cluster_named.ts", address, name, lifetime];
      const maker = spawn(process.execPath, args, { cwd: root, env, stdio: ["pipe", "pipe", "inherit"] });
      others.push(maker);
      const said = await new Promise((resolve) => maker.stdout!.once("data", resolve));
      return [Number(String(said)), maker];
    }

    /** What Python makes of an expression on the cluster. */
    async function python(expression: string): Promise<unknown> {
      const text = `import json, ray; ray.init("${cluster!.gcs}", namespace="app", log_to_driver=False); ` +
        `print(json.dumps(sorted(${expression}, key=str)))`;
      return JSON.parse((await ran(cluster!.python, ["-c", text])).trim());
    }

    function ran(command: string, args: string[]): Promise<string> {
      return new Promise((resolve, reject) => {
        execFile(command, args, { cwd: root, env, timeout: 120_000 }, (error, out, err) => {
          if (out !== "" || error === null) resolve(out);
          else reject(new Error(err));
        });
      });
    }

    async function until(isSo: () => Promise<boolean>): Promise<void> {
      const end = performance.now() + 60_000;
      while (!await isSo()) assert(performance.now() < end);
    }
  },
);
