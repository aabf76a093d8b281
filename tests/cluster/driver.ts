/**
 * The programs of the cluster's tests, each a driver: `driver.ts <address> <scenario> [argument...]`. What they find out is
 * the last line that they print, as JSON.
 *
 * @module
 */

import {
  ActorDiedError,
  ActorUnavailableError,
  cancel,
  getActor,
  init,
  kill,
  listNamedActors,
  TaskCancelledError,
  TaskError,
} from "@manta/ray";
import process from "node:process";
import { Caller, Counter, Gate, Missing, Money } from "./actors.ts";

const scenarios: Record<string, (...args: string[]) => Promise<unknown>> = {
  async calls() {
    const counter = Counter.remote(10);
    const cyclic: { self?: unknown; map: Map<string, Date> } = { map: new Map([["a", new Date(5)]]) };
    cyclic.self = cyclic;
    const back = await counter.echo.remote(cyclic) as typeof cyclic;
    const money = await counter.echo.remote({ price: new Money(5) }) as { price: Money };
    const bytes = await counter.echo.remote(new Uint8Array(3_000_000).fill(7)) as Uint8Array;
    const sums = await Promise.all(Array.from({ length: 1_000 }, () => counter.add.remote(1)));
    const failed = await failure(counter.fail.remote());
    const { id, task, namespace } = await counter.context.remote();
    return {
      kept: back.self === back && back.map.get("a")?.getTime() === 5,
      money: money.price instanceof Money && money.price.cents,
      bytes: bytes.length === 3_000_000 && bytes.every((byte) => byte === 7),
      ordered: sums.every((sum, i) => sum === 11 + i),
      failed: failed instanceof TaskError && failed instanceof RangeError && failed.message,
      isOwnId: id === counter.actorId,
      task,
      namespace,
      where: await counter.where.remote(),
    };
  },

  async concurrent() {
    const gate = Gate.remote();
    const waits = Array.from({ length: 20 }, () => gate.wait.remote());
    const running = await gate.running.remote(20);
    cancel(waits[0]);
    const cancelled = await failure(waits[0]);
    const left = await gate.running.remote(19, 19);
    await gate.open.remote("now");
    return {
      running,
      cancelled: cancelled instanceof TaskCancelledError,
      left,
      words: new Set(await Promise.all(waits.slice(1))).size,
    };
  },

  async handles() {
    const counter = Counter.options({ name: "counted" }).remote();
    const caller = Caller.remote(counter);
    const sum = await caller.addAll.remote(20);
    const made = await caller.make.remote(100);
    const sameId = (await caller.counter.remote()).actorId === counter.actorId;
    const byName = await caller.byName.remote("counted");
    const after = [await made.add.remote(1), await counter.add.remote(1)];
    await kill(counter);
    const dead = await failure(counter.add.remote(1));
    const deadThere = await failure(caller.addAll.remote(1));
    return {
      sum,
      sameId,
      byName,
      after,
      dead: dead instanceof ActorDiedError && dead.message,
      deadThere: deadThere instanceof TaskError && deadThere.cause instanceof ActorDiedError,
    };
  },

  async errors() {
    const crashed = Counter.remote();
    const call = crashed.crash.remote();
    return {
      constructor: await described(Counter.remote(-1).add.remote(1)),
      module: await described(Missing.remote().ping.remote()),
      crash: await described(call),
      later: await described(crashed.add.remote(1)),
      noRuntime: await described(
        Counter.options({ runtimeEnv: { env_vars: { PATH: "/nowhere" } } }).remote().add.remote(1),
      ),
      taken: await (async () => {
        const first = Counter.options({ name: "taken" }).remote();
        await first.add.remote(1);
        return await described(Counter.options({ name: "taken" }).remote().add.remote(1));
      })(),
    };
  },

  async detached() {
    const counter = Counter.options({ name: "kept", lifetime: "detached" }).remote();
    const caller = Caller.options({ name: "runner", lifetime: "detached" }).remote(counter);
    await Counter.options({ name: "lost" }).remote().add.remote(1);
    await caller.run.remote();
    return await counter.add.remote(1);
  },

  async found() {
    const names = await listNamedActors();
    const kept = await getActor<Counter>("kept");
    const first = await kept.add.remote(0);
    let next = first;
    while (next === first) next = await kept.add.remote(0);
    const lost = await failure(getActor<Counter>("lost"));
    await Promise.all([kill(kept), kill(await getActor<Caller>("runner"))]);
    return { names, first, next, lost: (lost as Error).name };
  },

  async restarts() {
    const counter = Counter.options({ maxRestarts: 2, maxTaskRetries: 0 }).remote(10);
    const before = await counter.add.remote(5);
    const { pid } = await counter.where.remote();
    const lost = await failure(counter.crash.remote());
    const after = await counter.add.remote(1);
    const { pid: next } = await counter.where.remote();
    await kill(counter, { noRestart: false });
    const again = await until(() => counter.where.remote(), ({ pid }) => pid !== next);
    await kill(counter);
    const dead = await failure(counter.add.remote(1));
    return {
      before,
      lost: lost instanceof ActorUnavailableError,
      after,
      isNew: pid !== next && again.pid !== next,
      dead: dead instanceof ActorDiedError,
    };
  },

  /** Says where its actor is, and goes on once a node has been killed. */
  async nodeKilled(nodeId) {
    const counter = Counter.options({
      maxRestarts: 1,
      maxTaskRetries: -1,
      schedulingStrategy: { nodeId, soft: true },
    }).remote(10);
    const fixed = Counter.options({ schedulingStrategy: { nodeId } }).remote();
    await fixed.add.remote(1);
    const before = await counter.where.remote();
    console.log("READY");
    await new Promise((resolve) => process.stdin.once("data", resolve));
    process.stdin.pause();
    const call = await counter.add.remote(1);
    const after = await counter.where.remote();
    return {
      wasThere: before.node === nodeId,
      isElsewhere: after.node !== nodeId,
      call,
      fixed: await described(fixed.add.remote(1)),
    };
  },

  async forPython() {
    await Counter.options({ name: "typed", lifetime: "detached" }).remote(40).add.remote(1);
    return true;
  },
};

async function failure(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    return error;
  }
}

async function described(promise: PromiseLike<unknown>): Promise<string> {
  const error = await failure(promise);
  if (!(error instanceof Error)) return `no error: ${String(error)}`;
  return `${error.name}: ${error.message}${error.cause instanceof Error ? ` <- ${error.cause.message}` : ""}`;
}

/** What `ask` gives once it is right. A call that meets a restart is made again. */
async function until<T>(ask: () => PromiseLike<T>, isRight: (value: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await failure(ask());
    if (!(answer instanceof Error) && isRight(answer as T)) return answer as T;
    if (answer instanceof Error && !(answer instanceof ActorUnavailableError)) throw answer;
  }
}

if (import.meta.main) {
  const [address, scenario, ...args] = process.argv.slice(2);
  await using runtime = await init({ address, namespace: "manta-tests" });
  void runtime;
  console.log(JSON.stringify(await scenarios[scenario](...args)));
}
