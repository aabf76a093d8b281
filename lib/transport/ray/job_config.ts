/**
 * The configuration of a job, in the form in which Ray Client sends it.
 *
 * @module
 */

import type { JobOptions } from "./client.ts";
import { writePickle } from "./pickle_writer.ts";
import { PythonGlobal, PythonObject } from "./python_values.ts";

/** Ray's `JobConfig`, pickled. */
export function jobConfig({ namespace, runtimeEnv, metadata }: JobOptions): Uint8Array {
  const make = new PythonGlobal("ray.job_config", "JobConfig");
  // By place: jvm_options, code_search_path, runtime_env, _client_job, metadata, ray_namespace.
  const args = [null, null, runtimeEnv ?? null, false, metadata ?? null, namespace ?? null];
  return writePickle(new PythonObject(make, args), undefined, "job");
}
