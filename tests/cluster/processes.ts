/**
 * The processes of this machine that tests look at.
 *
 * @module
 */

import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";

const LIMIT = 60_000;
const root = fileURLToPath(new URL("../..", import.meta.url));

/** What stands before a program's path, for this runtime. */
export const RUN: readonly string[] = "Bun" in globalThis
  ? ["run"]
  : ["run", "-A", "--quiet", "--no-check", "--config", `${root}/deno.json`];

/** Runs a program in the repository's folder, for `timeout` milliseconds at most; all that it prints. */
export function runProgram(
  args: readonly string[],
  timeout: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return run([...RUN, ...args], timeout, env);
}

/** The same for those tests of a file whose names have a text. */
export function runTests(
  file: string,
  text: string,
  timeout: number,
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const args = "Bun" in globalThis
    ? ["test", "-t", text, `./${file}`]
    : ["test", "-A", "--no-check", "--config", `${root}/deno.json`, "--filter", text, file];
  return run(args, timeout, env);
}

/** Runs a program elsewhere, which has Manta from this checkout, in one of the ways that the README names. */
export async function runElsewhere(
  text: string,
  timeout: number,
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const folder = mkdtempSync(`${realpathSync(tmpdir())}/manta-program-`);
  try {
    writeFileSync(`${folder}/main.ts`, text);
    if ("Bun" in globalThis) {
      writeFileSync(`${folder}/package.json`, `{ "name": "elsewhere", "type": "module" }`);
      mkdirSync(`${folder}/node_modules/@manta`, { recursive: true });
      symlinkSync(root.replace(/\/$/, ""), `${folder}/node_modules/@manta/ray`);
      return await run(["run", "main.ts"], timeout, env, folder);
    }
    const imports = { "@manta/ray": `${root}mod.ts` };
    writeFileSync(`${folder}/deno.json`, JSON.stringify({ imports }));
    return await run(["run", "-A", "--quiet", "--no-check", "main.ts"], timeout, env, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What has become of a program. */
interface Ran {
  readonly code: number;
  readonly out: string;
}

function run(
  args: readonly string[],
  timeout: number,
  env: Readonly<Record<string, string>>,
  cwd: string = root,
): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd, timeout, env: { ...process.env, NO_COLOR: "1", ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? 99), out: out + err }),
    );
  });
}

/** Whether a process runs. One that has ended, and that nobody has asked for its code yet, does not. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return existsSync("/proc/self/stat") ? !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")) : true;
  } catch {
    return false;
  }
}

/** Fulfilled when processes have ended. */
export async function gone(...pids: number[]): Promise<void> {
  const end = performance.now() + LIMIT;
  while (pids.some(lives)) {
    if (performance.now() > end) throw new Error(`Of the processes ${pids}, ${pids.filter(lives)} still run`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
