/**
 * What a process uses while nothing happens in it, and what the runtime itself takes for threads that do nothing.
 *
 * @module
 */

import process from "node:process";

/** The milliseconds of CPU that the process uses in three seconds. */
export async function measureIdle(): Promise<number> {
  // Compilers and collectors are done with what was before.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** The same with so many threads, in which nothing of Manta is, and nothing happens. */
export async function measureBare(count: number): Promise<number> {
  const url = URL.createObjectURL(new Blob(["onmessage = () => {};"], { type: "text/javascript" }));
  const workers = Array.from({ length: count }, () => new Worker(url, { type: "module" }));
  const milliseconds = await measureIdle();
  for (const worker of workers) worker.terminate();
  return milliseconds;
}
