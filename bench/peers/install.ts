/**
 * Installs the other libraries: on Bun into `bench/node_modules`, where nobody else sees them, on Deno into its cache; and Ray.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtime } from "../workload.ts";
import { RAY_FOLDER } from "./foreign.ts";
import { packages } from "./load.ts";

const RAY = "ray==2.58.0";
const FOLDER = fileURLToPath(new URL("../", import.meta.url));

/** Installs what is not there in the version that `package.json` asks for. */
export function installPeers(): void {
  if (runtime.name === "Deno") cachePackages();
  else if (!isInstalled()) installPackages();
  if (!existsSync(`${RAY_FOLDER}/bin/ray`)) installRay();
}

function cachePackages(): void {
  const specifiers = Object.entries(packages()).map(([name, version]) => `npm:${name}@${version}`);
  execFileSync(process.execPath, ["cache", "--no-lock", "--no-config", "--quiet", ...specifiers], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}

function isInstalled(): boolean {
  return Object.entries(packages()).every(([name, version]) => {
    const file = `${FOLDER}node_modules/${name}/package.json`;
    return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version === version;
  });
}

function installPackages(): void {
  console.log(`installing the other libraries into ${FOLDER}node_modules`);
  execFileSync(process.execPath, ["install", "--no-save"], {
    cwd: FOLDER,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

function installRay(): void {
  console.log(`installing ${RAY} into ${RAY_FOLDER}`);
  try {
    execFileSync("python3", ["-m", "venv", RAY_FOLDER], { stdio: "ignore" });
    execFileSync(`${RAY_FOLDER}/bin/pip`, ["install", "--quiet", RAY], {
      stdio: "ignore",
    });
  } catch (error) {
    console.log(`without Ray: ${(error as Error).message.split("\n")[0]}`);
  }
}
