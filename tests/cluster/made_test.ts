/**
 * Actors of TypeScript on a real Ray cluster that make others: these have processes of their own, where the cluster wants them. It takes
 * one start of a cluster; where there is none, all of it is skipped.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { execFile } from "node:child_process";
import process from "node:process";
import {
  ActorAlreadyExistsError,
  ActorDiedError,
  ActorNotFoundError,
  get,
  getActor,
  getSync,
  init,
  kill,
  listActors,
  put,
  shutdown,
  TaskError,
} from "../../mod.ts";
import { pythonFunction } from "../../ray.ts";
import { startCluster } from "./cluster.ts";
import { Callee } from "./direct_actors.ts";
import { made, Maker, Parent } from "./made_actors.ts";
import { gone, lives, runProgram } from "./processes.ts";

// Before the tests are told of, so that they can say that they are skipped.
const cluster = await startCluster();

describe(
  "actors that are made by actors on a cluster",
  { ignore: cluster === undefined, timeout: 180_000 },
  () => {
    beforeAll(async () => {
      await init({ address: cluster!.address, namespace: "app" });
      await cluster!.addNode({ one: 1 });
      await cluster!.addNode({ other: 1 });
    });
    afterAll(async () => {
      await shutdown();
      await cluster?.stop();
    });

    it("have processes of their own, and the nodes that their options say, also while maker and program block", () => {
      // None of which has both.
      const maker = Maker.options({ resources: { one: 1 } }).remote();
      const pids = [
        getSync(maker.pid.remote()),
        ...getSync(maker.pids.remote(2)),
        ...getSync(maker.pids.remote(1, { resources: { other: 1 } })),
      ];
      assertEquals(new Set([...pids, process.pid]).size, 5);
    });

    it("are on the node, and in the environment, that their options say", async () => {
      const maker = Maker.remote();
      const nodes = pythonFunction<() => { NodeID: string; Alive: boolean }[]>("ray", "nodes");
      const ids = (await nodes.remote()).filter(({ Alive }) => Alive).map(({ NodeID }) => NodeID);
      const raylets = new Set<string | undefined>();
      for (const nodeId of ids) {
        const runtimeEnv = { env_vars: { MANTA_OTHER: nodeId } };
        const options = { runtimeEnv, schedulingStrategy: { nodeId } };
        const [said, raylet] = await maker.variables.remote(options, "MANTA_OTHER", "RAY_RAYLET_PID");
        assertEquals(said, nodeId);
        raylets.add(raylet);
      }
      assertEquals([ids.length, raylets.size, raylets.has(undefined)], [3, 3, false]);
    });

    it("take and give values, refs and streams, in order, and call their maker", async () => {
      const maker = Maker.remote();
      assertEquals(await maker.order.remote(200), Array.from({ length: 200 }, (_, i) => i));
      assertEquals(await maker.stream.remote(20), Array.from({ length: 20 }, (_, i) => i));
      assertEquals(await maker.bytes.remote(8_000_000), 8_000_000);
      assertEquals(await maker.refs.remote([put("of the program's")]), "of the program's");
      const [own, other] = await maker.callBack.remote();
      assertEquals(own, await maker.pid.remote());
      assert(other !== own);
    });

    it("are called by the program, and end with their maker: killed, ended, crashed", async () => {
      for (const how of ["kill", "exit", "crash"] as const) {
        const maker = Maker.remote();
        const one = await maker.make.remote();
        const pids = await get([maker.pid.remote(), one.pid.remote()]);
        const waiting = one.untilCancelled.remote();
        await one.waits.remote();
        if (how === "kill") await kill(maker);
        else await Promise.resolve(maker[how].remote()).catch(() => {});
        await assertRejects(() => get(waiting), ActorDiedError);
        await assertRejects(() => get(one.pid.remote()), ActorDiedError);
        await gone(...pids);
      }
    });

    it("end alone: killed by whoever has the handle, ended, crashed, disposed of", async () => {
      const maker = Maker.remote();
      for (
        const [how, why] of [
          ["here", "it was killed"],
          ["kill", "it was killed"],
          ["exit", "it has ended itself with exitActor()"],
          ["crash", "its process was ended by signal 9"],
        ] as const
      ) {
        const one = await maker.make.remote();
        const pid = await one.pid.remote();
        if (how === "here") await kill(one);
        else await maker.end.remote(how);
        const there = await assertRejects(() => get(maker.ask.remote(1)), TaskError);
        assertInstanceOf(there.cause, ActorDiedError);
        assertStringIncludes(there.cause.message, why, how);
        const here = await assertRejects(() => get(one.pid.remote()), ActorDiedError);
        assertStringIncludes(here.message, why, how);
        await gone(pid);
      }
      await gone(await maker.dispose.remote());
      assertEquals(await maker.pids.remote(1).then(({ length }) => length), 1);
    });

    it("are called by others directly that have the handle from the maker, from the first call on", async () => {
      const [maker, other] = [Maker.remote(), Maker.remote()];
      const pids = await maker.give.remote(other);
      assertEquals(new Set(pids).size, 2);
      const pid = await maker.pid.remote();
      process.kill(pid, "SIGSTOP");
      try {
        assertEquals(await other.ask.remote("past the maker"), "past the maker");
      } finally {
        process.kill(pid, "SIGCONT");
      }
      await kill(maker);
      await gone(...pids);
      const error = await assertRejects(() => get(other.ask.remote(1)), TaskError);
      assertInstanceOf(error.cause, ActorDiedError);
      // Those of another maker are not the first one's.
      assertEquals((await other.pids.remote(1)).length, 1);
    });

    it("make others, which end with all above them", async () => {
      const maker = Maker.remote();
      const [pid, inner] = await maker.nest.remote();
      const pids = [await maker.pid.remote(), pid, await inner.pid.remote()];
      assertEquals(new Set(pids).size, 3);
      process.kill(pids[0], "SIGKILL");
      await assertRejects(() => get(inner.pid.remote()), ActorDiedError);
      await gone(...pids);
    });

    it("are made on a thread, or in a child process, of the maker's if that is said", async () => {
      const maker = Maker.remote();
      const pid = await maker.pid.remote();
      assertEquals(await maker.pids.remote(1, { placement: "thread" }), [pid]);
      // One on a thread of that process makes them as the process's own does.
      const [same, inner] = await maker.nest.remote({ placement: "thread" });
      assertEquals(same, pid);
      assert(await inner.pid.remote() !== pid);
      const [child] = await maker.pids.remote(1, { placement: "process" });
      assert(child !== pid);
    });

    it("start again, on the maker's word", async () => {
      const maker = Maker.remote();
      const one = await maker.make.remote({ maxRestarts: 1, maxTaskRetries: 1 });
      const pid = await one.pid.remote();
      const again = await maker.again.remote(pid);
      assert(again !== pid);
      assertEquals(await one.pid.remote(), again);
      // Longer than its first host had for its end.
      await new Promise((resolve) => setTimeout(resolve, 7_000));
      assertEquals(await one.pid.remote(), again);
      process.kill(again, "SIGKILL");
      await assertRejects(() => get(one.pid.remote()), ActorDiedError);
    });

    it("have names on the cluster, which are taken, found and free again", async () => {
      const [maker, other] = [Maker.remote(), Maker.remote()];
      const one = await maker.make.remote({ name: "theirs" });
      const pid = await one.pid.remote();
      const found = await getActor<Callee>("theirs");
      assertEquals(await found.pid.remote(), pid);
      assertEquals(await other.find.remote("theirs"), String(pid));
      assertEquals(await maker.find.remote("theirs"), String(pid));
      assertEquals(await other.names.remote(), ["theirs"]);
      assertStringIncludes(await other.made.remote({ name: "theirs" }), "ActorAlreadyExistsError");
      assertEquals(await other.made.remote({ name: "theirs", getIfExists: true }), String(pid));
      await assertRejects(
        () => get(Callee.options({ name: "theirs" }).remote().pid.remote()),
        ActorAlreadyExistsError,
      );
      await maker.end.remote("kill");
      // Others may find it until Ray has heard of its end.
      let end = await other.find.remote("theirs");
      while (end.startsWith("ActorDiedError")) end = await other.find.remote("theirs");
      assertStringIncludes(end, "ActorNotFoundError");
      const [next] = await maker.pids.remote(1, { name: "theirs" });
      assert(next !== pid);
      await kill(maker);
      await gone(next);
      await assertRejects(() => getActor("theirs"), ActorNotFoundError);
    });

    it("find what the program has named", async () => {
      const [maker, named] = [Maker.remote(), Callee.options({ name: "of the program" }).remote()];
      assertEquals(await maker.find.remote("of the program"), String(await named.pid.remote()));
      assertStringIncludes(await maker.made.remote({ name: "of the program" }), "ActorAlreadyExistsError");
    });

    it("are the same one for all that want it at once", async () => {
      const makers = Array.from({ length: 3 }, () => Maker.remote());
      await get(makers.map((maker) => maker.pid.remote()));
      const options = { name: "common", getIfExists: true, lifetime: "detached" } as const;
      const theirs = makers.map((maker) => maker.made.remote(options));
      const own = Callee.options(options).remote();
      const pids = await Promise.all([...theirs, own.pid.remote().then(String)]);
      assertEquals(new Set(pids).size, 1, String(pids));
      await kill(own);
      await gone(Number(pids[0]));
    });

    it("go on without their maker if they are detached", async () => {
      for (const how of ["kill", "exit", "crash"] as const) {
        const maker = Maker.remote();
        const one = await maker.make.remote({ name: `after ${how}`, lifetime: "detached" });
        const pids = await get([maker.pid.remote(), one.pid.remote()]);
        if (how === "kill") await kill(maker);
        else await Promise.resolve(maker[how].remote()).catch(() => {});
        await gone(pids[0]);
        const found = await getActor<Callee>(`after ${how}`);
        assertEquals(await found.pid.remote(), pids[1]);
        assert(lives(pids[1]));
        await kill(found);
        await gone(pids[1]);
      }
    });

    it("say why they are not there", async () => {
      const maker = Maker.remote();
      assertStringIncludes(await maker.fails.remote(), "its constructor threw RangeError: no");
      assertStringIncludes(await maker.made.remote({ lifetime: "detached", maxRestarts: 1 }), "RangeError");
      assertEquals((await maker.pids.remote(1)).length, 1);
    });

    it("are listed, and called by Python, as those of the program's", async () => {
      const maker = Maker.remote();
      const one = await maker.make.remote({ name: "seen" });
      await one.pid.remote();
      const listed = await listActors({ filter: { state: "ALIVE", className: "Callee" } });
      assertEquals(listed.find(({ actorId }) => actorId === one.actorId)?.name, "seen");
      const text = `import ray; ray.init("${cluster!.gcs}", namespace="app", log_to_driver=False); ` +
        `print(ray.get(ray.get_actor("seen").pid.remote()))`;
      assertEquals(await python(text), String(await one.pid.remote()));
    });

    it("are made anew by a maker that starts again, under the same names", async () => {
      const maker = Parent.options({ maxRestarts: 1, maxTaskRetries: -1 }).remote("child");
      const pids = await maker.pids.remote();
      process.kill(pids[0], "SIGKILL");
      const next = await maker.pids.remote();
      assertEquals(new Set([...pids, ...next]).size, 4);
      await gone(...pids);
      assertEquals(await (await getActor<Callee>("child")).pid.remote(), next[1]);
    });

    it("end with the program", async () => {
      for (const way of ["shutdown", "end"]) {
        const { out } = await runProgram(
          ["tests/programs/cluster_made.ts", cluster!.address, "", way],
          150_000,
        );
        const pids = out.trim().split(" ").map(Number);
        assertEquals(pids.length, 2, out);
        await gone(...pids);
      }
    });

    it("are made by functions, too", async () => {
      const [own, other] = await made.remote();
      assert(own !== other && other !== process.pid);
    });

    it("are made by detached actors whose program has ended, on other nodes too", async () => {
      const { out } = await runProgram([
        "tests/programs/cluster_made.ts",
        cluster!.address,
        "going",
        "killed",
      ], 150_000);
      const [pid, first] = out.trim().split(" ").map(Number);
      const maker = await getActor<Maker>("going");
      assertEquals(await maker.pid.remote(), pid, out);
      assert(lives(first));
      // Has never had anything of that program.
      await cluster!.addNode({ late: 1 });
      const one = await maker.make.remote({ resources: { late: 1 } });
      const pids = [first, await one.pid.remote()];
      await kill(maker);
      await gone(pid, ...pids);
      await assertRejects(() => get(one.pid.remote()), ActorDiedError);
    });

    function python(text: string): Promise<string> {
      return new Promise((resolve, reject) => {
        execFile(cluster!.python, ["-c", text], { timeout: 120_000 }, (error, out, err) => {
          if (error === null) resolve(out.trim());
          else reject(new Error(err));
        });
      });
    }
  },
);
