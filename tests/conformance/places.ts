/**
 * Where the suites run their actors. What cannot be done at a place stands in its entry, and nowhere else.
 *
 * @module
 */

import type { Placement } from "@manta/ray";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { type Fence, newFence } from "./fence.ts";

export interface Place {
  readonly name: string;
  /** The option that puts an actor there; `undefined` where it is the whole program's. */
  readonly placement: Placement | undefined;
  /** What an actor there is told that its placement is. */
  readonly told: Placement;
  /** Its actors go on while their caller's thread is blocked, and can crash without it. */
  readonly isApart: boolean;
  /** An actor has its thread for itself, which ends with it, and so do the refs that it has made and the streams that it reads. */
  readonly isAlone: boolean;
  /** A `SharedArrayBuffer` of the caller's is the actor's too; what was put is read without a copy. */
  readonly sharesMemory: boolean;
  /** A sync class with `maxConcurrency` above 1 has so many threads, or runs on one. */
  readonly threads: "all" | 1;
  /** `lifetime: "detached"` is taken, and ends with the program. */
  readonly detaches: boolean;
  /** An actor that makes actors uses the names and resources of the program, not some of its own. */
  readonly isOfProgram: boolean;
  /** What `init` says there is of CPUs and resources is what there is for them. */
  readonly countsInit: boolean;
  /** Who waits for an actor in vain is told the method that it is busy with, not only how many calls it has. */
  readonly tellsMethod: boolean;
  /** A queue gives instances of classes that its thread has not loaded as it got them. */
  readonly passesOn: boolean;
  /** What is killed, thrown away and made again by the dozen is cheap. */
  readonly isCheap: boolean;
  /** Makes a fence that its actors see. */
  readonly newFence: () => Fence;
}

const THREAD: Place = {
  name: "thread",
  placement: "thread",
  told: "thread",
  isApart: true,
  isAlone: true,
  sharesMemory: true,
  threads: "all",
  detaches: true,
  isOfProgram: true,
  countsInit: true,
  tellsMethod: true,
  passesOn: true,
  isCheap: true,
  newFence,
};

const PROCESS: Place = {
  ...THREAD,
  name: "process",
  placement: "process",
  told: "process",
  sharesMemory: false,
  detaches: false,
  isOfProgram: false,
  tellsMethod: false,
  isCheap: false,
  newFence: newFileFence,
};

const ALL: readonly Place[] = [
  THREAD,
  {
    ...THREAD,
    name: "inline",
    placement: "inline",
    told: "inline",
    isApart: false,
    isAlone: false,
    threads: 1,
  },
  {
    ...THREAD,
    name: "pool",
    placement: "pool",
    told: "pool",
    isAlone: false,
    threads: 1,
    detaches: false,
    passesOn: false,
  },
  PROCESS,
  // One that is on this machine, whose address is in RAY_ADDRESS. Its actors are in processes, those too that actors make of which
  // nothing is said. The cluster counts what they need.
  { ...PROCESS, name: "cluster", placement: undefined, countsInit: false },
];

/** Those that the environment names, in a list with commas; else all that need nothing but this machine. */
const chosen = (process.env.MANTA_TEST_PLACES ?? "thread,inline,pool,process").split(",");

/** What the suites run over. */
export const PLACES: readonly Place[] = chosen.map((chosen) => {
  const place = ALL.find(({ name }) => name === chosen);
  if (place === undefined) {
    throw new RangeError(`Cannot run the suites at "${chosen}": places.ts has no such place`);
  }
  return place;
});

/** Those whose actors can crash alone, and be blocked for. */
export const PLACES_APART: readonly Place[] = PLACES.filter(({ isApart }) => isApart);

/** Those whose actors hold up nobody but themselves, and take with them what they own. */
export const PLACES_ALONE: readonly Place[] = PLACES.filter(({ isAlone }) => isAlone);

/** Where functions run: on the cluster, if the suites run there; else on threads of the program. */
export const FUNCTIONS: Place = PLACES.find(({ placement }) => placement === undefined) ?? THREAD;

let folder: string | undefined;
let lastFence = 0;

/** For those who share no memory. */
function newFileFence(): Fence {
  if (folder === undefined) {
    const made = folder = mkdtempSync(`${tmpdir()}/manta-fences-`);
    process.on("exit", () => rmSync(made, { recursive: true }));
  }
  return { files: `${folder}/${++lastFence}.` };
}
