/**
 * Installs the other libraries into `bench/node_modules`, where nobody else sees them, and Ray beside them.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtime } from "../workload.ts";
import { RAY_FOLDER } from "./foreign.ts";

const RAY = "ray==2.58.0";
const FOLDER = fileURLToPath(new URL("../", import.meta.url));

/** Installs what is not there in the version that `package.json` asks for. */
export function installPeers(): void {
  if (!isInstalled()) {
    console.log(`installing the other libraries into ${FOLDER}node_modules`);
    const args = runtime.name === "Deno"
      ? ["install", "--node-modules-dir=manual", "--no-lock", "--quiet"]
      : ["install", "--no-save"];
    execFileSync(process.execPath, args, {
      cwd: FOLDER,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  if (!existsSync(`${RAY_FOLDER}/bin/ray`)) installRay();
}

function isInstalled(): boolean {
  const { dependencies } = JSON.parse(readFileSync(`${FOLDER}package.json`, "utf8"));
  return Object.entries(dependencies).every(([name, version]) => {
    const file = `${FOLDER}node_modules/${name}/package.json`;
    return existsSync(file) &&
      JSON.parse(readFileSync(file, "utf8")).version === version;
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
