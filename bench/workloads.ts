/**
 * All workloads, in the order in which they are run.
 *
 * @module
 */

import type { WorkloadInfo } from "./workload.ts";
import { actorToActor } from "./workloads/actor_to_actor.ts";
import { bytes } from "./workloads/bytes.ts";
import { bytesMoved } from "./workloads/bytes_moved.ts";
import { bytesPut } from "./workloads/bytes_put.ts";
import { callers } from "./workloads/callers.ts";
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

/** The workloads. */
export const workloads: readonly WorkloadInfo[] = [
  oneAtATime,
  values,
  pipelined,
  pipelinedObjects,
  callers,
  actorToActor,
  getSync,
  bytes,
  bytesMoved,
  bytesPut,
  putLarge,
  tasks,
  create,
  memory,
  wait,
  inlineCalls,
  inlineCreate,
  ...savina,
  skynet,
  startUp,
  growth,
  idle,
];
