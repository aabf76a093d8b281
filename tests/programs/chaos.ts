/**
 * Chaos: actors that may be restarted are called all the time while their threads crash, exit and are killed at random, and
 * processes die. Each call must end, in a value or in the right error; one without retries must not run twice; and nothing
 * must be left of it.
 *
 * Goes on for `--seconds=5` or `--minutes=10`, and until `--calls=100000` calls with retries have ended. `--seed=1` says who
 * dies when; `--every=100` how many milliseconds lie between two deaths. `--report=10` prints a line each so many seconds. The
 * last line is JSON.
 */

import { Actor, ActorDiedError, ActorUnavailableError, kill, remote, shutdown } from "@manta/ray";
import type { ActorHandle } from "@manta/ray";
import process from "node:process";
import { type Balance, Ledger } from "./ledger.ts";
import { option, seededNumbers } from "./program_options.ts";

/** How often each call has run, by its number: seen by all threads. */
type Runs = Uint8Array<SharedArrayBuffer>;

const VICTIMS = 20;
const CALLERS = 100;
const MAX_CALLS = 1 << 24;
/** How long what has ended may take to be gone, in milliseconds: Deno's own idle threads take 10 s. */
const SETTLING = 15_000;

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

/** What was called, and what may come of it. */
type Kind = "once" | "retried" | "apart";
const ERRORS = { once: ActorUnavailableError, retried: undefined, apart: ActorDiedError };

/** One run of it. */
class Chaos {
  readonly #draw: (below: number) => number;
  readonly #every: number;
  readonly #runs: Runs = new Uint8Array(new SharedArrayBuffer(MAX_CALLS));
  /** 1 for each call without retries. */
  readonly #once = new Uint8Array(MAX_CALLS);
  readonly #victims = Array.from({ length: VICTIMS }, () => Victim.remote(this.#runs));
  #apart: ActorHandle<Apart> = Apart.remote();
  readonly #isOver: () => boolean;
  /** What happened. */
  readonly tally = { calls: 0, retried: 0, values: 0, unavailable: 0, died: 0, kills: 0 };
  readonly wrong: string[] = [];
  #calls = 0;

  constructor(options: { milliseconds: number; calls: number; seed: number; every: number }) {
    this.#draw = seededNumbers(options.seed);
    this.#every = options.every;
    // Written to once, so that the memory that a run takes is taken at its beginning.
    this.#runs.fill(0);
    this.#once.fill(0);
    const end = performance.now() + options.milliseconds;
    this.#isOver = () =>
      this.#calls === MAX_CALLS || (performance.now() >= end && this.tally.retried >= options.calls);
  }

  /** Fulfilled when all is over, and each call has ended. */
  async run(): Promise<void> {
    const callers = Array.from({ length: CALLERS }, () => this.#call());
    await Promise.all([...callers, this.#callApart(), this.#kill()]);
  }

  /** To be asked when no thread is left that could still run a call. */
  checkRuns(): void {
    for (let call = 0; call < this.#calls; call++) {
      const runs = this.#runs[call];
      if (this.#once[call] === 1 && runs > 1) {
        this.wrong.push(`call ${call}, without retries, ran ${runs} times`);
      }
    }
  }

  async #call(): Promise<void> {
    while (!this.#isOver()) {
      const call = this.#calls++;
      const victim = this.#victims[this.#draw(VICTIMS)];
      const method = this.#draw(4) === 0 ? victim.slow : victim.work;
      this.#once[call] = this.#draw(2);
      if (this.#once[call] === 1) await this.#settle("once", call, method.remote(call));
      else await this.#settle("retried", call, method.options({ maxTaskRetries: -1 }).remote(call));
    }
  }

  async #callApart(): Promise<void> {
    for (let call = 0; !this.#isOver(); call++) {
      await this.#settle("apart", call, this.#apart.work.remote(call));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async #settle(kind: Kind, call: number, ref: PromiseLike<number>): Promise<void> {
    const { tally, wrong } = this;
    tally.calls++;
    try {
      const value = await ref;
      if (value === call) tally.values++;
      else wrong.push(`${kind} ${call} gave ${value}`);
    } catch (error) {
      const expected = ERRORS[kind];
      if (expected === undefined || !(error instanceof expected)) wrong.push(`${kind} ${call} gave ${error}`);
      else if (expected === ActorDiedError) tally.died++;
      else tally.unavailable++;
    }
    if (kind === "retried") tally.retried++;
  }

  async #kill(): Promise<void> {
    while (!this.#isOver()) {
      await new Promise((resolve) => setTimeout(resolve, this.#every / 2 + this.#draw(this.#every)));
      const victim = this.#victims[this.#draw(VICTIMS)];
      this.tally.kills++;
      switch (this.#draw(3)) {
        case 0:
          victim.exit.remote();
          break;
        case 1:
          victim.crash.remote();
          break;
        default:
          void kill(victim, { noRestart: false });
      }
      if (this.#draw(20) !== 0) continue;
      const dying = this.#apart;
      this.#apart = Apart.remote();
      // It may have to start first: others die meanwhile.
      void dying.pid.remote().then((pid) => process.kill(pid, "SIGKILL")).catch(() => {});
    }
  }
}

/** What is open more than before, once it has had time to go. */
async function leftOver(ledger: Ledger, before: Balance): Promise<Omit<Balance, "rss" | "heap">> {
  const end = performance.now() + SETTLING;
  for (;;) {
    const { threads, processes, timers, ports } = ledger.balance();
    const left = {
      threads: Math.max(0, threads - before.threads),
      processes: Math.max(0, processes - before.processes),
      timers: timers - before.timers,
      ports: ports - before.ports,
    };
    if (Object.values(left).every((count) => count === 0) || performance.now() > end) return left;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Starts what the runtimes keep once they have had threads and processes. */
async function warmUp(): Promise<void> {
  await Promise.all([
    Apart.remote().work.remote(1),
    Victim.remote(new Uint8Array(new SharedArrayBuffer(2))).work.remote(1),
  ]);
  await shutdown();
}

async function main(): Promise<void> {
  const ledger = new Ledger();
  await warmUp();
  const before = ledger.balance();
  const begin = performance.now();
  const minutes = option("minutes", 0);
  const chaos = new Chaos({
    milliseconds: minutes > 0 ? minutes * 60_000 : option("seconds", 5) * 1_000,
    calls: option("calls", 0),
    seed: option("seed", 1),
    every: option("every", 100),
  });
  const print = (): void => {
    const seconds = Math.round((performance.now() - begin) / 1_000);
    console.log(JSON.stringify({ seconds, ...chaos.tally, ...ledger.balance() }));
  };
  const every = option("report", 0);
  const reports = every > 0 ? setInterval(print, every * 1_000) : undefined;
  await chaos.run();
  clearInterval(reports);
  await shutdown();
  chaos.checkRuns();
  const left = await leftOver(ledger, before);
  const { rss, heap } = ledger.balance();
  const { tally, wrong } = chaos;
  console.log(JSON.stringify({ ...tally, wrong: wrong.slice(0, 10), wrongs: wrong.length, left, rss, heap }));
}

if (import.meta.main) await main();
