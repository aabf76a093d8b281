/**
 * How a driver comes to its cluster.
 *
 * @module
 */

import { deno, environment, fileSystem, process } from "../base/platform.ts";
import { namesOnCluster } from "./cluster_names.ts";
import type { ClusterSetup } from "./cluster_setup.ts";
import { runtimeFlags } from "./process_start.ts";
import type { Thread } from "./thread.ts";

/** What a program may say of its cluster. */
export interface ClusterWish {
  /** Where it is. */
  readonly address: string;
  /** The namespace of names for which none is given. */
  readonly namespace: string;
  /** The folder that travels. */
  readonly workingDir?: string | undefined;
  /** Ray's runtime environment, in Ray's own words. */
  readonly runtimeEnv?: Readonly<Record<string, unknown>> | undefined;
}

/** Never called: makes the entry of processes on nodes a part of the program's module graph. */
export const entryInGraph = (): Promise<unknown> => import("./node.ts");

/** The address of the cluster that the environment names, if it does. */
export function addressOfEnvironment(): string | undefined {
  const address = environment("RAY_ADDRESS");
  // Other tools of Ray use it too, for addresses of another kind.
  return /^(?:ray:\/\/|fd:)/.test(address ?? "") ? address : undefined;
}

/** Starts the thread that connects to the cluster: from now on actors are made there. */
export function startGateway(
  thread: Thread,
  { address, namespace, workingDir, runtimeEnv = {} }: ClusterWish,
): void {
  const root = workingDir === undefined ? programFolder() : folderUrl(workingDir);
  const entry = new URL("./node.ts", import.meta.url).href;
  const start: ClusterSetup["start"] = {
    runtime: deno === undefined ? "bun" : "deno",
    flags: runtimeFlags(),
    entry: entry.startsWith(root) ? `app:///${entry.slice(root.length)}` : entry,
  };
  const worker = thread.children.make("", {
    isBridge: true,
    cluster: { address, namespace, root, runtimeEnv, start },
  });
  thread.children.gateway = worker.address;
  worker.start();
}

/** Fulfilled when the cluster has answered; rejects if it cannot be reached. */
export async function clusterReady(thread: Thread): Promise<void> {
  await namesOnCluster(thread);
}

/** The nearest folder above the program's main module that says what the program needs; else that module's own. */
function programFolder(): string {
  const { existsSync } = fileSystem();
  const main = deno === undefined ? process.argv[1] : deno.mainModule;
  const url = main?.startsWith("file:") ? main : main?.startsWith("/") ? `file://${main}` : undefined;
  const first = new URL(".", url ?? folderUrl(process.cwd()));
  for (let folder = first;; folder = new URL("..", folder)) {
    for (const name of ["deno.json", "deno.jsonc", "package.json"]) {
      if (existsSync(decodeURIComponent(new URL(name, folder).pathname))) return folder.href;
    }
    if (folder.pathname === "/") return first.href;
  }
}

function folderUrl(path: string): string {
  return `file://${path.endsWith("/") ? path : `${path}/`}`;
}
