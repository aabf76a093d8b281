/**
 * The processes of this machine that tests look at.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import process from "node:process";

const LIMIT = 60_000;

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
