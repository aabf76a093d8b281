/**
 * A fresh process that imports Manta, calls one inline actor once and ends, next to one that does nothing.
 *
 * @module
 */

import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "../check.ts";
import { argumentsOf } from "../children.ts";
import { measureAlone, median, scaled, type Workload } from "../workload.ts";

const STARTS = 15;

/** The workload: a program in `programs/` and what it prints. */
export const startUp: Workload<readonly [program: string, output: string]> = {
  name: "start up",
  unit: "ms",
  control: "empty program",
  rows: { "manta inline": ["first_call", "1"], "empty program": ["empty", ""] },
  async measure([program, output]) {
    const file = fileURLToPath(new URL(`../programs/${program}.ts`, import.meta.url));
    const times: number[] = [];
    for (let left = scaled(STARTS); left >= 0; left--) {
      const start = performance.now();
      const { stdout } = await promisify(execFile)(
        process.execPath,
        argumentsOf(file),
        {
          env: { ...process.env, NO_COLOR: "1" },
        },
      );
      times.push(performance.now() - start);
      expect(stdout.trim(), output, "the output");
    }
    // The first one may have compiled what the others find in a cache.
    return { "start to end": median(times.slice(1)) };
  },
};

if (import.meta.main) await measureAlone(startUp);
