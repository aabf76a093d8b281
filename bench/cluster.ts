/**
 * Manta beside Python's own Ray Client, on one real cluster, at the same work: an actor that is called from outside. A TypeScript
 * actor and a Python actor, called from Manta, and the same Python actor, called from Python, take turns at each case; what counts is
 * the ratio.
 *
 *     deno task bench:cluster [rounds] [which]      bun run bench:cluster [rounds] [which]
 *
 * `which` is a word of the rows wanted, as `call` or `MB`.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { cpus } from "node:os";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { get, init, type ObjectRef, shutdown } from "../mod.ts";
import { pythonActor } from "../ray.ts";
import { connect } from "../lib/transport/ray/connect.ts";
import { NumpyArray } from "../lib/transport/ray/numpy_array.ts";
import { startCluster } from "../tests/cluster/cluster.ts";
import { Echo } from "./cluster_actor.ts";

/** How much of each there is to do in a round. */
const TRIPS = 200;
const CALLS = 1000;
const SIZE = 100_000_000;
/** So much holds what a round puts there. */
const STORE = 1 << 30;
/** Who does it. */
const SIDES = ["TypeScript actor", "Python actor", "Python's client"] as const;

type Side = typeof SIDES[number];
/** Does a case once; seconds. */
type Run = () => Promise<number>;

/** What both actors can do. */
interface Echoes {
  readonly same: { remote(value: number): ObjectRef<number> };
  readonly bytes: { remote(value: Uint8Array): ObjectRef<Uint8Array> };
}

/** A case: in what it is told, and how many times as fast as Python's client Manta promises to be, with which side. */
interface Case {
  readonly unit: "ms" | "s";
  readonly aims: Partial<Record<Side, number>>;
}

const CASES: Readonly<Record<string, Case>> = {
  "one at a time": { unit: "ms", aims: { "TypeScript actor": 1, "Python actor": 1 } },
  "pipelined": { unit: "ms", aims: { "TypeScript actor": 10 } },
  "put and got, bytes": { unit: "s", aims: { "Python actor": 1 } },
  "put and got, numpy": { unit: "s", aims: { "Python actor": 1 } },
  "to the actor and back": { unit: "s", aims: { "TypeScript actor": 1, "Python actor": 1 } },
};
const TITLES: Readonly<Record<string, string>> = {
  "one at a time": "one call at a time, integer in and out, p50",
  "pipelined": `${CALLS.toLocaleString("en")} calls at once, in order, all of them`,
  "put and got, bytes": `${SIZE / 1e6} MB put and got, bytes`,
  "put and got, numpy": `${SIZE / 1e6} MB put and got, numpy uint8`,
  "to the actor and back": `${SIZE / 1e6} MB to the actor and back, bytes`,
};

interface PythonEcho {
  same(value: number): number;
  bytes(value: Uint8Array): Uint8Array;
}
const PythonEcho = pythonActor<PythonEcho>("manta_fixtures", "Echo", { numCpus: 0 });

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

function check(isRight: boolean): void {
  if (!isRight) throw new Error("Cannot trust the row: a value has changed on its way");
}

/** What is done with either actor. */
function actorCases(echo: Echoes, data: Uint8Array): Record<string, Run> {
  return {
    "one at a time": async () => {
      const seconds: number[] = [];
      for (let value = 0; value < TRIPS; value++) {
        seconds.push(await timed(async () => check(await echo.same.remote(value) === value)));
      }
      return median(seconds);
    },
    "pipelined": () =>
      timed(async () => {
        const values = await get(Array.from({ length: CALLS }, (_, value) => echo.same.remote(value)));
        check(values.every((value, index) => value === index));
      }),
    "to the actor and back": () =>
      timed(async () => {
        const back = await echo.bytes.remote(data);
        check(back.length === SIZE && back[SIZE - 1] === 7);
      }),
  };
}

