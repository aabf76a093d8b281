/**
 * What `placement: "process"` does beyond the suites, which run over it too; tests/programs/process_*.ts are whole programs of it.
 * What it cannot do beside the others stands in places.ts.
 *
 * @module
 */

import {
  ActorDiedError,
  type ActorHandle,
  cancel,
  kill,
  listActors,
  OwnerDiedError,
  put,
  SerializationError,
  shutdown,
  TaskError,
  transfer,
} from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Apart, AsyncApart, Owner, Store } from "./process_actors.ts";
import { keep, rejection, within } from "./fence.ts";

const LIMIT = 30_000;
const root = fileURLToPath(new URL("../..", import.meta.url));
const isDeno = !("Bun" in globalThis);

/** A value sent there and back, of the type that it had. */
async function echo<T>(apart: ActorHandle<Apart>, value: T): Promise<T> {
  return await apart.echo.remote(value) as T;
}

/** Whether a process runs. One that has ended, and that nobody has asked for its code yet, does not. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return existsSync("/proc/self/stat") ? !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")) : true;
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  const end = performance.now() + LIMIT;
  while (lives(pid)) {
    if (performance.now() > end) throw new Error(`Process ${pid} is still there`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function died(promise: PromiseLike<unknown>, reason: string): Promise<ActorDiedError> {
  const error = await within(LIMIT, reason, rejection(promise));
  assertInstanceOf(error, ActorDiedError, String(error));
  assertStringIncludes(error.message, reason);
  return error;
}

describe("values, process", () => {
  afterEach(shutdown);

  // ray: actor-parallel, place-process
  it("an actor runs in a process of its own, one an actor, the class's option or the actor's", async () => {
    const [a, b] = [Apart.remote(), Apart.remote()];
    const pids = await Promise.all([a.pid.remote(), b.pid.remote()]);
    assertEquals(new Set([...pids, process.pid]).size, 3);
    const store = Store.options({ placement: "process" }).remote();
    assertEquals([await store.next.remote(), await store.next.remote()], [0, 1]);
    assertEquals(await Apart.options({ placement: "thread" }).remote().pid.remote(), process.pid);
  });

  // ray: place-process-values
  it("shared memory and ports are refused with the path", async () => {
    const apart = Apart.remote();
    const bytes = new Uint8Array(new SharedArrayBuffer(8));
    const call = assertThrows(() => apart.echo.remote({ a: [bytes] }), SerializationError, "process");
    assertStringIncludes(call.path, "args[0].a[0]");
    assertThrows(() => Apart.remote(bytes), SerializationError, "process");
    const result = await rejection(apart.shared.remote());
    assertInstanceOf(result, SerializationError);
    assertStringIncludes(result.path, "result.deep[0]");
    assertStringIncludes(result.message, "process");
    const { port1, port2 } = new MessageChannel();
    assertThrows(() => apart.echo.remote(transfer({ port1 }, [port1])), SerializationError, "process");
    port1.close();
    port2.close();
    assertEquals(await apart.echo.remote(1), 1);
  });
});

describe("handles and refs, process", () => {
  afterEach(shutdown);

  // ray: place-process-wait
  it("getSync in the process blocks on actors of the driver: thread, inline and process", async () => {
    const apart = Apart.remote();
    for (const placement of ["thread", "inline", "process"] as const) {
      const store = Store.options({ placement }).remote();
      assertEquals(await apart.run.remote(store, 50), 1225, placement);
      assertEquals(await store.next.remote(), 50);
    }
    const asynchronous = AsyncApart.remote();
    assertEquals(await asynchronous.twice.remote(Store.remote()), [0, 1]);
  });

  // ray: place-process-handles
  it("handles and refs keep their ids, and are themselves when they come back", async () => {
    const [apart, other, store, ref] = [Apart.remote(), Apart.remote(), Store.remote(), put("value")];
    assertEquals(await apart.ids.remote(store, [ref]), [store.actorId, ref.id]);
    const back = await echo(apart, { apart, other, store, ref: [ref] });
    assert(back.apart === apart && back.other === other && back.store === store && back.ref[0] === ref);
    const refs = await apart.own.remote();
    assertEquals(await refs[0], { from: "apart" });
    assertEquals((await refs[1] as Uint8Array)[199_999], 5);
    // From one process to another, and by way of a thread.
    const [fresh] = await apart.own.remote();
    assertEquals(await other.sync.remote([fresh]), { from: "apart" });
    const passed = await echo(Apart.options({ placement: "thread" }).remote(), [fresh]);
    assert(passed[0] === fresh);
    assertEquals((await other.ids.remote(store, [fresh]))[1], fresh.id);
  });

  // ray: place-process-handles, owner-fate
  it("actors that the process makes live in it, can be called from outside, and end with it", async () => {
    const apart = Apart.remote();
    const { thread, inline } = await apart.make.remote();
    assertEquals([await thread.next.remote(), await thread.next.remote()], [0, 1]);
    assertEquals(await inline.next.remote(), 0);
    assertEquals(await Apart.remote().run.remote(thread, 3), 2 + 3 + 4);
    const { thread: ended } = await apart.make.remote();
    await within(LIMIT, "kill", kill(ended));
    await died(ended.next.remote(), "killed");
    const nested = await apart.nested.remote();
    const pid = await nested.pid.remote();
    assert(lives(pid));
    const ids = new Set([apart, thread, inline, ended, nested].map(({ actorId }) => actorId));
    assertEquals(ids.size, 5);
    await within(LIMIT, "kill", kill(apart));
    for (const call of [thread.next.remote(), inline.next.remote(), nested.pid.remote()]) {
      assertInstanceOf(await within(LIMIT, "orphan", rejection(call)), ActorDiedError);
    }
    await gone(pid);
  });

  it("the process kills an actor of the driver's", async () => {
    const store = Store.remote();
    await within(LIMIT, "kill", AsyncApart.remote().end.remote(store));
    await died(store.next.remote(), "killed");
  });

  it("calls to an actor of the driver's that has died reject in the process", async () => {
    const [apart, store] = [Apart.remote(), Store.remote()];
    assertEquals(await apart.run.remote(store, 1), 0);
    await kill(store);
    const error = await within(LIMIT, "dead store", rejection(apart.run.remote(store, 1)));
    assertInstanceOf(error, TaskError);
    assertInstanceOf(error.cause, ActorDiedError);
  });
});

describe("lifecycle, process", () => {
  afterEach(shutdown);

  // ray: kill, place-process-ends
  it("kill() ends the process, whatever it is doing, and rejects running and queued calls", async () => {
    const apart = Apart.remote();
    const pid = await apart.pid.remote();
    const calls = [apart.spin.remote(), apart.pid.remote()];
    await within(LIMIT, "kill", kill(apart));
    assert(!lives(pid));
    for (const call of [...calls, apart.pid.remote()]) await died(call, "killed");
    await within(LIMIT, "kill at once", kill(Apart.remote()));
  });

  // ray: actor-errors, sys-exit, place-process, place-state
  it("kill -9 from outside is the death of the actor alone, which says so", async () => {
    const [apart, other] = [Apart.remote(), Apart.remote()];
    const pid = await apart.pid.remote();
    const refs = await apart.own.remote();
    const running = apart.spin.remote();
    process.kill(pid, "SIGKILL");
    await died(running, "SIGKILL");
    await died(apart.pid.remote(), "SIGKILL");
    const [{ state, reason }] = await listActors({ filter: { state: "DEAD" } });
    assertEquals(state, "DEAD");
    assertStringIncludes(reason ?? "", "its process");
    const lost = await within(LIMIT, "ref", rejection(refs[0]));
    assertInstanceOf(lost, OwnerDiedError);
    assertEquals(await other.echo.remote(1), 1);
  });

  // ray: sys-exit
  it("process.exit and an uncaught error say what they did, and leave no process", async () => {
    for (
      const [end, reason] of [
        [(apart: ActorHandle<Apart>) => apart.exit.remote(3), "with code 3"],
        [(apart: ActorHandle<Apart>) => apart.throwLater.remote(), "out of a timer"],
      ] as const
    ) {
      const apart = Apart.remote();
      const pid = await apart.pid.remote();
      await died(end(apart), reason);
      await died(apart.pid.remote(), reason);
      await gone(pid);
    }
  });

  // ray: place-process-driver, shutdown
  it("shutdown() ends processes that are busy, starting or idle", async () => {
    const [busy, idle, starting] = [Apart.remote(), Apart.remote(), Apart.remote()];
    const pids = await Promise.all([busy.pid.remote(), idle.pid.remote()]);
    const spinning = busy.spin.remote();
    const early = starting.pid.remote();
    await within(LIMIT, "shutdown", shutdown());
    for (const pid of pids) assert(!lives(pid));
    await died(spinning, "shut down");
    await rejection(early).catch(() => {});
    await died(idle.pid.remote(), "shut down");
  });

  // ray: owner-fate, place-process-handles
  it("a process ends with the actor that made it", async () => {
    const owner = keep(Owner.remote());
    const apart = await owner.make.remote();
    const pid = await apart.pid.remote();
    await kill(owner);
    await died(apart.pid.remote(), "made it has ended");
    await gone(pid);
  });

  // ray: place-process-ends
  it("cancel() reaches a call by way of a second process", async () => {
    const other = AsyncApart.remote();
    const made = await keep(Apart.remote()).calls.remote(other);
    // One that has not begun would never do.
    assert(await within(LIMIT, "begun", other.hasBegun.remote()));
    cancel(made[0]);
    assert(await within(LIMIT, "passed on", other.wasCancelled.remote()));
  });

  // ray: place-process-ends
  it("exitActor() and a disposal end the process", async () => {
    const leaving = AsyncApart.remote();
    const left = await leaving.pid.remote();
    await died(leaving.finish.remote(), "exitActor()");
    await gone(left);
    let pid: number;
    {
      await using disposed = Apart.remote();
      pid = await disposed.pid.remote();
    }
    await gone(pid);
  });
});

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs a program to its end. */
function run(file: string, permissions: string[] = ["-A"], args: string[] = []): Promise<Ended> {
  const before = isDeno ? ["run", "--no-check", "--no-prompt", ...permissions] : ["run"];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...before, `tests/programs/${file}`, ...args],
      { cwd: root, timeout: 60_000, killSignal: "SIGKILL", env: { ...process.env, NO_COLOR: "1" } },
      (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 99;
        resolve({ code, out: String(out), err: String(err) });
      },
    );
  });
}

