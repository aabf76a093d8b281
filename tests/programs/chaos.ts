/**
 * Chaos: actors that may be restarted are called all the time while their threads crash, exit and are killed at random, and
 * processes die. Each call must end, in a value or in the right error; one without retries must not run twice.
 *
 * `--seconds=5 --seed=1`; prints one line of JSON.
 */

import {
  Actor,
  ActorDiedError,
  type ActorHandle,
  ActorUnavailableError,
  kill,
  remote,
  shutdown,
} from "@manta/ray";
import process from "node:process";

/** How often each call has run, by its number: seen by all threads. */
type Runs = Int32Array<SharedArrayBuffer>;

const CALLS = 1 << 22;

@remote({ maxRestarts: -1 })
class Victim extends Actor {
  constructor(readonly runs: Runs) {
    super();
  }
  work(call: number): number {
    Atomics.add(this.runs, call, 1);
    return call;
  }
  async slow(call: number): Promise<number> {
    Atomics.add(this.runs, call, 1);
    await new Promise((resolve) => setTimeout(resolve, call % 3));
    return call;
  }
  exit(): void {
    process.exit(1);
  }
  crash(): void {
    setTimeout(() => {
      throw new Error("on purpose");
    });
  }
}

@remote({ placement: "process" })
class Apart extends Actor {
  work(call: number): number {
    return call;
  }
  pid(): number {
    return process.pid;
  }
}

function option(name: string, usual: number): number {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`));
  return given === undefined ? usual : Number(given.split("=")[1]);
}

/** The same numbers for the same seed. */
function numbersOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const tally = { calls: 0, values: 0, unavailable: 0, died: 0, kills: 0, wrong: [] as string[] };

async function settle(what: string, call: number, ref: PromiseLike<number>): Promise<void> {
  tally.calls++;
  try {
    const value = await ref;
    if (value === call) tally.values++;
    else tally.wrong.push(`${what} ${call} gave ${value}`);
  } catch (error) {
    if (error instanceof ActorUnavailableError) tally.unavailable++;
    else if (error instanceof ActorDiedError) tally.died++;
    else tally.wrong.push(`${what} ${call} gave ${error}`);
  }
}

async function main(): Promise<void> {
  const seconds = option("seconds", 5);
  const draw = numbersOf(option("seed", 1));
  const runs: Runs = new Int32Array(new SharedArrayBuffer(4 * CALLS));
  const once: number[] = [];
  const victims = Array.from({ length: 20 }, () => Victim.remote(runs));
  let apart: ActorHandle<Apart> = Apart.remote();
  const end = performance.now() + seconds * 1_000;
  let number = 0;

  const caller = async (): Promise<void> => {
    while (performance.now() < end && number < CALLS) {
      const call = number++;
      const victim = victims[draw(victims.length)];
      const method = draw(4) === 0 ? victim.slow : victim.work;
      if (draw(2) === 0) {
        once.push(call);
        await settle("once", call, method.remote(call));
      } else await settle("retried", call, method.options({ maxTaskRetries: -1 }).remote(call));
    }
  };
  const apartCaller = async (): Promise<void> => {
    while (performance.now() < end) {
      await settle("apart", number, apart.work.remote(number));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const killer = async (): Promise<void> => {
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50 + draw(100)));
      const victim = victims[draw(victims.length)];
      tally.kills++;
      switch (draw(3)) {
        case 0:
          victim.exit.remote();
          break;
        case 1:
          victim.crash.remote();
          break;
        default:
          void kill(victim, { noRestart: false });
      }
      if (draw(20) !== 0) continue;
      const dying = apart;
      apart = Apart.remote();
      await dying.pid.remote().then((pid) => process.kill(pid, "SIGKILL"), () => {});
    }
  };

  await Promise.all([...Array.from({ length: 100 }, caller), apartCaller(), killer()]);
  for (const call of once) {
    if (runs[call] > 1) tally.wrong.push(`call ${call}, without retries, ran ${runs[call]} times`);
  }
  await shutdown();
  const { wrong, ...counts } = tally;
  const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(JSON.stringify({ ...counts, wrong: wrong.slice(0, 10), wrongs: wrong.length, rss }));
}

if (import.meta.main) await main();
