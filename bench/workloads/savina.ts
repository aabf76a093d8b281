/**
 * Programs of the Savina suite of actor benchmarks, and skynet.
 *
 * @module
 */

import { expect } from "../check.ts";
import { erlang } from "../peers/foreign.ts";
import { localRivals } from "../peers/local_rivals.ts";
import { openCells } from "../savina/cells.ts";
import { openMailboxes } from "../savina/mailboxes.ts";
import { programs } from "../savina/programs.ts";
import { skynet as skynetProgram } from "../savina/skynet.ts";
import type { ActorSystem, Program } from "../savina/system.ts";
import { measureAlone, median, scaled, type Workload } from "../workload.ts";

const PASSES = 3;
const WARM_UP_PART = 0.1;
/** Programs of two actors: each has a thread. */
const ON_THREADS = ["ping-pong", "counting actor"];

function workloadOf(program: Program, passes: number): Workload<() => Promise<ActorSystem>> {
  return {
    name: program.name,
    file: "savina",
    unit: "ms",
    control: "mailboxes",
    rows: {
      "manta inline": openCells("inline"),
      "manta pool": openCells("pool"),
      ...(ON_THREADS.includes(program.name) &&
        { "manta thread": openCells("thread") }),
      "mailboxes": openMailboxes,
    },
    rivals: localRivals,
    foreign: { "Erlang": erlang(program.name) },
    async measure(open) {
      const system = await open();
      const pass = async (size: number): Promise<number> => {
        const start = performance.now();
        program.start(system, size);
        expect(await system.next(), program.expected(size), "the result");
        return performance.now() - start;
      };
      const size = scaled(program.size);
      await pass(Math.ceil(size * WARM_UP_PART));
      const times: number[] = [];
      for (let left = passes; left > 0; left--) times.push(await pass(size));
      await system.close();
      return { time: median(times) };
    },
  };
}

/** The workloads, one for each program. */
export const savina: readonly Workload<() => Promise<ActorSystem>>[] = programs
  .map((program) => workloadOf(program, PASSES));

/** A million actors. */
export const skynet: Workload<() => Promise<ActorSystem>> = workloadOf(skynetProgram, 1);

if (import.meta.main) await measureAlone(...savina, skynet);
