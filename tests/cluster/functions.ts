import { type ActorHandle, getSync, remote, type RemoteFunction, runtimeContext } from "@manta/ray";
import process from "node:process";
import { Point, type Store } from "./actors.ts";

export const pid = remote(function pid(): number {
  return process.pid;
});

export const variables = remote(function variables(...names: string[]): (string | undefined)[] {
  return names.map((name) => process.env[name]);
});

export const shifted = remote(function shifted({ x, y }: Point, by: number): Point {
  return new Point(x + by, y + by);
});

export const broken = remote(function broken(text: string): never {
  throw new RangeError(text);
});

export const told = remote(function* told(end: number): Generator<number> {
  for (let i = 0; i < end; i++) yield i;
});

export const untilCancelled = remote(async function untilCancelled(): Promise<void> {
  const { signal } = runtimeContext();
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
});

/** Ends its process; not the second time that `times` is asked. */
export const crash = remote(function crash(times: ActorHandle<Store> | undefined): string {
  if (times !== undefined && getSync(times.next.remote()) > 0) return "again";
  process.kill(process.pid, "SIGKILL");
  return "never";
});

export const nested: RemoteFunction<(n: number) => number> = remote(function sum(n: number): number {
  return n === 0 ? 0 : n + getSync(nested.remote(n - 1));
});

export const named = remote(function named(): string | undefined {
  return runtimeContext().taskName;
});
