/**
 * A real Ray for the tests: its own virtual environment, kept in the user's cache, a head with a client server, and a second
 * node. Each node is a child in a process group of its own, and is ended by that group.
 *
 *     deno run -A tests/cluster/cluster.ts [seconds]    starts one and says where, until the input ends or the time is over
 *
 * @module
 */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { homedir, tmpdir } from "node:os";
import process from "node:process";

/** The version of Ray that the tests run against. */
const RAY = "2.58.0";
/** How long a node may take to start, in milliseconds. */
const START_LIMIT = 120_000;
/** So often a node is started before that is given up. */
const TRIES = 3;

/** Where a cluster listens. No two that run at once may have the same ports. */
const PORTS = { gcs: 6391, client: 10_021, workers: 22_000 };
/** So many ports from `PORTS.workers` on has each node. */
const PORTS_PER_NODE = 300;

/** A node of the cluster. */
export interface ClusterNode {
  /** Ends all of its processes at once, as `kill -9` does. */
  kill(): Promise<void>;
}

/** A cluster that runs. */
export interface Cluster extends AsyncDisposable {
  /** Where its client server listens: `ray://…`. */
  readonly address: string;
  /** Where its control store listens, for Python programs of the tests. */
  readonly gcs: string;
  /** The Python that it runs on. */
  readonly python: string;
  /** The head. */
  readonly head: ClusterNode;
  /** Starts one more node, with these resources of its own. */
  addNode(resources?: Record<string, number>): Promise<ClusterNode>;
  /** Ends all nodes. */
  stop(): Promise<void>;
}

/** The Python of an environment with Ray, which is made if need be; `undefined` where there is no Python to make it with. */
export async function rayPython(): Promise<string | undefined> {
  const cache = `${process.env.XDG_CACHE_HOME ?? `${homedir()}/.cache`}/manta-tests`;
  const home = `${cache}/ray-${RAY}`;
  const python = `${home}/bin/python`;
  if (existsSync(`${home}/ready`)) return python;
  if (!await succeeds("python3", ["-c", "import sys, venv; assert sys.version_info >= (3, 10)"])) {
    return undefined;
  }
  mkdirSync(cache, { recursive: true });
  // Made elsewhere first: what is in its place is whole. The scripts of an environment do not move, `python -m` does.
  const draft = mkdtempSync(`${cache}/draft-`);
  try {
    await run("python3", ["-m", "venv", draft]);
    await run(`${draft}/bin/python`, ["-m", "pip", "install", "--quiet", `ray[default]==${RAY}`]);
    await run("touch", [`${draft}/ready`]);
    rmSync(home, { recursive: true, force: true });
    renameSync(draft, home);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return python;
}

/**
 * Starts a cluster of one node, the head, with `cpus` CPUs. `undefined`, after a line that says so, where Python is missing; in CI
 * that is an error.
 */
export async function startCluster(cpus = 4): Promise<Cluster | undefined> {
  const python = await rayPython();
  if (python === undefined) {
    if (process.env.CI === "true") {
      throw new Error("Cannot test on a Ray cluster: python3, 3.10 or later, is missing");
    }
    console.log("The tests of the cluster are skipped: they need python3, 3.10 or later");
    return undefined;
  }
  const temp = mkdtempSync(`${tmpdir()}/mr`);
  const nodes: ClusterNode[] = [];
  const start = async (
    args: string[],
    resources: Record<string, number>,
    port?: number,
  ): Promise<{ node: ClusterNode; ip: string }> => {
    // Ray itself gives up after 30 s, which a busy machine may need.
    for (let tries = 1;; tries++) {
      try {
        return await startOnce(args, resources, port);
      } catch (error) {
        if (tries === TRIES) throw error;
      }
    }
  };
  const startOnce = async (
    args: string[],
    resources: Record<string, number>,
    port?: number,
  ): Promise<{ node: ClusterNode; ip: string }> => {
    const workers = PORTS.workers + PORTS_PER_NODE * nodes.length;
    const child = spawn(python, [
      "-c",
      "from ray.scripts.scripts import main; main()",
      "start",
      "--block",
      "--disable-usage-stats",
      ...args,
      ...[
        `--num-cpus=${cpus}`,
        `--resources=${JSON.stringify(resources)}`,
        `--object-store-memory=${200 << 20}`,
      ],
      ...["--include-log-monitor=false", "--log-style=record", "--log-color=false"],
      ...[`--node-manager-port=${workers}`, `--object-manager-port=${workers + 1}`],
      ...[`--dashboard-agent-listen-port=${workers + 2}`, `--dashboard-agent-grpc-port=${workers + 3}`],
      ...[`--runtime-env-agent-port=${workers + 4}`, `--metrics-export-port=${workers + 5}`],
      ...[`--min-worker-port=${workers + 20}`, `--max-worker-port=${workers + PORTS_PER_NODE - 1}`],
    ], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const node = { kill: () => end(child) };
    nodes.push(node);
    try {
      return { node, ip: await started(child, port) };
    } catch (error) {
      await node.kill();
      throw error;
    }
  };
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(temp, { recursive: true, force: true });
  };
  try {
    const { node: head, ip } = await start(
      [
        "--head",
        `--port=${PORTS.gcs}`,
        `--ray-client-server-port=${PORTS.client}`,
        "--include-dashboard=false",
        `--temp-dir=${temp}`,
      ],
      {},
      PORTS.client,
    );
    const gcs = `${ip}:${PORTS.gcs}`;
    return {
      address: `ray://${ip}:${PORTS.client}`,
      gcs,
      python,
      head,
      addNode: async (resources = {}) => (await start([`--address=${gcs}`], resources)).node,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Fulfilled when a node has said that it runs, and its port is open; where it is. */
async function started(child: ChildProcess, port?: number): Promise<string> {
  let output = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on("data", (bytes: Uint8Array) => {
      output += new TextDecoder().decode(bytes);
    });
  }
  const limit = performance.now() + START_LIMIT;
  for (;;) {
    const ip = /Local node IP: (\S+)/.exec(output)?.[1];
    if (ip !== undefined && output.includes("Ray runtime started")) {
      if (port === undefined || await isOpen(ip, port)) return ip;
    }
    if (child.exitCode !== null || performance.now() > limit) {
      throw new Error(`Cannot start a node of Ray, which said:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const say = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", () => say(true));
    socket.on("error", () => say(false));
  });
}

/** Ends a node's process group. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid!, "SIGKILL");
  await exited;
}

async function succeeds(program: string, args: string[]): Promise<boolean> {
  return await run(program, args).then(() => true, () => false);
}

function run(program: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program, args, (error, _, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`Cannot run ${program} ${args.join(" ")}: ${stderr}`, { cause: error }));
    });
  });
}
