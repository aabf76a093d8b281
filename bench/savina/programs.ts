/**
 * All programs, and their behaviours by name, so that a thread can find them.
 *
 * @module
 */

import { bank } from "./bank.ts";
import { chameneos } from "./chameneos.ts";
import { dictionary } from "./dictionary.ts";
import { forkJoinCreate, forkJoinThroughput } from "./fork_join.ts";
import { philosophers } from "./philosophers.ts";
import { skynet } from "./skynet.ts";
import type { Behaviour, Program } from "./system.ts";
import { threadRing } from "./thread_ring.ts";
import { counting, pingPong } from "./two_actors.ts";

/** The programs of the Savina suite. */
export const programs: readonly Program[] = [
  pingPong,
  threadRing,
  counting,
  forkJoinCreate,
  forkJoinThroughput,
  chameneos,
  philosophers,
  bank,
  dictionary,
];

/** All behaviours. */
export const behaviours: Readonly<Record<string, Behaviour>> = Object.assign(
  {},
  ...[...programs, skynet].map((program) => program.behaviours),
);
