/**
 * Manta beside Python's own Ray Client, on one real cluster, at the same work: a Python actor that is called from outside. The two take
 * turns, round by round; what counts is the ratio.
 *
 *     deno run -A --config deno.json bench/cluster.ts [rounds]      bun run bench/cluster.ts [rounds]
 *
 * @module
 */

import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { get, init, shutdown } from "../mod.ts";
import { pythonActor } from "../ray.ts";
import { connect } from "../lib/transport/ray/connect.ts";
import { startCluster } from "../tests/cluster/cluster.ts";

/** How much of each there is to do in a round. */
const TRIPS = 200;
const CALLS = 1000;
const SIZE = 100_000_000;
/** What Manta promises: so many times as fast as Python's client. */
const AIMS: Readonly<Record<string, number>> = {
  "one at a time": 1,
  "pipelined": 10,
  "put and get": 1,
};

type Seconds = Record<string, number>;

interface Echo {
  same(value: number): number;
}
const Echo = pythonActor<Echo>("manta_fixtures", "Echo", { numCpus: 0 });

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

function check(isRight: boolean): void {
  if (!isRight) {
    throw new Error("Cannot trust the row: a value has changed on its way");
  }
}

/** Runs Python's side; a function that asks for a round. */
async function python(
  program: string,
  address: string,
): Promise<{ round(): Promise<Seconds>; end(): void }> {
  const cases = fileURLToPath(
    new URL("./peers/ray_client_cases.py", import.meta.url),
  );
  const args = [cases, address, ...[TRIPS, CALLS, SIZE].map(String)];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout! })
    [Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) {
      throw new Error("Cannot run Python's Ray Client: it ended");
    }
    return JSON.parse(value);
  };
  await next();
  return {
    round: async () => {
      child.stdin!.write("\n");
      return await next() as Seconds;
    },
    end: () => void child.stdin!.end(),
  };
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

if (import.meta.main) {
  process.env.MANTA_REQUIRE_RAY = "1";
  const rounds = Number(process.argv[2] ?? 5);
  const cluster = (await startCluster())!;
  try {
    const peer = await python(cluster.python, cluster.address);
    await init({ address: cluster.address });
    const client = await connect(cluster.address);
    await client.init();
    const echo = Echo.remote();
    check(await echo.same.remote(0) === 0);
    const data = new Uint8Array(SIZE).fill(7);
    const work: Record<string, () => Promise<void>> = {
      "one at a time": async () => {
        for (let value = 0; value < TRIPS; value++) {
          check(await echo.same.remote(value) === value);
        }
      },
      "pipelined": async () => {
        const values = await get(
          Array.from({ length: CALLS }, (_, value) => echo.same.remote(value)),
        );
        check(values.every((value, index) => value === index));
      },
      "put and get": async () => {
        const back = await client.get(await client.put(data)) as Uint8Array;
        check(back.length === SIZE && back[SIZE - 1] === 7);
      },
    };
    const [ours, theirs]: Seconds[][] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const seconds: Seconds = {};
      for (const [name, run] of Object.entries(work)) {
        seconds[name] = await timed(run);
      }
      ours.push(seconds);
      theirs.push(await peer.round());
    }
    console.log(
      `Medians of ${rounds} rounds: ${TRIPS} round trips, ${CALLS} calls at once, ${
        SIZE / 1e6
      } MB put and got\n`,
    );
    for (const name of Object.keys(work)) {
      const [mine, other] = [ours, theirs].map((all) => median(all.map((seconds) => seconds[name])));
      const ratio = other / mine;
      console.log(
        `${name.padEnd(15)} Manta ${mine.toFixed(3)} s   Python ${other.toFixed(3)} s   ${
          ratio.toFixed(2)
        } × as fast, ` +
          `aim ${AIMS[name]}: ${ratio >= AIMS[name] ? "met" : "missed"}`,
      );
    }
    peer.end();
    await client.close();
    await shutdown();
  } finally {
    await cluster.stop();
  }
  process.exit();
}