/** Python's side; the function ends it. */
async function pythonCases(program: string, address: string): Promise<[Record<string, Run>, () => void]> {
  const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  const args = [pathOf("./peers/ray_client_cases.py"), address, ...[TRIPS, CALLS, SIZE].map(String)];
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, PYTHONPATH: pathOf("../tests/cluster/python") },
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("Cannot run Python's Ray Client: it ended");
    return JSON.parse(value);
  };
  await next();
  const run = (name: string): Run => async () => {
    child.stdin!.write(`${name}\n`);
    return await next() as number;
  };
  const all = Object.keys(CASES).map((name) => [name, run(name)]);
  return [Object.fromEntries(all), () => void child.stdin!.end()];
}

type Seconds = Record<string, Partial<Record<Side, number[]>>>;

/** The lines of a table. */
function report(names: readonly string[], seconds: Seconds): string[] {
  const lines = names.map((name) => {
    const { unit, aims } = CASES[name];
    const cells = SIDES.map((side) => {
      const all = seconds[name][side];
      if (all === undefined) return "";
      return unit === "ms" ? `${(median(all) * 1000).toFixed(1)} ms` : `${median(all).toFixed(2)} s`;
    });
    const ratios = SIDES.slice(0, 2).map((side) => {
      const all = seconds[name][side];
      if (all === undefined) return "";
      const ratio = median(seconds[name]["Python's client"]!) / median(all);
      const aim = aims[side];
      const verdict = aim === undefined ? "" : `, aim ${aim}: ${ratio >= aim ? "met" : "missed"}`;
      return `${ratio.toFixed(2)} ×${verdict}`;
    });
    return `| ${[TITLES[name], ...cells, ...ratios].join(" | ")} |`;
  });
  const head = ["", ...SIDES, ...SIDES.slice(0, 2).map((side) => `ratio, ${side}`)];
  return [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...lines];
}

if (import.meta.main) {
  process.env.MANTA_REQUIRE_RAY = "1";
  const rounds = Number(process.argv[2] ?? 5);
  const wanted = Object.keys(CASES).filter((name) => TITLES[name].includes(process.argv[3] ?? ""));
  const cluster = (await startCluster(4, STORE))!;
  try {
    const [python, endPython] = await pythonCases(cluster.python, cluster.address);
    await init({ address: cluster.address });
    const client = await connect(cluster.address);
    await client.init();
    const data = new Uint8Array(SIZE).fill(7);
    const putAndGot = (value: unknown, bytesOf: (back: unknown) => Uint8Array): Run => () =>
      timed(async () => {
        const back = bytesOf(await client.get(await client.put(value)));
        check(back.length === SIZE && back[SIZE - 1] === 7);
      });
    const sides: Record<Side, Record<string, Run>> = {
      "TypeScript actor": actorCases(Echo.remote(), data),
      "Python actor": {
        ...actorCases(PythonEcho.remote() as unknown as Echoes, data),
        "put and got, bytes": putAndGot(data, (back) => back as Uint8Array),
        "put and got, numpy": putAndGot(new NumpyArray(data), (back) => back as Uint8Array),
      },
      "Python's client": python,
    };
    const seconds: Seconds = {};
    // The first round is for warming up.
    for (let round = 0; round <= rounds; round++) {
      for (const name of wanted) {
        const row = seconds[name] ??= {};
        for (const side of SIDES) {
          const took = await sides[side][name]?.();
          if (took !== undefined && round > 0) (row[side] ??= []).push(took);
        }
      }
    }
    const runtime = "Bun" in globalThis ? `Bun ${process.versions.bun}` : `Deno ${process.versions.deno}`;
    const processors = cpus();
    console.log(
      `Medians of ${rounds} rounds, ${runtime}, ${processors.length} × ${processors[0].model}, ` +
        `${new Date().toISOString().slice(0, 10)}. Ratios: Python's client's time by Manta's.\n`,
    );
    console.log(report(wanted, seconds).join("\n"));
    endPython();
    await client.close();
    await shutdown();
  } finally {
    await cluster.stop();
  }
  process.exit();
}
