/**
 * What Manta promises of its speed.
 *
 * @module
 */

import { type Bar, BEST_RIVAL } from "./verdict.ts";
import { runtime } from "./workload.ts";
import { actorToActor } from "./workloads/actor_to_actor.ts";
import { bytes } from "./workloads/bytes.ts";
import { bytesMoved } from "./workloads/bytes_moved.ts";
import { bytesPut } from "./workloads/bytes_put.ts";
import { create } from "./workloads/create.ts";
import { getSync } from "./workloads/get_sync.ts";
import { growth } from "./workloads/growth.ts";
import { idle } from "./workloads/idle.ts";
import { inlineCalls } from "./workloads/inline_calls.ts";
import { inlineCreate } from "./workloads/inline_create.ts";
import { memory } from "./workloads/memory.ts";
import { oneAtATime } from "./workloads/one_at_a_time.ts";
import { pipelined } from "./workloads/pipelined.ts";
import { pipelinedObjects } from "./workloads/pipelined_objects.ts";
import { putLarge } from "./workloads/put_large.ts";
import { savina, skynet } from "./workloads/savina.ts";
import { startUp } from "./workloads/start_up.ts";
import { tasks } from "./workloads/tasks.ts";
import { values } from "./workloads/values.ts";
import { wait } from "./workloads/wait.ts";

const THREAD = "manta thread";
const INLINE = "manta inline";
const ON_DENO = runtime.name === "Deno";

/** A ring whose two sides look takes 0.2 to 0.8 µs. If others hold the cores, both park: 5 to 60, and anything compares well. */
const LOOKING = 2;

const WINDOWS = ["1,000 in flight", "all at once"];
const SIZES = ["64 KB", "1 MB", "10 MB"];

/** All bars. */
export const bars: readonly Bar[] = [
  // Threads: calls.
  {
    workload: oneAtATime,
    column: "p50",
    row: THREAD,
    against: "bare ring",
    controlAtMost: LOOKING,
    limit: 2,
  },
  {
    workload: oneAtATime,
    column: "p50",
    row: THREAD,
    against: BEST_RIVAL,
    limit: 1,
  },
  {
    workload: values,
    column: "small object, p50",
    row: THREAD,
    against: BEST_RIVAL,
    limit: 1,
  },
  {
    workload: values,
    column: "1 KB string, p50",
    row: THREAD,
    against: BEST_RIVAL,
    limit: 1,
  },
  ...WINDOWS.flatMap((column): Bar[] => [
    {
      workload: pipelined,
      column,
      row: THREAD,
      against: "postMessage",
      limit: ON_DENO ? 12 : 3.2,
    },
    {
      workload: pipelinedObjects,
      column,
      row: THREAD,
      against: "postMessage",
      limit: ON_DENO ? 8 : 2,
    },
    { workload: pipelined, column, row: THREAD, against: BEST_RIVAL, limit: 1 },
    {
      workload: pipelinedObjects,
      column,
      row: THREAD,
      against: BEST_RIVAL,
      limit: 1,
    },
  ]),
  {
    workload: actorToActor,
    column: "one at a time",
    row: THREAD,
    against: "manta, from the driver",
    limit: 1.1,
  },
  {
    workload: actorToActor,
    column: "1,000 in flight",
    row: THREAD,
    against: "manta, from the driver",
    limit: 0.9,
  },
  {
    workload: getSync,
    column: "p50",
    row: THREAD,
    against: "bare ring",
    controlAtMost: LOOKING,
    limit: 1.5,
  },
  {
    workload: getSync,
    column: "p50",
    row: THREAD,
    against: "synckit",
    limit: 0.1,
  },
  // Threads: bytes.
  ...SIZES.flatMap((column): Bar[] =>
    [bytes, bytesMoved, bytesPut].map((workload) => (
      { workload, column, row: THREAD, against: BEST_RIVAL, limit: 1 }
    ))
  ),
  {
    workload: bytes,
    column: "10 MB",
    row: THREAD,
    against: "memcpy twice",
    limit: 2,
  },
  {
    workload: putLarge,
    column: "100 MB, each of 4 readers",
    row: THREAD,
    limit: 100,
  },
  {
    workload: putLarge,
    column: "100 MB, put",
    row: THREAD,
    against: THREAD,
    againstColumn: "100 MB, one bare copy",
    limit: 1.5,
  },
  // CPU work: at least 1.7 and 1.9 times as fast as one core.
  {
    workload: tasks,
    column: "2,000 × 0.1 ms",
    row: "manta tasks",
    against: "one core",
    limit: 1 / 1.7,
  },
  {
    workload: tasks,
    column: "100 × 10 ms",
    row: "manta tasks",
    against: "one core",
    limit: 1 / 1.9,
  },
  // A thread actor's life.
  {
    workload: create,
    column: "create + first call + end",
    row: THREAD,
    against: ON_DENO ? "postMessage (node)" : "postMessage",
    limit: 1.3,
  },
  {
    workload: memory,
    column: "100 callees, each",
    row: THREAD,
    against: ON_DENO ? "postMessage (node)" : "postMessage",
    limit: 1.15,
  },
  // In one thread.
  {
    workload: inlineCalls,
    column: "1,000 in flight",
    row: INLINE,
    limit: ON_DENO ? 4_000 : 6_000,
  },
  { workload: inlineCalls, column: "one at a time", row: INLINE, limit: 0.3 },
  {
    workload: inlineCalls,
    column: "1,000 in flight",
    row: INLINE,
    against: BEST_RIVAL,
    limit: 1,
  },
  { workload: inlineCreate, column: "time each", row: INLINE, limit: 1.5 },
  { workload: inlineCreate, column: "memory each", row: INLINE, limit: 600 },
  { workload: skynet, column: "time", row: INLINE, limit: 2_000 },
  {
    workload: skynet,
    column: "time",
    row: "manta pool",
    against: INLINE,
    limit: 1,
  },
  ...savina.map((workload): Bar => ({
    workload,
    column: "time",
    row: INLINE,
    against: BEST_RIVAL,
    limit: 1,
  })),
  ...savina.filter((workload) => /ping-pong|thread ring|fork-join/.test(workload.name)).map((
    workload,
  ): Bar => ({ workload, column: "time", row: INLINE, against: "Erlang", limit: 2 })),
  // Ray.
  {
    workload: oneAtATime,
    column: "p50",
    row: THREAD,
    against: "Ray",
    limit: 1 / 200,
  },
  {
    workload: pipelined,
    column: "1,000 in flight",
    row: THREAD,
    against: "Ray",
    limit: 200,
  },
  {
    workload: wait,
    column: "1,000, one by one",
    row: THREAD,
    against: "Ray",
    limit: 1 / 1_000,
  },
  {
    workload: create,
    column: "create + first call + end",
    row: THREAD,
    against: "Ray",
    limit: 1 / 50,
  },
  // The whole program.
  {
    workload: startUp,
    column: "start to end",
    row: INLINE,
    above: "empty program",
    limit: 25,
  },
  ...[THREAD, INLINE].flatMap((row): Bar[] => [
    { workload: growth, column: "10⁷ calls to 10⁵", row, limit: 1.1 },
    { workload: growth, column: "memory from 10⁵ to 10⁷", row, limit: 50_000 },
    { workload: idle, column: "waiting for a call, 5 s", row, limit: 100 },
  ]),
  {
    workload: wait,
    column: "100,000 at once",
    row: THREAD,
    against: THREAD,
    againstColumn: "1,000 at once",
    limit: 110,
  },
  { workload: idle, column: "100 callees, 30 s", row: THREAD, limit: 100 },
];