describe("a program with processes", () => {
  // ray: place-process-driver
  it("exits by itself when they are idle, and leaves none", async () => {
    const { code, out, err } = await run("process_idle.ts");
    assertEquals(code, 0, err);
    const pid = Number(/pid (\d+)/.exec(out)?.[1]);
    assert(pid > 0, out);
    await gone(pid);
  });

  // ray: place-process-driver
  it("has what they print on its own stdout and stderr", async () => {
    const { out, err } = await run("process_idle.ts");
    assertStringIncludes(out, "printed to stdout");
    assertStringIncludes(err, "printed to stderr");
  });

  // ray: place-process-driver
  it("leaves none when it is killed itself", async () => {
    const { code, out } = await run("process_killed.ts");
    assert(code !== 0);
    const pids = [...out.matchAll(/pid (\d+)/g)].map((match) => Number(match[1]));
    assertEquals(pids.length, 2, out);
    for (const pid of pids) await gone(pid);
  });

  // ray: handle-gc
  it("has none left of an actor that nobody has a handle of", async () => {
    const { out, err } = await run("process_unreachable.ts", ["-A", "--v8-flags=--expose-gc"]);
    assertEquals(out, "gone\n", err);
  });

  // ray: error-memory
  it("outlives one that runs out of memory", async () => {
    const { code, out, err } = await run("process_memory.ts");
    assertEquals(code, 0, out + err.slice(-2_000));
    assertStringIncludes(out, "ActorDiedError");
    assertStringIncludes(out, "the driver lives 1");
  });

  if (isDeno) {
    // ray: place-process-driver
    it("needs --allow-read, --allow-env and --allow-run, and says so", async () => {
      const { code, out, err } = await run("process_idle.ts", ["--allow-read", "--allow-env", "--allow-run"]);
      assertEquals(code, 0, err);
      assertStringIncludes(out, "printed to stdout");
      for (const missing of ["env", "run"]) {
        const others = ["read", "env", "run"].filter((name) => name !== missing);
        const refused = await run("process_idle.ts", others.map((name) => `--allow-${name}`));
        assertStringIncludes(refused.err, `"--allow-${missing}"`);
        assertStringIncludes(refused.err, "ActorDiedError");
      }
    });
  }
});
