/** The handle of an actor in a process goes out of reach: its process ends while the driver goes on. */

import process from "node:process";
import { Apart } from "../conformance/process_actors.ts";

const collect =
  (globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } }).Bun?.gc.bind(null, true) ??
    (globalThis as { gc?: () => void }).gc;

async function make(): Promise<number> {
  return await Apart.remote().pid.remote();
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const pid = await make();
  for (let i = 0; i < 400 && lives(pid); i++) {
    collect?.();
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  console.log(lives(pid) ? "still there" : "gone");
}
