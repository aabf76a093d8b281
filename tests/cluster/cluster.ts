/**
 * A real Ray for the tests: its own virtual environment, kept in the user's cache, a head with a client server, and further
 * nodes. Each node is a child in a process group of its own, ended by that group; it ends by itself when this process has gone.
 *
 *     deno run -A tests/cluster/cluster.ts [nodes]    starts one, says where, and ends it with its own input
 *
 * @module
 */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import process from "node:process";

/** The version of Ray that the tests run against. */
const RAY = "2.58.0";
/** How long a node may take to start, in milliseconds. */
const START_LIMIT = 90_000;
/** How long the environment may take to be made. */
const INSTALL_LIMIT = 600_000;
/** So often a node is started before that is given up: Ray itself gives up after 30 s, which a busy machine may need. */
const TRIES = 2;
/** So many ports, in a row, has each node: its services', then its workers'. */
const PORTS_PER_NODE = 200;

/** Runs Ray's command line, and ends the whole group when the input ends: so nothing outlives the tests, however they end. */
const NODE = `
import os, signal, sys, threading

def watch():
    while os.read(0, 1024): pass
    os.killpg(0, signal.SIGKILL)

threading.Thread(target=watch, daemon=True).start()
from ray.scripts.scripts import main
main()
`;

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
  /** Starts one more node, with these resources of its own. */
  addNode(resources?: Record<string, number>): Promise<ClusterNode>;
  /** Ends all nodes. */
  stop(): Promise<void>;
}

/** The Python of an environment with Ray, which is made if need be. */
async function rayPython(): Promise<string> {
  const cache = `${process.env.XDG_CACHE_HOME ?? `${homedir()}/.cache`}/manta-tests`;
  const home = `${cache}/ray-${RAY}-numpy`;
  const python = `${home}/bin/python`;
  if (existsSync(`${home}/ready`)) return python;
  await run("python3", ["-c", "import sys, venv; assert sys.version_info >= (3, 10)"], 10_000);
  mkdirSync(cache, { recursive: true });
  // Made elsewhere first: what is in its place is whole. The scripts of an environment do not move, `python -m` does.
  const draft = mkdtempSync(`${cache}/draft-`);
  try {
    await run("python3", ["-m", "venv", draft], INSTALL_LIMIT);
    const wanted = [`ray[default]==${RAY}`, "numpy"];
    await run(`${draft}/bin/python`, ["-m", "pip", "install", "--quiet", ...wanted], INSTALL_LIMIT);
    writeFileSync(`${draft}/ready`, "");
    rmSync(home, { recursive: true, force: true });
    renameSync(draft, home);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return python;
}

/**
 * Starts a cluster of one node, the head; each node has `store` bytes for objects. `undefined`, after a line that says why, where that
 * cannot be; an error with `MANTA_REQUIRE_RAY=1`.
 */
export async function startCluster(cpus = 4, store = 200 << 20): Promise<Cluster | undefined> {
  try {
    return await start(await rayPython(), cpus, store);
  } catch (error) {
    if (process.env.MANTA_REQUIRE_RAY === "1") throw error;
    const reason = (error as Error).message.trim().split("\n");
    console.log(
      `The tests on a Ray cluster are skipped: ${reason[0]} ${reason.length > 1 ? reason.at(-1) : ""}`,
    );
    return undefined;
  }
}

async function start(python: string, cpus: number, store: number): Promise<Cluster> {
  const temp = mkdtempSync(`${tmpdir()}/mr`);
  const nodes: ClusterNode[] = [];
  const startOnce = async (
    args: (port: number) => string[],
    resources: Record<string, number>,
  ): Promise<{ node: ClusterNode; ip: string; port: number }> => {
    const port = await freePorts();
    const child = spawn(python, [
      "-c",
      NODE,
      "start",
      "--block",
      "--disable-usage-stats",
      ...args(port),
      ...[`--num-cpus=${cpus}`, `--resources=${JSON.stringify(resources)}`],
      `--object-store-memory=${store}`,
      ...["--include-log-monitor=false", "--log-style=record", "--log-color=false"],
      ...[`--node-manager-port=${port + 2}`, `--object-manager-port=${port + 3}`],
      ...[`--dashboard-agent-listen-port=${port + 4}`, `--dashboard-agent-grpc-port=${port + 5}`],
      ...[`--runtime-env-agent-port=${port + 6}`, `--metrics-export-port=${port + 7}`],
      ...[`--min-worker-port=${port + 20}`, `--max-worker-port=${port + PORTS_PER_NODE - 1}`],
    ], {
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        ...process.env,
        // The nodes have the runtime of the tests, wherever that was installed.
        ["Bun" in globalThis ? "MANTA_BUN" : "MANTA_DENO"]: process.execPath,
        // Modules of the tests, on the nodes of this machine.
        PYTHONPATH: new URL("./python", import.meta.url).pathname,
        RAY_ADDRESS: undefined,
        // /dev/shm may be small in a container.
        RAY_OBJECT_STORE_ALLOW_SLOW_STORAGE: "1",
      },
    });
    const node = { kill: () => end(child) };
    nodes.push(node);
    try {
      return { node, ip: await started(child, args(port).includes("--head") ? port + 1 : undefined), port };
    } catch (error) {
      await node.kill();
      throw error;
    }
  };
  const startNode = async (args: (port: number) => string[], resources: Record<string, number>) => {
    for (let tries = 1;; tries++) {
      try {
        return await startOnce(args, resources);
      } catch (error) {
        if (tries === TRIES) throw error;
      }
    }
  };
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(temp, { recursive: true, force: true });
  };
  try {
    const { ip, port } = await startNode((port) => [
      "--head",
      `--port=${port}`,
      `--ray-client-server-port=${port + 1}`,
      "--include-dashboard=false",
      `--temp-dir=${temp}`,
    ], {});
    const gcs = `${ip}:${port}`;
    return {
      address: `ray://${ip}:${port + 1}`,
      gcs,
      python,
      addNode: async (resources = {}) => (await startNode(() => [`--address=${gcs}`], resources)).node,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The first of so many ports in a row, of which the first ones are free: below 23,000, from where on Ray takes ports for its clients. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = 10_000 + PORTS_PER_NODE * Math.floor(Math.random() * 60);
    const taken = await Promise.all(Array.from({ length: 8 }, (_, i) => isTaken(first + i)));
    if (!taken.includes(true)) return first;
  }
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(true));
    server.listen(port, "0.0.0.0", () => server.close(() => resolve(false)));
  });
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

function run(program: string, args: string[], timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout }, (error, _, stderr) => {
      if (error === null) return resolve();
      reject(new Error(`Cannot run ${program} ${args.slice(0, 3).join(" ")}\n${stderr}`, { cause: error }));
    });
  });
}

if (import.meta.main) {
  process.env.MANTA_REQUIRE_RAY = "1";
  const cluster = await startCluster();
  for (let node = 1; node < Number(process.argv[2] ?? 1); node++) await cluster!.addNode();
  console.log(cluster!.address, cluster!.gcs, cluster!.python);
  await new Promise((resolve) => process.stdin.resume().on("end", resolve));
  await cluster!.stop();
  process.exit();
}
