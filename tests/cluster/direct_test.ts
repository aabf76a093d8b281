/**
 * Actors of TypeScript on a real Ray cluster that call each other: their hosts ask each other, and no program is between them. It takes
 * one start of a cluster; where there is none, all of it is skipped.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import process from "node:process";
import {
  ActorDiedError,
  type ActorHandle,
  cancel,
  get,
  getActor,
  getSync,
  init,
  kill,
  ObjectLostError,
  type ObjectRef,
  put,
  shutdown,
  TaskCancelledError,
  TaskError,
} from "../../mod.ts";
import { Point } from "./actors.ts";
import { startCluster } from "./cluster.ts";
import { asked, Callee, Caller } from "./direct_actors.ts";
import { gone, lives, runProgram } from "./processes.ts";
import { startRelay } from "./relay.ts";

// Before the tests are told of, so that they can say that they are skipped.
const cluster = await startCluster();

describe(
  "calls between actors on a cluster",
  { ignore: cluster === undefined, timeout: 180_000 },
  () => {
    beforeAll(async () => {
      await init({ address: cluster!.address, namespace: "app" });
    });
    afterAll(async () => {
      await shutdown();
      await cluster?.stop();
    });

    it("go from node to node, and not through the program, which may block meanwhile", async () => {
      await Promise.all([cluster!.addNode({ one: 1 }), cluster!.addNode({ other: 1 })]);
      // In a thread of another process: that program blocks its own.
      const relay = await startRelay(cluster!.address);
      const { out } = await runProgram(
        ["tests/programs/cluster_direct.ts", relay.address, "counted"],
        150_000,
      );
      await relay.cut();
      assertStringIncludes(out, "40000000 true");
      assert(relay.passed < 10_000_000, `${relay.passed} bytes have passed`);
    });

    it("go on when the program that made both was killed", async () => {
      const { out } = await runProgram(
        ["tests/programs/cluster_direct.ts", cluster!.address, "playing", "played"],
        150_000,
      );
      const pids = out.trim().split(" ").map(Number);
      assertEquals(pids.length, 2, out);
      const caller = await getActor<Caller>("playing");
      const [start] = await caller.rounds.remote();
      const [next, end] = await until(() => caller.rounds.remote(), ([rounds]) => rounds > start + 20);
      assert(next > start && end === "", end);
      assertEquals(await caller.bytes.remote(100_000), 100_000);
      assert(pids.every(lives));
      // Its own handle, and its end, are those that the other has.
      const callee = await getActor<Callee>("played");
      assert(await caller.isOther.remote(callee));
      await kill(callee);
      const [, died] = await until(() => caller.rounds.remote(), ([, end]) => end !== "");
      assertStringIncludes(died, "ActorDiedError");
      await kill(caller);
      await gone(...pids);
    });

    it("keep their order, from the first one on, and block where one blocks", async () => {
      // Neither of them is there yet.
      const callee = Callee.remote();
      const caller = Caller.remote(callee);
      assertEquals(getSync(caller.append.remote(300)), Array.from({ length: 300 }, (_, i) => i));
      assert(await caller.other.remote() === callee);
      const [same, third] = await caller.pair.remote(Callee.remote());
      assert(same === callee && third !== callee);
    });

    it("have values, refs, streams, errors and cancel", async () => {
      const [caller, callee] = pair();
      const values = [1, 2n ** 70n, "é😀", undefined, new Map([[1, new Set([2])]]), new Date(5)];
      assertEquals(await caller.echo.remote(values), values);
      const [ref] = await caller.echo.remote([put("of the program's")]) as ObjectRef<string>[];
      assertEquals(await ref, "of the program's");
      assertEquals(await caller.sumOfDouble.remote(new Point(1, 2)), [true, 6]);
      await caller.give.remote();
      assertEquals(await callee.kept.remote(), "given");
      assertEquals(await caller.count.remote(30), Array.from({ length: 30 }, (_, i) => i));
      const [isTask, isRange, message, stack] = await caller.fail.remote("oh");
      assertEquals([isTask, isRange, message], [true, true, '"Callee.fail" threw RangeError: oh']);
      assertEquals(String(stack).match(/direct_actors\.ts/g)?.length, 2, String(stack));
      const waiting = caller.untilCancelled.remote();
      await callee.waits.remote();
      cancel(waiting);
      await assertRejects(() => get(waiting), TaskCancelledError);
      assert(await callee.wasCancelled.remote());
    });

    it("bring both sides more than their hosts keep for them, at once", async () => {
      const [caller, callee] = pair();
      const length = 48 << 20;
      assertEquals(
        await get([caller.fetch.remote(length), callee.fetch.remote(caller, length)]),
        [length, length],
      );
    });

    it("are made by functions, too", async () => {
      const callee = Callee.remote();
      const [pid, own] = await asked.remote(callee);
      assertEquals(pid, await callee.pid.remote());
      assert(own !== pid && own !== process.pid);
    });

    it("reach an actor whose handle came from another one, and the one that calls", async () => {
      const [caller] = pair();
      const third = Callee.remote();
      assertEquals(
        await caller.meet.remote(third),
        await get([caller.pid.remote(), third.pid.remote()]),
      );
    });

    it("reach an actor whose handle the callee has given, which is everywhere the same", async () => {
      const [caller, callee] = pair();
      const third = Callee.remote();
      await callee.knows.remote(third);
      const [pid, handles] = await caller.knownOf.remote();
      assertEquals(pid, await third.pid.remote());
      assert(handles[0] === third && handles[1] === callee);
      assert(await caller.isOther.remote(third));
      // That one goes, and the others speak on.
      await kill(callee);
      assertEquals(await caller.know.remote(third), pid);
      assertEquals(await caller.echo.remote(1), 1);
    });

    it("end with the callee: killed here, killed there, ended, crashed", async () => {
      for (
        const [how, why] of [
          ["here", "it was killed"],
          ["kill", "it was killed"],
          ["exit", "it has ended itself with exitActor()"],
          ["crash", "its process was ended by signal 9"],
        ] as const
      ) {
        const [caller, callee] = pair();
        const [pid] = await get([callee.pid.remote(), caller.know.remote(callee)]);
        const calls: ObjectRef<unknown>[] = [];
        // One that ends itself waits for what it has begun.
        if (how !== "exit") {
          calls.push(caller.untilCancelled.remote());
          await callee.waits.remote();
        }
        if (how === "here") await kill(callee);
        else await Promise.resolve(caller.end.remote(how)).catch(() => {});
        for (const call of [...calls, caller.echo.remote(1)]) {
          const error = await assertRejects(() => get(call), TaskError);
          assertInstanceOf(error.cause, ActorDiedError);
          assertStringIncludes(error.cause.message, why, how);
        }
        const error = await assertRejects(() => get(callee.pid.remote()), ActorDiedError);
        assertStringIncludes(error.message, why, how);
        await gone(pid);
        await kill(caller);
      }
    });

    it("leave the callee alone when the caller ends: what it had under way, and what it owned, is lost", async () => {
      for (const how of ["crash", "kill"]) {
        const [caller, callee] = pair();
        await caller.give.remote();
        const pending = caller.untilCancelled.remote();
        await callee.waits.remote();
        const start = performance.now();
        if (how === "kill") await kill(caller);
        else await assertRejects(() => get(caller.crash.remote()), ActorDiedError);
        await assertRejects(() => get(pending), ActorDiedError);
        const lost = await assertRejects(() => get(callee.kept.remote()), TaskError);
        assertInstanceOf(lost.cause, ObjectLostError);
        // Not by its silence, which takes longer.
        assert(performance.now() - start < 30_000);
        const other = Caller.remote(callee);
        assertEquals(await other.echo.remote("again"), "again");
      }
    });

    it("are made by an actor that has started again, too", async () => {
      const callee = Callee.remote();
      const caller = Caller.options({ maxRestarts: 1, maxTaskRetries: 1 }).remote(callee);
      const pid = await caller.pid.remote();
      assertEquals(await caller.echo.remote(1), 1);
      process.kill(pid, "SIGKILL");
      assertEquals(await caller.echo.remote(2), 2);
      assert(await caller.pid.remote() !== pid);
    });

    it("go through the program to an actor that may start again", async () => {
      const callee = Callee.options({ maxRestarts: 1, maxTaskRetries: 1 }).remote();
      const caller = Caller.remote(callee);
      const pid = await caller.know.remote(callee);
      process.kill(pid, "SIGKILL");
      assert(await caller.know.remote(callee) !== pid);
    });

    // Last: till the cluster has found out, it may choose that node for others.
    it("end when the callee's node is killed", async () => {
      const node = await cluster!.addNode({ lost: 1 });
      const callee = Callee.options({ resources: { lost: 1 } }).remote();
      const caller = Caller.options({ resources: { other: 0.1 } }).remote(callee);
      const pending = caller.untilCancelled.remote();
      await callee.waits.remote();
      await node.kill();
      const error = await assertRejects(() => get(pending), TaskError);
      assertInstanceOf(error.cause, ActorDiedError);
      assertStringIncludes(error.cause.message, "its process on the cluster has ended: ");
    });

    function pair(): [ActorHandle<Caller>, ActorHandle<Callee>] {
      const callee = Callee.remote();
      return [Caller.remote(callee), callee];
    }

    async function until<T>(look: () => PromiseLike<T>, isSo: (value: T) => boolean): Promise<T> {
      for (const end = performance.now() + 60_000;;) {
        const value = await look();
        if (isSo(value)) return value;
        assert(performance.now() < end);
      }
    }
  },
);
