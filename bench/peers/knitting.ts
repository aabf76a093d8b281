/**
 * knitting, if `MANTA_BENCH_KNITTING` says where it is: it is on JSR only. Its tasks are found by loading this module again.
 *
 * @module
 */

import process from "node:process";
import { jobs } from "../rows/jobs.ts";
import type { Invoker } from "./invoker.ts";
import { load } from "./load.ts";

type Call = (value: unknown) => Promise<unknown>;

interface Knitting {
  task(options: { f: (value: never) => unknown }): object;
  createPool(options: { threads: number }): (tasks: object) => {
    call: Record<string, Call>;
    shutdown(): unknown;
  };
}

/** Where it is, if it is known. */
export const knittingUrl: string | undefined = process.env.MANTA_BENCH_KNITTING || undefined;

const knitting = knittingUrl === undefined ? undefined : await load<Knitting>(knittingUrl);

/** The tasks: those of other modules would not be found. */
export const same = knitting?.task({ f: jobs.same });
export const count = knitting?.task({ f: jobs.count });
export const ends = knitting?.task({ f: jobs.ends });
export const spin = knitting?.task({ f: jobs.spin });

/** Starts a pool. */
export function openKnitting(threads: number): Promise<Invoker> {
  const { call, shutdown } = knitting!.createPool({ threads })({
    same,
    count,
    ends,
    spin,
  });
  return Promise.resolve({
    invoke: (job, value) => {
      if (job === "move") throw new TypeError("knitting cannot move buffers");
      return call[job](value);
    },
    close: () => void shutdown(),
  });
}
