/**
 * Python's actors and functions on a real Ray cluster. It takes one start of a cluster; where there is none, all of it is skipped.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { delay } from "@std/async/delay";
import { afterAll, describe, it } from "@std/testing/bdd";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  Actor,
  ActorAlreadyExistsError,
  ActorDiedError,
  type ActorHandle,
  ActorNotFoundError,
  cancel,
  get,
  getActor,
  getSync,
  GetTimeoutError,
  getWithTimeout,
  init,
  kill,
  listNamedActors,
  type ObjectRef,
  put,
  RayError,
  remote,
  SerializationError,
  shutdown,
  TaskCancelledError,
  TaskError,
  wait,
} from "../../mod.ts";
import {
  ClusterConnectionError,
  type Kwargs,
  kwargs,
  NumpyArray,
  pythonActor,
  pythonFunction,
  PythonObject,
  PythonTuple,
} from "../../ray.ts";
import { connect } from "../../lib/transport/ray/connect.ts";
import { fromSource } from "../../lib/transport/ray/python_values.ts";
import { startCluster } from "./cluster.ts";
import { runProgram } from "./processes.ts";
import { startRelay } from "./relay.ts";

const NAMESPACE = "manta-tests";
const root = fileURLToPath(new URL("../..", import.meta.url));

interface Counter {
  add(amount?: number, named?: Kwargs<{ times: number }>): number;
  append(item: number, to: number[]): number[];
  kinds(...values: unknown[]): string[];
  echo(value: unknown): unknown;
  fail(message: string): never;
  wrong_type(): string;
  pair(): [number, string];
  nested(): { ref: ObjectRef<string>; me: ActorHandle<Counter> };
  pid(): number;
  end(): void;
  opaque(): unknown;
}
interface Decorated {
  times(array: Float32Array): Float32Array;
  wait(): void;
}

const Counter = pythonActor<Counter, [start?: number]>("manta_fixtures", "Counter", { numCpus: 0 });
const Decorated = pythonActor<Decorated, [scale: number]>("manta_fixtures", "Decorated");
const double = pythonFunction<(x: unknown) => unknown>("manta_fixtures", "double", { numCpus: 0 });
const total = pythonFunction<(numbers: number[], named?: Kwargs<{ start: number }>) => number>(
  "manta_fixtures",
  "total",
);

@remote({ placement: "inline" })
class Adder extends Actor {
  add(a: number, b: number): number {
    return a + b;
  }
}

@remote({ placement: "inline" })
class Gate extends Actor {
  #open!: (value: number) => void;
  readonly #opened = new Promise<number>((resolve) => this.#open = resolve);
  async passed(): Promise<number> {
    return await this.#opened;
  }
  open(value: number): void {
    this.#open(value);
  }
}

// Before the tests are told of, so that they can say that they are skipped.
const cluster = await startCluster();
const address = cluster?.address ?? "";

describe("Python on a cluster", { ignore: cluster === undefined, timeout: 120_000 }, () => {
  afterAll(async () => {
    await shutdown();
    await cluster?.stop();
  });

  it("init() connects to the cluster", async () => {
    await init({ address, namespace: NAMESPACE });
  });

  it("an actor is called, in order, with arguments by place, by name and by ref", async () => {
    const counter = Counter.remote(5);
    assertEquals(await counter.add.remote(), 6);
    assertEquals(await counter.add.remote(1, kwargs({ times: 4 })), 10);
    const refs = Array.from({ length: 200 }, () => counter.add.remote(1));
    assertEquals(await get(refs), Array.from({ length: 200 }, (_, i) => 11 + i));
    // A ref of Python's, one of this program's, and one of an actor here.
    const last = counter.append.remote(3, counter.append.remote(2, counter.append.remote(put(1), [])));
    assertEquals(await last, [1, 2, 3]);
    const adder = Adder.remote();
    assertEquals(await counter.add.remote(adder.add.remote(1000, counter.add.remote(0))), 210 + 1210);
    assertEquals(await adder.add.remote(1, counter.add.remote(0)), 1421);
  });

  it("a call whose argument is pending holds back the later ones of its actor, and no other's", async () => {
    const [counter, other] = [Counter.remote(), Counter.remote()];
    const gate = Gate.remote();
    const held = counter.add.remote(gate.passed.remote());
    const later = counter.add.remote(1);
    assertEquals(await other.add.remote(1), 1);
    gate.open.remote(10);
    assertEquals([await held, await later], [10, 11]);
  });

  it("values keep their kinds, there and back", async () => {
    const counter = Counter.remote();
    const kinds = counter.kinds.remote(
      ...[1, 2 ** 53, 10n ** 30n, 1.5, "é😀", null, undefined, true, [1], { a: 1 }, new Map([[1, 2]])],
      ...[new Set([1]), new Uint8Array(2), new Float32Array(2), new PythonTuple([1])],
      ...[put(1), counter, [put(1)]],
    );
    assertEquals(await kinds, [
      ...["int", "float", "int", "float", "str", "NoneType", "NoneType", "bool", "list", "dict", "dict"],
      ...["set", "bytes", "ndarray", "tuple", "int", "ActorHandle", "list"],
    ]);
    const values = [
      ...[1, -(2 ** 40), 10n ** 30n, 0.1, "é😀", null, true, [1, [2]], { a: { b: 1 } }, new Map([[1, "x"]])],
      ...[new Set([1, 2]), new Uint8Array([0, 255]), new Float64Array([0.1, 2]), new BigInt64Array([-1n])],
      new NumpyArray(new Int32Array([1, 2, 3, 4, 5, 6]), [3, 2]),
    ];
    assertEquals(await counter.echo.remote(values), values);
    assertEquals(await double.remote(new Float32Array([1, 2.5])), new Float32Array([2, 5]));
    const large = new Uint8Array(6_000_000).map((_, i) => i % 251);
    assertEquals(await counter.echo.remote(put(large)), large);
    assertInstanceOf(await counter.opaque.remote(), PythonObject);
  });

  it("refs and handles in values are refs and handles; a handle that comes home is the same", async () => {
    const counter = Counter.remote(1);
    const { ref, me } = await counter.nested.remote();
    assertEquals(await ref, "inside");
    assertStrictEquals(me, counter);
    assertEquals(await me.add.remote(1), 2);
    const [back] = await counter.echo.remote([counter]) as [ActorHandle<Counter>];
    assertStrictEquals(back.actorId, counter.actorId);
  });

  it("a thread that blocks reads values, a chain of them included", async () => {
    const counter = Counter.remote(1);
    assertEquals(getSync(counter.add.remote(2)), 3);
    assertEquals(getSync(double.remote(double.remote(double.remote(counter.add.remote(0))))), 24);
    assertThrows(() => getSync(Decorated.remote(1).wait.remote(), { timeout: 50 }), GetTimeoutError);
    await counter.add.remote(0);
  });

  it("numReturns gives a ref for each value; wait() gives what is ready", async () => {
    const counter = Counter.remote();
    const [one, two] = counter.pair.options({ numReturns: 2 }).remote();
    assertEquals([await one, await two], [1, "two"]);
    const split = pythonFunction<(text: string) => string[]>("manta_fixtures", "split", { numCpus: 0 });
    assertEquals(await get(split.options({ numReturns: 3 }).remote("a,b,c")), ["a", "b", "c"]);
    const actor = Decorated.remote(1);
    const refs: ObjectRef<unknown>[] = [actor.wait.remote(), counter.add.remote(1)];
    const [ready, pending] = await wait(refs, { timeout: 30_000 });
    assertEquals([ready, pending], [[refs[1]], [refs[0]]]);
    await assertRejects(() => getWithTimeout(refs[0], 50), GetTimeoutError);
  });

  it("a decorated class and function keep their own options, and those of the call go before", async () => {
    const three = Decorated.options({ name: "decorated" }).remote(3);
    assertEquals(await three.times.remote(new Float32Array([1, 2])), new Float32Array([3, 6]));
    assertEquals(await total.remote([1, 2], kwargs({ start: 10 })), 13);
    // `max_concurrency=3` is the module's: two that wait leave one for a call that answers.
    const waiting = [three.wait.remote(), three.wait.remote()];
    assertEquals(await three.times.remote(new Float32Array([1])), new Float32Array([3]));
    await kill(three);
    await assertRejects(() => get(waiting), ActorDiedError);
  });

  it("what Python raises is a TaskError: its name, its traceback, the caller's line, a built-in's class", async () => {
    const counter = Counter.remote();
    const error = await assertRejects(() => get(counter.fail.remote("oh")), TaskError);
    assertEquals(error.message, '"Counter.fail" threw ValueError: oh');
    assertEquals([error.taskName, error.actorId], ["Counter.fail", counter.actorId]);
    assertEquals([(error.cause as Error).name, (error.cause as Error).message], ["ValueError", "oh"]);
    assertStringIncludes(error.stack!, "in fail\n    raise ValueError(message)");
    assertStringIncludes(error.stack!, "cluster_test.ts");
    assertInstanceOf(await assertRejects(() => get(counter.wrong_type.remote())), TypeError);
    // Which an argument hands on.
    const after = counter.add.remote(counter.fail.remote("before") as never);
    assertStringIncludes((await assertRejects(() => get(after), TaskError)).message, "before");
    assertEquals(await counter.add.remote(1), 1);
  });

  it("a constructor that raises, a class that is not there, a module that is not: each says so", async () => {
    const broken = pythonActor<{ ask(): number }>("manta_fixtures", "Broken", { numCpus: 0 }).remote();
    const error = await assertRejects(() => get(broken.ask.remote()), ActorDiedError);
    assertEquals(error.message, "Cannot call the actor: its constructor raised RuntimeError: no weights");
    assertEquals((error.cause as Error).name, "RuntimeError");
    const absent = pythonActor<{ ask(): number }>("manta_fixtures", "Absent").remote();
    assertStringIncludes(
      (await assertRejects(() => get(absent.ask.remote()), ActorDiedError)).message,
      'Cannot find "Absent" of Python\'s module "manta_fixtures" on the cluster (AttributeError',
    );
    const nowhere = pythonFunction<() => number>("no_such_module", "run");
    const message = (await assertRejects(() => get(nowhere.remote()), RayError)).message;
    assertStringIncludes(message, "No module named 'no_such_module'");
    assertStringIncludes(message, "init({ runtimeEnv");
  });

  it("mistakes are errors at the call, which name what is wrong", () => {
    const counter = Counter.remote();
    const path = (call: () => unknown): string | undefined => assertThrows(call, SerializationError).path;
    assertEquals(path(() => counter.echo.remote({ then: [() => {}] })), "args[0].then[0]");
    assertEquals(path(() => counter.add.remote(1, kwargs({ times: Symbol("x") as never }))), "kwargs.times");
    assertEquals(path(() => counter.echo.remote(Adder.remote())), "args[0]");
    assertEquals(path(() => counter.kinds.remote(kwargs({ a: 1 }), 2)), "args[0]");
    assertThrows(() => (counter.add as unknown as () => void)(), TypeError, '"handle.add.remote()"');
    assertThrows(() => Counter.options({ cpus: 1 } as never), TypeError, '"cpus"');
    assertThrows(() => counter.pair.options({ numReturns: 0 }).remote(), RangeError, '"numReturns"');
    assertThrows(() => pythonActor("a b", "C"), TypeError, '"a b"');
    assertThrows(() => kwargs([] as never), TypeError);
  });

  it("names: found by getActor, listed, taken, and shared by getIfExists", async () => {
    const named = Counter.options({ name: "named" }).remote(7);
    await named.add.remote(0);
    const found = await getActor<Counter>("named");
    assertStrictEquals(found, named);
    assert((await listNamedActors()).includes("named"));
    const all = await listNamedActors({ allNamespaces: true });
    assert(all.some(({ name, namespace }) => name === "named" && namespace === NAMESPACE));
    const second = Counter.options({ name: "named" }).remote(0);
    await assertRejects(() => get(second.add.remote(1)), ActorAlreadyExistsError);
    const same = Counter.options({ name: "named", getIfExists: true }).remote(0);
    assertEquals(await same.add.remote(1), 8);
    await assertRejects(() => getActor("nobody"), ActorNotFoundError);
  });

  it("cancel(): a running call, one that waits for an argument, and by a signal", async () => {
    const actor = Decorated.remote(1);
    await actor.times.remote(new Float32Array(1));
    const running = actor.wait.remote();
    cancel(running);
    await assertRejects(() => get(running), TaskCancelledError);
    const abort = new AbortController();
    const other = actor.wait.options({ signal: abort.signal }).remote();
    abort.abort();
    await assertRejects(() => get(other), TaskCancelledError);
    const folder = mkdtempSync(`${tmpdir()}/manta-cancel-`);
    const slow = pythonFunction<(path: string) => void>("manta_fixtures", "slow", {
      numCpus: 0,
      maxRetries: 0,
    });
    const task = slow.remote(`${folder}/begun`);
    while (!existsSync(`${folder}/begun`)) await new Promise((resolve) => setTimeout(resolve, 20));
    cancel(task, { force: true });
    await assertRejects(() => get(task));
    rmSync(folder, { recursive: true });
    assertThrows(() => cancel(actor.wait.remote(), { force: true }), TypeError, "kill(handle)");
    await kill(actor);
  });

  it("an actor whose process ends: its calls reject, and it starts again if it may", async () => {
    const mortal = Counter.remote(1);
    await mortal.add.remote(1);
    await assertRejects(() => get(mortal.end.remote()), ActorDiedError);
    await assertRejects(() => get(mortal.add.remote(1)), ActorDiedError);
    const other = Counter.options({ maxRestarts: 1, maxTaskRetries: 1 }).remote(10);
    const pid = await other.pid.remote();
    process.kill(pid, "SIGKILL");
    assertEquals(await other.add.remote(1), 11);
    assert(await other.pid.remote() !== pid);
  });

  it("await using ends the actor after its calls", async () => {
    const ended = Counter.remote();
    let last: ObjectRef<number>;
    {
      await using counter = ended;
      last = counter.add.remote(3);
    }
    assertEquals(await last, 3);
    await assertRejects(() => get(ended.add.remote(1)), ActorDiedError);
  });

  it("a program that simply ends closes its session; what is detached stays", async () => {
    const { code, out } = await program(["tests/cluster/session_end.ts", address, "ends"]);
    assertEquals([code, out], [0, "2\n"]);
    const stays = await getActor<Counter>("stays", { namespace: "ends" });
    assertEquals(await stays.add.remote(1), 42);
    await assertRejects(() => getActor("ends", { namespace: "ends" }), ActorNotFoundError);
    await kill(stays);
  });

  it("waits for the cluster keep a program alive that does nothing else", async () => {
    const { code, out } = await program(["tests/programs/cluster_main.ts", address]);
    assertEquals([code, out], [0, "[]\nkilled\nshut down\n"]);
  });

  it("the guide's program prints what it says", async () => {
    const guide = readFileSync(`${root}/docs/GUIDE.md`, "utf8");
    const [, text, expected] = /```ts ray\n(.*?)```\n\n```\n(.*?)```/s.exec(guide)!;
    const folder = mkdtempSync(`${tmpdir()}/manta-guide-`);
    const own = text.replaceAll('"@manta/ray"', `"${root}/mod.ts"`).replaceAll(
      '"@manta/ray/ray"',
      `"${root}/ray.ts"`,
    );
    writeFileSync(`${folder}/main.ts`, own);
    const { code, out } = await program([`${folder}/main.ts`], { RAY_ADDRESS: address });
    rmSync(folder, { recursive: true });
    assertEquals([code, out], [0, expected]);
  });

  it("the example answers each of 500 requests by a few batches", async () => {
    const { code, out } = await program(["examples/cluster_batching.ts"], { RAY_ADDRESS: address });
    assertEquals(code, 0, out);
    const [, batches] = /^500 answers in (\d+) batches, each of its own request: true\n$/.exec(out)!;
    assert(Number(batches) <= 50, out);
  });

  it("a connection that breaks comes back: nothing is lost, nothing happens twice", async () => {
    const relay = await startRelay(address);
    const client = await connect(relay.address, { gracePeriod: 20_000 });
    await client.init({ namespace: "relay" });
    const source =
      "class Count:\n    n = 0\n    def add(self):\n        self.n += 1\n        return self.n\n";
    const actor = await client.createActor(await client.put(fromSource(source, "Count")), {
      options: { num_cpus: 0 },
    });
    const calls: Promise<unknown>[] = [];
    const call = async (): Promise<unknown> => await client.get((await client.callMethod(actor, "add"))[0]);
    for (let i = 0; i < 60; i++) {
      calls.push(call());
      // In the midst of what is under way, twice.
      if (i !== 20 && i !== 40) continue;
      await calls[i - 10];
      await relay.cut();
      calls.push(call());
      await relay.mend();
    }
    assertEquals(
      (await Promise.all(calls)).sort((a, b) => Number(a) - Number(b)),
      calls.map((_, i) => i + 1),
    );
    await client.close();
    await relay.cut();
  });

  it("a connection that breaks amid a large value, there and back, goes on with it", async () => {
    const relay = await startRelay(address);
    const client = await connect(relay.address, { gracePeriod: 20_000 });
    await client.init({ namespace: "large" });
    const data = new Uint8Array(40_000_000);
    for (let i = 0; i < data.length; i++) data[i] = i % 251;
    const cutAmid = async (): Promise<void> => {
      const before = relay.passed;
      while (relay.passed - before < 10_000_000) await delay(1);
      await relay.cut();
      await relay.mend();
    };
    const putting = client.put(data);
    await cutAmid();
    const getting = client.get(await putting);
    await cutAmid();
    const back = await getting as Uint8Array;
    assertEquals(back.length, data.length);
    assert(back.every((byte, i) => byte === i % 251));
    await client.close();
    await relay.cut();
  });

  it("one that does not come back within the grace period rejects all that is awaited", async () => {
    const relay = await startRelay(address);
    const client = await connect(relay.address, { gracePeriod: 1000 });
    await client.init({ namespace: "relay" });
    const never = await client.put(fromSource("import time\ndef never(): time.sleep(60)\n", "never"));
    const [ref] = await client.callFunction(never, { options: { num_cpus: 0 } });
    const waiting = client.get(ref);
    const ended = new Promise<Error>((resolve) => client.onEnd(resolve));
    await relay.cut();
    const error = await assertRejects(() => waiting, ClusterConnectionError);
    assertStringIncludes(error.message, "did not come back within 1000 ms");
    assertStrictEquals(await ended, error);
    assertStrictEquals(await assertRejects(() => client.put(1)), error);
  });

  const program = (args: string[], env?: Record<string, string>) => runProgram(args, 60_000, env);
});
