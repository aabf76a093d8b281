/**
 * What of a program travels to the nodes of a cluster, and how its processes are started there.
 *
 * @module
 */

import { deno, fileSystem, process } from "../base/platform.ts";
import type { ProgramFolders } from "../transport/ray/sent_program.ts";
import type { HostCommand } from "./far_host.ts";
import { denoConfig, wholePermissions } from "./process_start.ts";

/** Manta's own folder, as a URL. */
const MANTA = new URL("../../", import.meta.url);

/** What travels: the program's folder, which is where its configuration is, and Manta's, under what they have in common. */
export function foldersOfProgram(): ProgramFolders {
  const program = programFolder();
  if (MANTA.protocol !== "file:") return { root: program, program: "", manta: undefined };
  const manta = pathOf(MANTA).replace(/\/$/, "");
  const root = common(program, manta);
  return { root, program: program.slice(root.length + 1), manta: manta.slice(root.length + 1) };
}

/** How a process is started there. */
export function commandFor({ root, program, manta }: ProgramFolders): HostCommand {
  const entry = "lib/runtime/process.ts";
  const where = {
    // From elsewhere it is fetched there too.
    entry: manta === undefined ? new URL(entry, MANTA).href : below("{root}", manta, entry),
    folder: program,
    root: urlOf(`${root}/`),
  };
  if (deno === undefined) return { runtime: "bun", args: ["run"], ...where };
  const config = denoConfig();
  const permissions = wholePermissions();
  return {
    runtime: "deno",
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      ...(config?.startsWith(`${root}/`) ? ["--config", `{root}${config.slice(root.length)}`] : []),
      ...permissions,
      // Its modules, and where they come from.
      ...(permissions.includes("--allow-read") ? [] : ["--allow-read={root}"]),
      ...(permissions.includes("--allow-env") ? [] : ["--allow-env=MANTA_PROGRAM"]),
    ],
    ...where,
  };
}

/** Throws `RangeError` for a module that does not travel. */
export function refuseOutside({ root, program }: ProgramFolders, module: string, verb: string): void {
  if (!module.startsWith("file:") || module.startsWith(urlOf(`${root}/`))) return;
  throw new RangeError(
    `Cannot ${verb}: its module ${module} is not in ${
      below(root, program)
    }, the folder of the program, which travels to ` +
      `the nodes: put it there, or the program's "deno.json" or "package.json" in a folder above both`,
  );
}

/** The folder of the nearest configuration above the program's main module; on Deno, of its own, if it has one. */
function programFolder(): string {
  const config = deno && denoConfig();
  if (config !== undefined) return config.slice(0, config.lastIndexOf("/"));
  const main = mainModule();
  const start = main === undefined ? process.cwd() : main.slice(0, main.lastIndexOf("/"));
  const names = ["deno.json", "deno.jsonc", "package.json"];
  const { existsSync } = fileSystem();
  for (let folder = start; folder !== ""; folder = folder.slice(0, folder.lastIndexOf("/"))) {
    if (names.some((name) => existsSync(`${folder}/${name}`))) return folder;
  }
  return start;
}

function mainModule(): string | undefined {
  if (deno === undefined) return process.argv[1]?.replaceAll("\\", "/");
  const url = new URL(deno.mainModule);
  return url.protocol === "file:" ? pathOf(url) : undefined;
}

function below(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("/");
}

/** The folder that two folders are in; one of them, if the other is in it. */
function common(one: string, other: string): string {
  const [parts, others] = [one.split("/"), other.split("/")];
  let count = 0;
  while (count < parts.length && parts[count] === others[count]) count++;
  return parts.slice(0, count).join("/");
}

function pathOf(url: URL): string {
  return decodeURIComponent(url.pathname);
}

function urlOf(path: string): string {
  const url = new URL("file:///");
  url.pathname = path.replaceAll("%", "%25").replaceAll("#", "%23").replaceAll("?", "%3F");
  return url.href;
}
